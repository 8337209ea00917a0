import { describe, expect, it } from 'vitest'
import { run } from '../../../tests/images'
import {
  geometryInWords,
  occlusionInWords,
  paroleInWords,
  reviewedInWords,
  timeSince,
  roleInWords,
} from './seriesWords'

describe('geometryInWords', () => {
  it('says size, spacing, tilt and orientation of a CT', () => {
    const words = geometryInWords('NCCT', {
      size: [512, 512, 160],
      spacing_mm: [0.449, 0.449, 1],
      tilt_deg: 18.52,
      orientation: 'axial',
    })
    expect(words).toEqual(['512 × 512 × 160', '0.45 × 0.45 × 1.0 mm', 'tilt 18.5°', 'axial'])
  })

  it('says frames and projection of a run, and no tilt where there is none', () => {
    const words = geometryInWords('DSA', {
      size: [1024, 1024, 1],
      spacing_mm: null,
      tilt_deg: 0,
      orientation: 'LAO 30, cranial 20',
    })
    expect(words).toEqual(['1024 × 1024', '1 frame', 'LAO 30, cranial 20'])
  })
})

describe('timeSince', () => {
  it('counts from the first image of the case', () => {
    const first = Date.parse('2001-03-01T10:00:00Z')
    expect(timeSince(first, '2001-03-01T10:00:42Z')).toBe('+ 00:42')
    expect(timeSince(first, '2001-03-01T11:05:20Z')).toBe('+ 1:05:20')
    expect(timeSince(first, '2001-03-05T10:00:00Z')).toBe('+ 4 days')
  })
})

describe('words of a series', () => {
  it('says what becomes of it', () => {
    expect(roleInWords({ kind: 'DSA', used: true })).toBe('Shown to raters')
    expect(roleInWords({ kind: 'NCCT', used: true })).toBe('Segmented and shown to raters')
    expect(roleInWords({ kind: 'NCCT', used: false })).toBe('Not used')
  })

  it('says who decided what, and that a released run from before is not shown', () => {
    const released = run({
      review: 'released',
      phase: 'before',
      reviewed_by: 'ana',
      reviewed_at: '2026-03-02T10:00:00Z',
      blackouts: [{ left: 1, top: 1, width: 9, height: 9 }],
    })
    expect(reviewedInWords(released)).toBe(
      'Released by ana, 2 Mar 2026. 1 rectangle blacked out. Taken before recanalization, so not shown to raters.',
    )
    expect(reviewedInWords(run({ review: 'kept-out', review_note: 'A face.' }))).toBe(
      'Kept out. A face.',
    )
  })

  it('says the occlusion as far as it is known', () => {
    expect(occlusionInWords('left', 'M1')).toBe('Left M1 occlusion')
    expect(occlusionInWords('', 'BA')).toBe('BA occlusion')
    expect(occlusionInWords('', '')).toBe('')
  })

  it('rounds pauses', () => {
    expect(paroleInWords(35_000)).toBe('35 s')
    expect(paroleInWords(12.4 * 60_000)).toBe('12 min')
    expect(paroleInWords(3 * 3_600_000)).toBe('3 h')
  })
})
