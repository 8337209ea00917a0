import { describe, expect, it } from 'vitest'
import type { Wait } from '../api/types'
import { waitInWords } from './waitInWords'

const now = new Date(2026, 10, 22, 9, 0)

function titleOf(
  reason: Wait['reason'],
  until: Date | null,
  stage: 'main' | 'calibration' = 'main',
) {
  return waitInWords({ stage, total: 60 }, { reason, until: until?.toISOString() ?? null }, now)
}

describe('a wait', () => {
  it('for the next day is told with the local day and hour', () => {
    expect(titleOf('daily-limit', new Date(2026, 10, 23, 0, 0))).toEqual({
      title: 'That is enough for today.',
      then: 'You can go on from Monday, 23 November 2026, 00:00.',
    })
  })

  it('for a later case is told by the day, and by the hour only on that day', () => {
    expect(titleOf('later', new Date(2026, 11, 20, 14, 3)).title).toBe(
      'The next case opens on 20 December 2026.',
    )
    expect(titleOf('later', new Date(2026, 10, 22, 14, 3)).title).toBe(
      'The next case opens today at 14:03.',
    )
    expect(titleOf('later', null).title).toBe('The next case opens later.')
  })

  it('is over for good at the end of a list', () => {
    expect(titleOf('finished', null).title).toBe('All 60 cases submitted, thank you.')
    expect(titleOf('finished', null, 'calibration').title).toBe(
      'All 60 calibration cases submitted.',
    )
  })
})
