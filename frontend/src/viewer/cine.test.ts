import { describe, expect, it } from 'vitest'
import { formatTime, frameAt, frameDurations, runLength, stepFrame } from './cine'

const STARTS = [0, 500, 750, 1000]

describe('cine', () => {
  it('shows each frame until the next is due, the last as long as the one before', () => {
    expect(frameDurations(STARTS)).toEqual([500, 250, 250, 250])
    expect(runLength(STARTS)).toBe(1250)
    expect([0, 499, 500, 749, 750, 1249].map((ms) => frameAt(STARTS, ms))).toEqual([
      0, 0, 1, 1, 2, 3,
    ])
  })

  it('starts again after the last frame', () => {
    expect(frameAt(STARTS, 1250)).toBe(0)
    expect(frameAt(STARTS, 1250 * 7 + 600)).toBe(1)
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
