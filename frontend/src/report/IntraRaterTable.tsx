import type { IntraRater } from '../api/types'
import { formatCoefficient, formatPercent, formatRange } from '../format'
import { WEIGHTS_NAME } from '../study/wording'
import { Caption } from './Caption'
import classes from './report.module.css'

interface IntraRaterTableProps {
  label: string
  rows: IntraRater[]
  coverage: string
}

/** Agreement of each rater with himself, from cases that were read again unannounced. */
export function IntraRaterTable({ label, rows, coverage }: IntraRaterTableProps) {
  const [first] = rows
  if (!first) return null
  return (
    <figure>
      <Caption label={label}>
        Agreement of each rater with the rater’s own first reading, from hidden repeats.
      </Caption>
      <div className={classes.scroll}>
        <table className={classes.table} aria-label="Agreement within raters">
          <thead>
            <tr>
              <th scope="col">Rater</th>
              <th scope="col" className={classes.number}>
                Cases read twice
              </th>
              <th scope="col" className={classes.number}>
                Graded twice
              </th>
              <th scope="col" className={classes.number}>
                κ, {WEIGHTS_NAME[first.kappa.weights]}
              </th>
              <th scope="col" className={classes.number}>
                {coverage} CI
              </th>
              <th scope="col" className={classes.number}>
                Same grade
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ rater, n_repeated, n_paired, kappa, percent_agreement }) => (
              <tr key={rater}>
                <th scope="row">{rater}</th>
                <td className={classes.number}>{n_repeated}</td>
                <td className={classes.number}>{n_paired}</td>
                <td className={classes.number}>
                  {kappa.estimate === null ? 'undefined' : formatCoefficient(kappa.estimate)}
                </td>
                <td className={classes.number}>{formatRange(kappa.ci)}</td>
                <td className={classes.number}>{formatPercent(percent_agreement)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={classes.note}>The repeats are no part of any other number on this page.</p>
      {rows.map(({ rater, kappa: { refused } }) =>
        refused === null ? null : (
          <p key={rater} className={classes.note}>
            {rater}: {refused}.
          </p>
        ),
      )}
    </figure>
  )
}
