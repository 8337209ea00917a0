import { describe, expect, it } from 'vitest'
import {
  countOf,
  formatAgo,
  formatBytes,
  formatCoefficient,
  formatCount,
  formatDay,
  formatEstimate,
  formatMinutes,
  formatPercent,
  formatPercentRange,
  formatRange,
  formatTimeLeft,
  formatUtc,
  keepNumbersTogether,
} from './format'

const withPlainSpaces = (text: string) => text.replaceAll('\u00a0', ' ')

describe('texts of the server', () => {
  it('keep a number in one piece and with its %', () => {
    const kept = keepNumbersTogether('98.9 % of 1 000 000 resamples, 5 cases')
    expect(kept).toBe('98.9\u00a0% of 1\u00a0000\u00a0000 resamples, 5 cases')
  })
})

describe('shares', () => {
  it('prints 176 of 178 as 98.9 %, unbreakable', () => {
    expect(formatPercent(176 / 178)).toBe('98.9\u00a0%')
  })

  it('prints an interval with its unit once', () => {
    expect(withPlainSpaces(formatPercentRange([0.96, 0.9969]))).toBe('96.0–99.7 %')
  })
})

describe('coefficients', () => {
  it('prints an estimate with its interval', () => {
    expect(withPlainSpaces(formatEstimate(0.7438, [0.5601, 0.8915]))).toBe('0.74 (0.56–0.89)')
  })

  it('avoids an en dash beside a minus sign', () => {
    expect(formatRange([-0.1, 0.3])).toBe('−0.10 to 0.30')
  })

  it('never prints minus zero', () => {
    expect(formatCoefficient(-0.001)).toBe('0.00')
  })

  it('says undefined instead of a number', () => {
    expect(formatEstimate(null, null)).toBe('undefined')
  })

  it('leaves out an interval that was refused', () => {
    expect(formatEstimate(0.5, null)).toBe('0.50')
  })
})

describe('counts and sizes', () => {
  it('groups thousands', () => {
    expect(withPlainSpaces(formatCount(1000000))).toBe('1 000 000')
    expect(withPlainSpaces(formatCount(10000))).toBe('10 000')
    expect(formatCount(2000)).toBe('2000')
    expect(formatCount(178)).toBe('178')
  })

  it('agrees with its noun', () => {
    expect(countOf(1, 'case')).toBe('1 case')
    expect(countOf(0, 'case')).toBe('0 cases')
    expect(countOf(2, 'series', 'series')).toBe('2 series')
  })

  it.each([
    [900, '1 kB'],
    [12_400_000, '12 MB'],
    [1_240_000_000, '1.2 GB'],
    [999_700, '1.0 MB'],
  ])('prints %i bytes as %s', (bytes, text) => {
    expect(withPlainSpaces(formatBytes(bytes))).toBe(text)
  })
})

describe('times', () => {
  it.each([
    [2, 'a few seconds left'],
    [23, 'about 25 s left'],
    [56, 'about 1 min left'],
    [200, 'about 3 min left'],
    [7300, 'about 2 h left'],
  ])('prints %i s as "%s"', (seconds, text) => {
    expect(formatTimeLeft(seconds)).toBe(text)
  })

  it('gives records in UTC', () => {
    expect(formatUtc('2026-03-01T23:30:00+02:00')).toBe('1 March 2026 at 21:30 UTC')
  })
})

describe('days and times past', () => {
  const now = new Date(2026, 2, 16, 10, 0)
  const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString()

  it.each([
    [0, 'just now'],
    [7, '7 min ago'],
    [150, '3 h ago'],
    [20 * 60, 'yesterday'],
    [5 * 24 * 60, '5 days ago'],
    [40 * 24 * 60, '4 Feb'],
  ])('says of %d minutes: %s', (minutes, words) => {
    expect(formatAgo(ago(minutes), now)).toBe(words)
  })

  it('names the year where it is not this one', () => {
    expect(formatDay('2026-12-03T12:00:00', now)).toBe('3 Dec')
    expect(formatDay('2027-01-03T12:00:00', now)).toBe('3 Jan 2027')
  })

  it('gives minutes as many digits as they are worth', () => {
    expect([3.26, 12.6, null].map(formatMinutes)).toEqual(['3.3\u00a0min', '13\u00a0min', '–'])
  })
})
