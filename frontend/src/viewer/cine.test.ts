import { describe, expect, it } from 'vitest'
import {
  formatSpeed,
  formatTime,
  frameAt,
  frameDurations,
  momentAfter,
  runLength,
  SPEEDS,
  stepFrame,
  TRUE_SPEED,
} from './cine'

const STARTS = [0, 500, 750, 1000]

describe('cine', () => {
  it('shows each frame until the next is due, the last as long as the one before', () => {
    expect(frameDurations(STARTS)).toEqual([500, 250, 250, 250])
    expect(runLength(STARTS)).toBe(1250)
    expect([0, 499, 500, 749, 750, 1249].map((ms) => frameAt(STARTS, ms))).toEqual([
      0, 0, 1, 1, 2, 3,
    ])
  })

  it('keeps the last frame of a run that is through', () => {
    expect(frameAt(STARTS, 99_999)).toBe(3)
  })

  it('goes on, and starts again after the last frame', () => {
    expect(momentAfter(500, 600, 1250, true)).toEqual({ ms: 1100, ended: false })
    expect(momentAfter(1100, 150, 1250, true)).toEqual({ ms: 0, ended: false })
    expect(momentAfter(0, 1250 * 7 + 600, 1250, true)).toEqual({ ms: 600, ended: false })
  })

  it('ends with the last frame where it is not repeated', () => {
    expect(momentAfter(1100, 150, 1250, false)).toEqual({ ms: 1250, ended: true })
    expect(momentAfter(0, 10, 0, true).ended).toBe(true)
  })

  it('names its speeds, the true one among them', () => {
    expect(SPEEDS.map(formatSpeed)).toEqual(['¼×', '½×', '1×', '2×', '4×'])
    expect(SPEEDS).toContain(TRUE_SPEED)
  })

  it('stands still on a run of one frame', () => {
    expect(frameAt([0], 12_345)).toBe(0)
    expect(runLength([])).toBe(0)
  })

  it('steps round the ends', () => {
    expect(stepFrame(3, 1, 4)).toBe(0)
    expect(stepFrame(0, -1, 4)).toBe(3)
    expect(stepFrame(0, 1, 0)).toBe(0)
  })

  it('tells the time in seconds', () => {
    expect(formatTime(2250)).toBe('2.25 s')
  })
})
