import type { Coefficients, Estimate, OverallCoefficient, Report } from '../api/types'
import { WEIGHTS_NAME } from '../study/wording'

export interface CoefficientRow extends Estimate {
  name: string
  primary?: boolean
}

/** κ of two raters under every weighting, and what stands beside κ. */
export function rowsOfPair(of: Coefficients, highFrom: number): CoefficientRow[] {
  return rows(of, highFrom, 'Cohen’s κ')
}

/** The same of all raters together: κ as the mean over pairs, then coefficients of their own. */
export function rowsOfMany(report: Report): CoefficientRow[] {
  const overall = (report.overall ?? []).filter((one) => nameOf(one) !== null)
  return [
    ...rows(report, report.high_from, 'Mean κ of the pairs (Light)'),
    ...overall.map((one) => ({ ...one, name: nameOf(one) ?? '' })),
  ]
}

function rows(of: Coefficients, highFrom: number, name: string): CoefficientRow[] {
  const { kappa, kappas, dichotomised_kappa, ac1, pabak } = of
  const onGrades = kappas.map((one) =>
    one.weights === kappa.weights
      ? { ...kappa, name: `${name}, ${WEIGHTS_NAME[one.weights]}` }
      : { ...one, name: `${name}, ${WEIGHTS_NAME[one.weights]}`, primary: false },
  )
  return [
    ...onGrades,
    { ...dichotomised_kappa, name: `${name}, high quality (≥ ${highFrom}) or not` },
    { ...ac1, name: 'Gwet’s AC1' },
    { ...pabak, name: 'PABAK' },
  ]
}

const OVERALL_NAME = { fleiss: 'Fleiss’ κ', conger: 'Conger’s κ', gwet: 'Gwet’s AC2' }

/** Null for unweighted AC2, which is AC1 and has its row already. */
function nameOf({ coefficient, weights }: OverallCoefficient): string | null {
  if (coefficient === 'krippendorff') return `Krippendorff’s α, ${weights}`
  if (coefficient === 'gwet' && weights === 'none') return null
  const weighting = weights === 'ordinal' ? weights : WEIGHTS_NAME[weights]
  return `${OVERALL_NAME[coefficient]}, ${weighting}`
}
