import type { HabitTest, PairReport } from '../api/types'
import { formatCoefficient, formatCount, formatP, formatPoints } from '../format'
import { Caption } from './Caption'
import { nameOfPair } from './pairs'
import classes from './report.module.css'

interface HabitTableProps {
  label: string
  pair: PairReport
  coverage: string
}

/** Whether two raters use the scale alike, which is not whether they agree. */
export function HabitTable({ label, pair, coverage }: HabitTableProps) {
  const { mcnemar, stuart_maxwell, bowker, raters } = pair
  if (!mcnemar || !stuart_maxwell || !bowker) return null
  const { only_first, only_second, difference, ci } = mcnemar
  const counts = `${formatCount(only_first)} against ${formatCount(only_second)} cases`
  const rows: [question: string, test: string, result: string, p: string][] = [
    [
      'Difference of the rates of high',
      `Tango, ${coverage} CI`,
      formatPoints(difference, ci),
      '',
    ],
    ['Same rate of high?', 'McNemar, exact', counts, formatP(mcnemar.exact_p)],
    ['', 'McNemar', resultOf(mcnemar), formatP(mcnemar.p)],
    ['Same use of every level?', 'Stuart–Maxwell', resultOf(stuart_maxwell), formatP(stuart_maxwell.p)],
    ['Do differences go both ways alike?', 'Bowker', resultOf(bowker), formatP(bowker.p)],
  ]
  const title = `Do ${nameOfPair(pair)} use the scale alike?`
  return (
    <figure>
      <Caption label={label}>{title}</Caption>
      <div className={classes.scroll}>
        <table className={classes.table} aria-label={title}>
          <thead>
            <tr>
              <th scope="col">Question</th>
              <th scope="col">Test</th>
              <th scope="col">Result</th>
              <th scope="col" className={classes.number}>
                p
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([question, test, result, p]) => (
              <tr key={test}>
                {question ? <th scope="row">{question}</th> : <td />}
                <td>{test}</td>
                <td>{result}</td>
                <td className={classes.number}>{p}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={classes.note}>
        Difference: rate of {raters[0]} minus that of {raters[1]} in the cases that both graded.
      </p>
    </figure>
  )
}

const resultOf = ({ statistic, df, refused }: HabitTest) =>
  statistic === null ? (refused ?? '') : `χ² = ${formatCoefficient(statistic)}, ${df} df`
