import { Button } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'react-router'
import type { Disagreement, Report } from '../api/types'
import { countOf } from '../format'
import { Caption } from './Caption'
import classes from './report.module.css'

const SHOWN_AT_FIRST = 12

interface DisagreementTableProps {
  label: string
  studyId: string
  report: Report
  disagreements: Disagreement[]
}

/** Every case whose raters differ, the widest apart first; each opens with its images. */
export function DisagreementTable(props: DisagreementTableProps) {
  const { label, studyId, report, disagreements } = props
  const [all, setAll] = useState(false)
  const shown = all ? disagreements : disagreements.slice(0, SHOWN_AT_FIRST)
  return (
    <figure>
      <Caption label={label}>
        {`The ${countOf(disagreements.length, 'case')} on which raters differ, of ${report.n_cases}: the widest apart first. A case opens with the images that the raters saw and all that they said.`}
      </Caption>
      <div className={classes.scroll}>
        <table className={classes.table} aria-label="Cases on which raters differ">
          <thead>
            <tr>
              <th scope="col">Case</th>
              <th scope="col">Site</th>
              {report.raters.map((rater) => (
                <th key={rater} scope="col" className={classes.number}>
                  {rater}
                </th>
              ))}
              <th scope="col" className={classes.number}>
                Levels apart
              </th>
              <th scope="col">Difference</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((one) => (
              <tr key={one.case}>
                <th scope="row">
                  <Link className={classes.link} to={`/unblinded/${studyId}/${encodeURIComponent(one.case)}`}>
                    {one.case}
                  </Link>
                </th>
                <td>{one.site}</td>
                {one.grades.map((grade, place) => (
                  <td key={place} className={classes.number}>
                    {grade ?? 'unscorable'}
                  </td>
                ))}
                <td className={classes.number}>{one.levels_apart ?? '–'}</td>
                <td>{inWords(one, report.raters)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {disagreements.length > SHOWN_AT_FIRST && (
        <Button
          variant="subtle"
          size="compact-sm"
          mt="xs"
          className={classes.more}
          onClick={() => {
            setAll(!all)
          }}
        >
          {all ? 'Show the first only' : `Show all ${disagreements.length}`}
        </Button>
      )}
    </figure>
  )
}

function inWords({ across_cut, grades }: Disagreement, raters: string[]): string {
  const withoutGrade = raters.filter((_, place) => grades[place] === null)
  const words = [
    across_cut ? 'across the cut-point' : '',
    withoutGrade.length > 0 ? `unscorable for ${withoutGrade.join(', ')}` : '',
  ].filter(Boolean)
  return words.join(', ') || 'same side of the cut-point'
}
