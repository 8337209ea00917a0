import type { CSSProperties } from 'react'
import type { PairReport, Report } from '../api/types'
import { formatCount } from '../format'
import { Caption } from './Caption'
import classes from './report.module.css'

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)

/** Square-root tint: small cells beside a dominant one stay visible, and dark text readable. */
function tint(count: number, largest: number): CSSProperties {
  const share = largest === 0 ? 0 : Math.sqrt(count / largest)
  return {
    background: `color-mix(in srgb, var(--mantine-color-petrol-4) ${Math.round(share * 70)}%, white)`,
  }
}

interface ContingencyTableProps {
  label: string
  report: Report
  pair: PairReport
}

export function ContingencyTable({ label, report, pair }: ContingencyTableProps) {
  const { levels, high_from } = report
  const { table, raters } = pair
  const [first, second] = raters
  const largest = Math.max(...table.flat())
  const columnTotals = levels.map((_, column) => sum(table.map((row) => row[column] ?? 0)))
  // The line runs between the last level below the cut-point and the first one above it.
  const isCut = (index: number) => index > 0 && levels[index]?.value === high_from
  const cutLeft = (index: number) => (isCut(index) ? (classes.cutLeft ?? '') : '')
  const cutAbove = (index: number) => (isCut(index) ? (classes.cutAbove ?? '') : '')
  return (
    <figure>
      <Caption label={label}>
        Grades of the {formatCount(pair.n_paired)} cases that both raters scored.
      </Caption>
      <div className={classes.scroll}>
        <table
          className={classes.contingency}
          aria-label={`Grades: rows ${first}, columns ${second}`}
        >
          <thead>
            <tr>
              <td />
              <th scope="colgroup" colSpan={levels.length} className={classes.rater}>
                {second}
              </th>
              <td />
            </tr>
            <tr>
              <th scope="col" className={`${classes.rowLevel ?? ''} ${classes.rater ?? ''}`}>
                {first}
              </th>
              {levels.map((level) => (
                <th key={level.value} scope="col" className={classes.columnLevel}>
                  {level.value} {level.name}
                </th>
              ))}
              <th scope="col" className={classes.total}>
                Total
              </th>
            </tr>
          </thead>
          <tbody>
            {levels.map((level, row) => (
              <tr key={level.value}>
                <th scope="row" className={classes.rowLevel}>
                  {level.value} {level.name}
                </th>
                {(table[row] ?? []).map((count, column) => (
                  <td
                    key={column}
                    style={tint(count, largest)}
                    className={[
                      classes.cell,
                      row === column ? classes.agreement : '',
                      cutLeft(column),
                      cutAbove(row),
                    ].join(' ')}
                  >
                    {formatCount(count)}
                  </td>
                ))}
                <td className={classes.total}>{formatCount(sum(table[row] ?? []))}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" className={`${classes.rowLevel ?? ''} ${classes.total ?? ''}`}>
                Total
              </th>
              {columnTotals.map((total, column) => (
                <td key={column} className={classes.total}>
                  {formatCount(total)}
                </td>
              ))}
              <td className={classes.total}>{formatCount(pair.n_paired)}</td>
            </tr>
          </tfoot>
        </table>
      </div>
      <p className={classes.note}>
        The thick line is the cut-point: grades {high_from} and above count as high quality. Bold:
        both raters gave the same grade.
      </p>
    </figure>
  )
}
