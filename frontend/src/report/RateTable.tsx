import type { Report } from '../api/types'
import { formatPercent, formatPercentRange } from '../format'
import { Caption } from './Caption'
import { rateGroups } from './rateGroups'
import classes from './report.module.css'

export function RateTable({ report, coverage }: { report: Report; coverage: string }) {
  return (
    <figure>
      <Caption label="Table 2">
        Rates of high quality. Each denominator is the number of cases which that rater scored.
      </Caption>
      <div className={classes.scroll}>
        <table className={classes.table} aria-label="Rates of high quality">
          <thead>
            <tr>
              <th scope="col">Cases</th>
              <th scope="col">Rater</th>
              <th scope="col" className={classes.number}>
                High quality
              </th>
              <th scope="col" className={classes.number}>
                Rate
              </th>
              <th scope="col" className={classes.number}>
                Wilson {coverage} CI
              </th>
              <th scope="col" className={classes.number}>
                Clopper–Pearson {coverage} CI
              </th>
              <th scope="col" className={classes.number}>
                Unscorable
              </th>
            </tr>
          </thead>
          <tbody>
            {rateGroups(report).map(({ name, rates }, groupIndex) =>
              rates.map((rate, index) => (
                <tr
                  key={`${name} ${rate.rater}`}
                  className={groupIndex > 0 && index === 0 ? classes.groupStart : undefined}
                >
                  {index === 0 && (
                    <th scope="rowgroup" rowSpan={rates.length}>
                      {name}
                    </th>
                  )}
                  <td>{rate.rater}</td>
                  <td className={classes.number}>
                    {rate.high}/{rate.n}
                  </td>
                  <td className={classes.number}>{formatPercent(rate.rate)}</td>
                  <td className={classes.number}>{formatPercentRange(rate.wilson)}</td>
                  <td className={classes.number}>{formatPercentRange(rate.clopper_pearson)}</td>
                  <td className={classes.number}>{rate.unscorable}</td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </div>
    </figure>
  )
}
