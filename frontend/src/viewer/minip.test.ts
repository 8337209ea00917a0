import { describe, expect, it } from 'vitest'
import { drawFrame, maskImage, maskOf, meanFrame, transferTable } from './dsa'
import { mostOpacified, withEnd } from './minip'
import { randomNumbers, runManifest } from './testing'
import { windowFromBounds } from './windowLevel'

const random = randomNumbers(8)
const PIXELS = 600
const noise16 = () => Uint16Array.from({ length: PIXELS }, () => Math.floor(4096 * random()))
const noise8 = () => Uint8Array.from({ length: PIXELS }, () => Math.floor(256 * random()))

describe('the projection of frames', () => {
  it.each(['dark', 'bright'] as const)('keeps the grey with the most %s contrast', (contrast) => {
    for (const noise of [noise16, noise8]) {
      const frames = [noise(), noise(), noise()]
      const before = frames.map((frame) => [...frame])
      const extreme = contrast === 'dark' ? Math.min : Math.max
      const expected = [...(frames[0] ?? [])].map((_, i) =>
        extreme(...frames.map((frame) => frame[i] ?? NaN)),
      )
      const projection = mostOpacified(frames, contrast)
      expect([...projection]).toEqual(expected)
      expect(projection.BYTES_PER_ELEMENT).toBe(frames[0]?.BYTES_PER_ELEMENT)
      expect(frames.map((frame) => [...frame])).toEqual(before)
    }
  })

  it('is one frame where there is one, and asks for one', () => {
    const only = noise16()
    expect([...mostOpacified([only], 'dark')]).toEqual([...only])
    expect(() => mostOpacified([], 'dark')).toThrow('needs a frame')
  })

  it.each([
    { logarithmic: false, contrast: 'dark' },
    { logarithmic: true, contrast: 'dark' },
    { logarithmic: false, contrast: 'bright' },
    { logarithmic: true, contrast: 'bright' },
  ] as const)(
    'subtracted is the darkest of the subtracted frames: $contrast, logarithmic $logarithmic',
    ({ logarithmic, contrast }) => {
      const run = runManifest({ rows: 1, columns: PIXELS, logarithmic })
      const frames = [noise16(), noise16(), noise16(), noise16()]
      const transfer = transferTable(run, contrast)
      const mean = meanFrame([noise16(), noise16()], PIXELS)
      const subtraction = { mask: maskOf(mean, run, [0, 0], contrast), transfer }
      const display = { window: windowFromBounds([-4000, 4000]), inverted: false }
      const drawn = (pixels: Uint16Array | Uint8Array) => {
        const out = new Uint32Array(PIXELS)
        drawFrame(pixels, subtraction, display, out)
        return [...out].map((word) => word & 255)
      }
      const each = frames.map(drawn)
      const expected = each[0]?.map((_, i) => Math.min(...each.map((greys) => greys[i] ?? 255)))
      expect(drawn(mostOpacified(frames, contrast))).toEqual(expected)
    },
  )

  it('makes bright contrast dark by subtraction', () => {
    const run = runManifest({ rows: 1, columns: 2, bits: 8, logarithmic: true })
    const mean = meanFrame([Uint8Array.of(100, 100)], 2)
    const out = new Uint32Array(2)
    const subtraction = {
      mask: maskOf(mean, run, [0, 0], 'bright'),
      transfer: transferTable(run, 'bright'),
    }
    const display = { window: windowFromBounds([-50, 50]), inverted: false }
    drawFrame(Uint8Array.of(100, 125), subtraction, display, out)
    expect([...out].map((word) => word & 255)).toEqual([128, 64])
    const dark = maskImage([Uint8Array.of(100, 100)], run)
    expect([...maskOf(mean, run, run.maskShift)]).toEqual([...dark])
  })
})

describe('the range of a projection', () => {
  it('begins and ends where it is told, its other end giving way', () => {
    const range = { first: 3, last: 8 }
    expect(withEnd(range, 'first', 5)).toEqual({ first: 5, last: 8 })
    expect(withEnd(range, 'first', 11)).toEqual({ first: 11, last: 11 })
    expect(withEnd(range, 'last', 4)).toEqual({ first: 3, last: 4 })
    expect(withEnd(range, 'last', 1)).toEqual({ first: 1, last: 1 })
  })
})
