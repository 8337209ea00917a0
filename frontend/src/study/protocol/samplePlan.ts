/** What the sample-size panel holds, and the question that it asks the server. */
import type { SampleSizePlan } from '../../api/types'
import { type NumberInputValue, numberIn, shareIn } from './protocolForm'

export interface PlanForm {
  /** Rates, power and alpha are in per cent. */
  highRate1: NumberInputValue
  highRate2: NumberInputValue
  kappa: NumberInputValue
  width: NumberInputValue
  kappa0: NumberInputValue
  power: NumberInputValue
  alpha: NumberInputValue
}

export const USUAL_PLAN: PlanForm = {
  highRate1: 80,
  highRate2: 80,
  kappa: 0.7,
  width: 0.2,
  kappa0: 0.5,
  power: 80,
  alpha: 5,
}

/** Least and greatest value that is asked about; beyond them the formulas mean nothing. */
export const LIMITS: Record<keyof PlanForm, [least: number, most: number]> = {
  highRate1: [0.1, 99.9],
  highRate2: [0.1, 99.9],
  kappa: [0, 0.99],
  width: [0.01, 1],
  kappa0: [0, 0.99],
  power: [50, 99],
  alpha: [0.1, 20],
}

/** What is wrong with one number, in words; null where nothing is. */
export function planProblem(field: keyof PlanForm, value: NumberInputValue): string | null {
  const number = numberIn(value)
  const [least, most] = LIMITS[field]
  return number === null || number < least || number > most ? `${least} to ${most}` : null
}

/** The plan as the server takes it, in shares; null while a number is missing or out of range. */
export function planOf(form: PlanForm, confidence: number): SampleSizePlan | null {
  const fields = Object.keys(LIMITS) as (keyof PlanForm)[]
  if (fields.some((field) => planProblem(field, form[field]) !== null)) return null
  const share = (field: keyof PlanForm) => shareIn(form[field]) ?? 0
  return {
    high_rate_1: share('highRate1'),
    high_rate_2: share('highRate2'),
    kappa: Number(form.kappa),
    width: Number(form.width),
    kappa0: Number(form.kappa0),
    power: share('power'),
    alpha: share('alpha'),
    confidence,
  }
}
