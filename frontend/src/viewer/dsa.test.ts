import { describe, expect, it } from 'vitest'
import { drawFrame, maskImage, subtractedWindow, transferTable } from './dsa'
import type { RunManifest } from './manifest'
import { randomNumbers, runManifest } from './testing'
import { dragWindow, windowFromBounds } from './windowLevel'

const random = randomNumbers(3)
const frame = (length: number) => Uint16Array.from({ length }, () => Math.floor(4096 * random()))

/** A linear run of a single row. */
function flat(columns: number): RunManifest {
  return runManifest({ rows: 1, columns })
}

function greys(words: Uint32Array): number[] {
  return Array.from(words, (word) => word & 255)
}

function expectedGrey(value: number, low: number, high: number): number {
  return Math.min(255, Math.max(0, Math.floor(((value - low) * 255) / (high - low) + 0.5)))
}

describe('native frames', () => {
  it('map the window to black and white, and back when inverted', () => {
    const pixels = frame(200)
    const out = new Uint32Array(200)
    drawFrame(pixels, null, { window: windowFromBounds([500, 3000]), inverted: false }, out)
    const plain = greys(out)
    expect(plain).toEqual(Array.from(pixels, (value) => expectedGrey(value, 500, 3000)))
    drawFrame(pixels, null, { window: windowFromBounds([500, 3000]), inverted: true }, out)
    expect(greys(out)).toEqual(plain.map((grey) => 255 - grey))
    expect(new Set(Array.from(out, (word) => word >>> 24))).toEqual(new Set([255]))
  })

  it('accept 8 bits', () => {
    const out = new Uint32Array(3)
    const pixels = Uint8Array.of(0, 128, 255)
    drawFrame(pixels, null, { window: windowFromBounds([0, 255]), inverted: false }, out)
    expect(greys(out)).toEqual([0, 128, 255])
  })
})

describe('subtraction', () => {
  it('takes the logarithm of the mean mask from the logarithm of the frame', () => {
    const masks = [frame(300), frame(300)]
    const contrast = frame(300)
    const transfer = transferTable({ bits: 16, logarithmic: false })
    const mask = maskImage(masks, flat(300))
    const out = new Uint32Array(300)
    const window = windowFromBounds([-2000, 1000])
    drawFrame(contrast, { mask, transfer }, { window, inverted: false }, out)
    greys(out).forEach((grey, i) => {
      const mean = ((masks[0]?.[i] ?? 0) + (masks[1]?.[i] ?? 0)) / 2
      const difference = 1000 * (Math.log((contrast[i] ?? 0) + 1) - Math.log(mean + 1))
      expect(Math.abs(grey - expectedGrey(difference, -2000, 1000))).toBeLessThanOrEqual(1)
    })
  })

  it('subtracts logarithmic frames as they are', () => {
    const mask = maskImage([Uint8Array.of(100, 100)], { ...flat(2), logarithmic: true })
    const transfer = transferTable({ bits: 8, logarithmic: true })
    const out = new Uint32Array(2)
    const display = { window: windowFromBounds([-50, 50]), inverted: false }
    drawFrame(Uint8Array.of(100, 75), { mask, transfer }, display, out)
    expect(greys(out)).toEqual([128, 64])
  })

  it('moves the mask down and to the right by its shift, in parts of a pixel too', () => {
    const spot = Uint8Array.of(0, 0, 0, 0, 80, 0, 0, 0, 0)
    const grid = runManifest({ rows: 3, columns: 3, bits: 8, logarithmic: true })
    const moved = (down: number, right: number) => [
      ...maskImage([spot], { ...grid, maskShift: [down, right] }),
    ]
    expect(moved(0, 0)).toEqual([...spot])
    expect(moved(1, 0)).toEqual([0, 0, 0, 0, 0, 0, 0, 80, 0])
    expect(moved(-1, 0.25)).toEqual([0, 60, 20, 0, 0, 0, 0, 0, 0])
  })

  it('shows the same contrast alike behind thin and thick bone', () => {
    const transfer = transferTable({ bits: 16, logarithmic: false })
    const mask = maskImage([Uint16Array.of(3999, 399)], flat(2))
    const out = new Uint32Array(2)
    const display = { window: windowFromBounds([-1000, 200]), inverted: false }
    drawFrame(Uint16Array.of(1999, 199), { mask, transfer }, display, out)
    expect(greys(out)[0]).toBe(greys(out)[1])
  })

  it('is windowed so that contrast is black and unchanged tissue grey', () => {
    const quiet = new Uint16Array(10_000).fill(2000)
    const filled = quiet.map((value, i) => (i % 20 === 0 ? 900 : value))
    const transfer = transferTable({ bits: 16, logarithmic: false })
    const subtraction = { mask: maskImage([quiet], flat(quiet.length)), transfer }
    const window = subtractedWindow([quiet, filled], subtraction)
    const out = new Uint32Array(filled.length)
    drawFrame(filled, subtraction, { window, inverted: false }, out)
    expect(greys(out)[0]).toBe(0)
    expect(greys(out)[1]).toBe(153)
  })

  it('has a window even before any contrast has come', () => {
    const quiet = new Uint16Array(100).fill(2000)
    const transfer = transferTable({ bits: 16, logarithmic: false })
    const window = subtractedWindow([quiet], {
      mask: maskImage([quiet], flat(quiet.length)),
      transfer,
    })
    expect(window.width).toBeGreaterThan(0)
  })
})

describe('dragging the window', () => {
  it('widens to the right, brightens downwards and never closes', () => {
    const window = { centre: 40, width: 80 }
    expect(dragWindow(window, 100, 0).width).toBeGreaterThan(80)
    expect(dragWindow(window, 0, 100).centre).toBeLessThan(40)
    expect(dragWindow(window, -5000, 0).width).toBe(1)
  })
})
