import { Badge } from '@mantine/core'
import type { Estimate, Report } from '../api/types'
import { formatCoefficient, formatCount, formatPercent, formatRange } from '../format'
import { BOOTSTRAP_NAME, WEIGHTS_NAME } from '../study/wording'
import { Caption } from './Caption'
import classes from './report.module.css'

interface Row extends Estimate {
  name: string
  primary?: boolean
}

function rowsOf(report: Report): Row[] {
  const { kappa, kappas, dichotomised_kappa, ac1, pabak, high_from } = report
  const onGrades = kappas.map((one) =>
    one.weights === kappa.weights
      ? { ...kappa, name: `Cohen’s κ, ${WEIGHTS_NAME[one.weights]}` }
      : { ...one, name: `Cohen’s κ, ${WEIGHTS_NAME[one.weights]}` },
  )
  return [
    ...onGrades,
    { ...dichotomised_kappa, name: `Cohen’s κ, high quality (≥ ${high_from}) or not` },
    { ...ac1, name: 'Gwet’s AC1' },
    { ...pabak, name: 'PABAK' },
  ]
}

export function AgreementTable({ report, coverage }: { report: Report; coverage: string }) {
  const { kappa } = report
  return (
    <figure>
      <Caption label="Table 3">
        Agreement of {report.raters.join(' and ')} in {formatCount(report.n_paired)} cases.
      </Caption>
      <div className={classes.scroll}>
        <table className={classes.table} aria-label="Coefficients of agreement">
          <thead>
            <tr>
              <th scope="col">Coefficient</th>
              <th scope="col" className={classes.number}>
                Estimate
              </th>
              <th scope="col" className={classes.number}>
                {coverage} CI
              </th>
              <th scope="col" className={classes.number}>
                Standard error
              </th>
            </tr>
          </thead>
          <tbody>
            {rowsOf(report).map((row) => (
              <tr key={row.name} className={row.primary ? classes.primary : undefined}>
                <th scope="row">
                  {row.name}{' '}
                  {row.primary && (
                    <Badge size="sm" tt="none" ml={6}>
                      primary
                    </Badge>
                  )}
                </th>
                <td className={classes.number}>
                  {row.estimate === null ? 'undefined' : formatCoefficient(row.estimate)}
                </td>
                <td className={classes.number}>{formatRange(row.ci)}</td>
                <td className={classes.number}>{formatCoefficient(row.se, 3)}</td>
              </tr>
            ))}
            <tr className={classes.groupStart}>
              <th scope="row">Same grade by both raters</th>
              <td className={classes.number}>{formatPercent(report.percent_agreement)}</td>
              <td />
              <td />
            </tr>
          </tbody>
        </table>
      </div>
      <p className={classes.note}>
        {kappa.refused ??
          `Primary: ${BOOTSTRAP_NAME[kappa.method]} interval from ${formatCount(kappa.resamples)} resamples of cases, seed ${kappa.seed}; κ was undefined in ${formatCount(kappa.undefined)} of them.`}
      </p>
    </figure>
  )
}
