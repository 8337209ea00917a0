import { describe, expect, it } from 'vitest'
import { planOf, planProblem, USUAL_PLAN } from './samplePlan'

describe('the plan of a sample size', () => {
  it('is asked in shares without the dust of binary fractions', () => {
    expect(planOf({ ...USUAL_PLAN, highRate1: 98.9, highRate2: 56.7 }, 0.95)).toEqual({
      high_rate_1: 0.989,
      high_rate_2: 0.567,
      kappa: 0.7,
      width: 0.2,
      kappa0: 0.5,
      power: 0.8,
      alpha: 0.05,
      confidence: 0.95,
    })
  })

  it('is not asked while a number is missing or out of range', () => {
    expect(planOf({ ...USUAL_PLAN, width: '' }, 0.95)).toBeNull()
    expect(planOf({ ...USUAL_PLAN, kappa: 1 }, 0.95)).toBeNull()
    expect(planProblem('kappa', 1)).toBe('0 to 0.99')
    expect(planProblem('power', 80)).toBeNull()
  })
})
