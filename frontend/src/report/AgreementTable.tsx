import { Badge } from '@mantine/core'
import type { Coefficients } from '../api/types'
import { formatCoefficient, formatCount, formatPercent, formatRange } from '../format'
import { BOOTSTRAP_NAME } from '../study/wording'
import { Caption } from './Caption'
import type { CoefficientRow } from './coefficientRows'
import classes from './report.module.css'

interface AgreementTableProps {
  label: string
  /** Whose agreement, in words. */
  whose: string
  /** What the share of identical grades is called. */
  same: string
  rows: CoefficientRow[]
  of: Coefficients
  coverage: string
  resampled: 'case' | 'site'
}

export function AgreementTable(props: AgreementTableProps) {
  const { label, whose, same, rows, of, coverage, resampled } = props
  const { kappa } = of
  return (
    <figure>
      <Caption label={label}>
        Agreement of {whose} in {formatCount(of.n_paired)} cases.
      </Caption>
      <div className={classes.scroll}>
        <table className={classes.table} aria-label={`Coefficients of agreement of ${whose}`}>
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
            {rows.map((row) => (
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
              <th scope="row">{same}</th>
              <td className={classes.number}>{formatPercent(of.percent_agreement)}</td>
              <td />
              <td />
            </tr>
          </tbody>
        </table>
      </div>
      <p className={classes.note}>
        {kappa.refused ??
          `Primary: ${BOOTSTRAP_NAME[kappa.method]} interval from ${formatCount(kappa.resamples)} resamples of ${resampled}s, seed ${kappa.seed}; κ was undefined in ${formatCount(kappa.undefined)} of them.`}
      </p>
    </figure>
  )
}
