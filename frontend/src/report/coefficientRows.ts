import type { Coefficients, Estimate, Report } from '../api/types'
import { WEIGHTS_NAME } from '../study/wording'
import { isOfMany } from './pairs'

export interface CoefficientRow extends Estimate {
  name: string
  primary?: boolean
}

/** κ of one pair of many under every weighting, and what stands beside κ. */
export function rowsOfPair(of: Coefficients, highFrom: number): CoefficientRow[] {
  return rows(of, highFrom, 'Cohen’s κ')
}

/** The same of all raters of a study, then further coefficients; of many κ is the mean of pairs. */
export function rowsOfReport(report: Report): CoefficientRow[] {
  const name = isOfMany(report) ? 'Mean κ of the pairs (Light)' : 'Cohen’s κ'
  return [...rows(report, report.high_from, name), ...furtherRows(report)]
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

const FURTHER_NAME = {
  fleiss: 'Fleiss’ κ',
  conger: 'Conger’s κ',
  gwet: 'Gwet’s AC2',
  scott: 'Scott’s π',
  brennan_prediger: 'Brennan–Prediger',
}

function furtherRows({ overall = [] }: Report): CoefficientRow[] {
  return overall.flatMap((one) => {
    // Unweighted AC2 is AC1, which has its row already.
    if (one.coefficient === 'gwet' && one.weights === 'none') return []
    const name =
      one.coefficient === 'krippendorff'
        ? `Krippendorff’s α, ${one.weights}`
        : `${FURTHER_NAME[one.coefficient]}, ${WEIGHTS_NAME[one.weights]}`
    return { ...one, name }
  })
}
