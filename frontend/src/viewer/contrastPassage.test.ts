import { describe, expect, it } from 'vitest'
import { arterialCurve, arterialPhase, contrastOf } from './contrastPassage'
import { meanFrame, samplePixels, transferTable } from './dsa'
import { randomNumbers, runManifest } from './testing'

const PIXELS = 20_000
const COUNT = 14

/** How full arteries and veins are in each frame. */
const ARTERIAL = [0, 0, 0.05, 0.4, 0.9, 1, 0.9, 0.7, 0.4, 0.2, 0.1, 0, 0, 0]
const VENOUS = [0, 0, 0, 0, 0, 0, 0.1, 0.3, 0.7, 1, 1, 1, 0.9, 0.8]

/** Arteries in one part in fifty, veins, denser still, in another. */
function run(sign: 1 | -1): Uint16Array[] {
  const random = randomNumbers(31)
  const background = Array.from({ length: PIXELS }, () => 1200 + 400 * random())
  return Array.from({ length: COUNT }, (_, frame) =>
    Uint16Array.from(background, (grey, i) => {
      const artery = i % 50 === 7 ? (ARTERIAL[frame] ?? 0) * 0.4 : 0
      const vein = i % 50 === 31 ? (VENOUS[frame] ?? 0) * 0.5 : 0
      return grey * (1 - sign * (artery + vein)) + 10 * (random() - 0.5)
    }),
  )
}

const LINEAR = runManifest({ bits: 16, logarithmic: false })
const reference = (frames: readonly Uint16Array[]) => meanFrame(frames.slice(0, 1), PIXELS)
const ALL = samplePixels(new Uint16Array(PIXELS), -1, PIXELS)

describe('the passage of contrast', () => {
  it('tells iodine from contrast that brightens', () => {
    const transfer = transferTable(LINEAR)
    for (const [sign, contrast] of [
      [1, 'dark'],
      [-1, 'bright'],
    ] as const) {
      const frames = run(sign)
      expect(contrastOf(frames, reference(frames), transfer, ALL)).toBe(contrast)
    }
  })

  it('takes a run without contrast for one with iodine', () => {
    const still = run(1).slice(0, 2)
    expect(contrastOf(still, reference(still), transferTable(LINEAR), ALL)).toBe('dark')
  })

  it.each([1, -1] as const)('follows the arteries, not the denser veins after them', (sign) => {
    const frames = run(sign)
    const transfer = transferTable(LINEAR, sign === 1 ? 'dark' : 'bright')
    const curve = arterialCurve(frames, reference(frames), transfer, ALL)
    expect(curve.indexOf(Math.max(...curve))).toBe(5)
    expect(arterialPhase(curve)).toEqual({ first: 3, last: 7 })
  })
})

describe('the arterial phase', () => {
  it('lasts from a tenth of the rise until half has gone', () => {
    expect(arterialPhase([0, 0, 8, 40, 100, 90, 60, 51, 49, 70])).toEqual({ first: 3, last: 7 })
    expect(arterialPhase([20, 20, 27, 29, 100, 59, 61])).toEqual({ first: 3, last: 4 })
  })

  it('may begin with the run and end with it', () => {
    expect(arterialPhase([60, 100, 90])).toEqual({ first: 1, last: 2 })
    expect(arterialPhase([0, 50, 100])).toEqual({ first: 1, last: 2 })
  })

  it('is not made up where nothing rises', () => {
    expect(arterialPhase([5, 5, 5])).toBeNull()
    expect(arterialPhase([3])).toBeNull()
    expect(arterialPhase([])).toBeNull()
  })
})

describe('sampled pixels', () => {
  it('leave out what lies behind the collimator, and walk through all columns', () => {
    const image = Uint16Array.from({ length: 64 * 64 }, (_, i) => (i % 64 < 8 ? 3 : 900))
    const pixels = samplePixels(image, 100, 500)
    expect([...pixels].every((i) => i % 64 >= 8)).toBe(true)
    expect(new Set([...pixels].map((i) => i % 64)).size).toBe(56)
  })
})
