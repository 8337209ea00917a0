import { describe, expect, it } from 'vitest'
import type { RaterProtocol } from '../../api/types'
import { missingIn } from './missing'
import { NO_ANSWERS } from './rating'

const protocol = {
  require_all_runs_opened: true,
  territories: [
    { code: 'ica', label: 'ICA', required: true },
    { code: 'm1', label: 'M1', required: true },
    { code: 'pcom', label: 'PCom', required: false },
  ],
  questions: [{ code: 'usable', label: 'Usable?', required: true }],
} as unknown as RaterProtocol

describe('what is missing of a case', () => {
  it('is said in the words of the server', () => {
    expect(missingIn(protocol, NO_ANSWERS, 3, new Set([1]))).toEqual([
      'a grade, or the reason why there is none',
      'a grade for ICA and M1',
      'an answer to “Usable?”',
      'DSA runs 1 and 3 have not been opened',
    ])
  })

  it('is no item, but the runs, where the case cannot be scored', () => {
    const answers = { ...NO_ANSWERS, unscorable_reason: 'motion' }
    expect(missingIn(protocol, answers, 2, new Set([1]))).toEqual([
      'DSA run 1 has not been opened',
    ])
  })

  it('is nothing where all was answered and viewed', () => {
    const answers = {
      ...NO_ANSWERS,
      grade: 3,
      territory_grades: { ica: 2, m1: 'not-opacified' as const },
      question_answers: { usable: false },
    }
    expect(missingIn(protocol, answers, 2, new Set([0, 1]))).toEqual([])
  })
})
