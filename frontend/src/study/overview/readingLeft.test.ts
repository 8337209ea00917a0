import { describe, expect, it } from 'vitest'
import type { RaterRow } from '../../api/types'
import { readingLeftInWords } from './readingLeft'

const ana: RaterRow = {
  username: 'ana',
  full_name: 'Ana',
  rater_number: 1,
  calibration: null,
  submitted: 4,
  total: 10,
  read_today: 0,
  last_activity_at: null,
  median_active_minutes: null,
  median_wall_minutes: null,
  finish_on: '2026-03-20',
  no_finish_because: '',
  opening_later: { count: 0, first_at: null },
  unlocked: [],
}
const now = new Date('2026-03-16T10:00:00Z')
const words = (...raters: RaterRow[]) => readingLeftInWords(raters, now)

describe('readingLeftInWords', () => {
  it('says nothing once all has been read', () => {
    expect(words({ ...ana, submitted: 10 })).toBe('')
  })

  it('adds the raters up and names the last day', () => {
    expect(words(ana, { ...ana, submitted: 9, finish_on: '2026-04-02' })).toBe(
      '2 raters have 7 cases still to read. At this pace the last one is done by 2 Apr.',
    )
  })

  it('does not hide that somebody’s end is unknown', () => {
    expect(words(ana, { ...ana, finish_on: null })).toBe(
      '2 raters have 12 cases still to read. At this pace the last one is done by 20 Mar (1 not known yet).',
    )
    expect(words({ ...ana, finish_on: null })).toBe(
      '1 rater has 6 cases still to read. When they are done cannot be told yet.',
    )
  })
})
