import { describe, expect, it } from 'vitest'
import { litField, proposeShift } from './maskProposal'
import { moved, type Shift } from './pixelShift'
import { randomNumbers, runManifest } from './testing'

const SIZE = 128
const RUN = runManifest({ rows: SIZE, columns: SIZE, bits: 16, window: [300, 4000] })
const BORDER = 10

/** A head-like field: bone, tissue and coarse texture, black where the collimator is. */
function anatomy(): Float32Array {
  const random = randomNumbers(21)
  const coarse = Float32Array.from({ length: SIZE * SIZE }, () => random())
  const smooth = moved(
    moved(moved(coarse, SIZE, SIZE, [0.5, 0.5]), SIZE, SIZE, [0.5, -0.5]),
    SIZE,
    SIZE,
    [-0.5, 0.5],
  )
  return smooth.map((value, i) => {
    const radius = Math.hypot(Math.floor(i / SIZE) - 64, (i % SIZE) - 64)
    const bone = 900 * Math.exp(-((radius - 45) ** 2) / 12)
    return 1500 - bone + 1200 * value
  })
}

function collimated(values: Float32Array, seed: number): Uint16Array {
  const random = randomNumbers(seed)
  return Uint16Array.from(values, (value, i) => {
    const row = Math.floor(i / SIZE)
    const column = i % SIZE
    const lit = Math.min(row, column, SIZE - 1 - row, SIZE - 1 - column) >= BORDER
    return lit ? value + 30 * (random() - 0.5) : 20 * random()
  })
}

function withVessel(values: Float32Array): Float32Array {
  return values.map((value, i) => {
    const distance = Math.abs(Math.floor(i / SIZE) - 60 - 10 * Math.sin((i % SIZE) / 15))
    return i % SIZE > 40 && distance < 3 ? value * 0.5 : value
  })
}

const before = anatomy()
const mask = Float32Array.from(collimated(before, 1))

describe('a proposed shift of the mask', () => {
  it.each<Shift>([
    [3, -2],
    [-1.5, 4.5],
    [0, 6],
  ])('lays the mask upon a frame with vessels and a collimator: %d, %d', (down, right) => {
    const frame = collimated(withVessel(moved(before, SIZE, SIZE, [down, right])), 2)
    const shift = proposeShift(frame, mask, RUN, [0, 0])
    expect(Math.abs((shift?.[0] ?? NaN) - down)).toBeLessThanOrEqual(0.2)
    expect(Math.abs((shift?.[1] ?? NaN) - right)).toBeLessThanOrEqual(0.2)
    expect(shift && proposeShift(frame, mask, RUN, shift)).toBeNull()
  })

  it('is counted from the mask as it was stored, whatever shift is in place', () => {
    const frame = collimated(moved(before, SIZE, SIZE, [2, 2]), 3)
    const shift = proposeShift(frame, mask, RUN, [-4, 5])
    expect(shift?.map((px) => Math.round(px * 2) / 2)).toEqual([2, 2])
  })

  it('is not offered where the mask lies right', () => {
    expect(proposeShift(collimated(withVessel(before), 4), mask, RUN, [0, 0])).toBeNull()
  })

  it('is looked for where X-rays reached', () => {
    expect(litField(mask, RUN)).toEqual({
      top: BORDER,
      bottom: SIZE - BORDER,
      left: BORDER,
      right: SIZE - BORDER,
    })
  })
})
