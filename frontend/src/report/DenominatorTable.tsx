import type { Report } from '../api/types'
import { formatCoefficient, formatCount, formatPercent, formatPercentRange } from '../format'
import { Caption } from './Caption'
import classes from './report.module.css'

interface DenominatorTableProps {
  label: string
  report: Report
  coverage: string
}

/** How many cases each rater could grade, why not the others, and what if they were low. */
export function DenominatorTable({ label, report, coverage }: DenominatorTableProps) {
  const { rates, unscorable = [], sensitivity } = report
  const reasons = unscorable.filter(({ counts }) => counts.some((count) => count > 0))
  return (
    <figure>
      <Caption label={label}>
        Denominators: cases that each rater graded, and why the others could not be graded.
      </Caption>
      <div className={classes.scroll}>
        <table className={classes.table} aria-label="Denominators and unscorable cases">
          <thead>
            <tr>
              <td />
              {rates.map(({ rater }) => (
                <th key={rater} scope="col" className={classes.number}>
                  {rater}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <Row name="Cases in the study" cells={rates.map(() => formatCount(report.n_cases))} />
            <Row name="Graded" cells={rates.map(({ n }) => formatCount(n))} />
            <Row
              name="Unscorable"
              cells={rates.map(({ unscorable: count }) => formatCount(count))}
            />
            {reasons.map(({ code, label: reason, counts }) => (
              <Row key={code} name={reason} inset cells={counts.map(formatCount)} />
            ))}
            <Row
              name="Rate of high quality"
              start
              cells={rates.map(({ rate }) => formatPercent(rate))}
            />
            {sensitivity && (
              <>
                <Row
                  name="The same, unscorable counted as low"
                  cells={sensitivity.rates.map(
                    ({ rate, high, n }) => `${formatPercent(rate)} (${high}/${n})`,
                  )}
                />
                <Row
                  name={`Wilson ${coverage} CI of it`}
                  cells={sensitivity.rates.map(({ wilson }) => formatPercentRange(wilson))}
                />
              </>
            )}
          </tbody>
        </table>
      </div>
      <p className={classes.note}>{inWords(report)}</p>
    </figure>
  )
}

function inWords({ sensitivity, dichotomised_kappa, raters }: Report): string {
  if (!sensitivity) return 'Every case was graded by every rater.'
  const kappa = raters.length > 2 ? 'the mean κ of the pairs' : 'κ'
  return (
    `Sensitivity analysis: with unscorable counted as low, ${kappa} of high against not high is ` +
    `${valueOf(sensitivity.dichotomised_kappa.estimate)} (without: ` +
    `${valueOf(dichotomised_kappa.estimate)}), and the raters agree in ` +
    `${formatPercent(sensitivity.percent_agreement)} of cases.`
  )
}

const valueOf = (estimate: number | null) =>
  estimate === null ? 'undefined' : formatCoefficient(estimate)

interface RowProps {
  name: string
  cells: string[]
  /** Part of the row above. */
  inset?: boolean
  start?: boolean
}

function Row({ name, cells, inset = false, start = false }: RowProps) {
  return (
    <tr className={start ? classes.groupStart : undefined}>
      <th scope="row" className={inset ? classes.inset : undefined}>
        {name}
      </th>
      {cells.map((cell, place) => (
        <td key={place} className={classes.number}>
          {cell}
        </td>
      ))}
    </tr>
  )
}
