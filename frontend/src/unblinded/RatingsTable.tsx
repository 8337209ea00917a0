import type { Study, UnblindedCase, UnblindedRating } from '../api/types'
import { formatUtc } from '../format'
import classes from './unblinded.module.css'

interface RatingsTableProps {
  study: Study
  found: UnblindedCase
}

const KIND = {
  counts: '',
  repeat: 'hidden repeat',
  superseded: 'before correction',
  'taken-back': 'taken back at once',
  adjudication: 'adjudicated',
}

/** What each rater said, one below the other so that words can be compared. */
export function RatingsTable({ study: { protocol }, found: { ratings } }: RatingsTableProps) {
  const { territories, questions } = protocol
  return (
    <div className={classes.ratings}>
      <table aria-label="Ratings of this case">
        <thead>
          <tr>
            <th scope="col">Rater</th>
            <th scope="col">Grade</th>
            {territories.map(({ code, label }) => (
              <th key={code} scope="col">
                {label}
              </th>
            ))}
            {questions.map(({ code, label }) => (
              <th key={code} scope="col">
                {label}
              </th>
            ))}
            <th scope="col">Comment</th>
            <th scope="col">Time</th>
            <th scope="col">Images</th>
            <th scope="col">Read as</th>
          </tr>
        </thead>
        <tbody>
          {ratings.map((rating) => (
            <tr key={`${rating.rater} ${rating.kind} ${rating.submitted_at}`}>
              <th scope="row">
                {rating.rater} {KIND[rating.kind] && <small>{KIND[rating.kind]}</small>}
              </th>
              <td className={classes.grade}>{gradeInWords(rating, protocol)}</td>
              {territories.map(({ code }) => (
                <td key={code}>{territoryInWords(rating.territory_grades[code])}</td>
              ))}
              {questions.map(({ code }) => (
                <td key={code}>{yesOrNo(rating.question_answers[code])}</td>
              ))}
              <td className={classes.comment}>{rating.comment || '–'}</td>
              <td>{rating.active_seconds === null ? '–' : `${Math.round(rating.active_seconds)} s`}</td>
              <td>{doneInWords(rating.view_use)}</td>
              <td title={formatUtc(rating.submitted_at)}>
                {rating.position === null ? '–' : `no. ${rating.position}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function gradeInWords(
  { grade, unscorable_reason }: UnblindedRating,
  { levels, unscorable_reasons }: Study['protocol'],
): string {
  if (grade === null) {
    const reason = unscorable_reasons.find(({ code }) => code === unscorable_reason)
    return `Unscorable: ${reason?.label ?? unscorable_reason ?? ''}`
  }
  return `${grade} ${levels.find(({ value }) => value === grade)?.name ?? ''}`
}

/** What the rater did to the images, beyond looking at them. */
function doneInWords(use: UnblindedRating['view_use']): string {
  if (use === null) return '–'
  const done = [
    use.tree_over_dsa && `tree over DSA ${Math.round(use.tree_over_dsa_seconds)} s`,
    use.head_turned && 'head turned',
    use.mask_changed && 'mask changed',
  ].filter((words) => words !== false)
  return done.length > 0 ? done.join(', ') : 'as shown'
}

const territoryInWords = (answer: number | string | undefined) =>
  answer === undefined ? '–' : answer === 'not-opacified' ? 'not opacified' : String(answer)

const yesOrNo = (answer: boolean | undefined) =>
  answer === undefined ? '–' : answer ? 'yes' : 'no'
