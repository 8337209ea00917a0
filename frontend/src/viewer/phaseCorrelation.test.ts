import { describe, expect, it } from 'vitest'
import { findShift, FURTHEST_PX, type GreyImage } from './phaseCorrelation'
import { randomNumbers } from './testing'

type Scene = (row: number, column: number) => number

/** Smooth blobs at random places: an image that is known between its pixels too. */
function blobs(seed: number, count: number, size: number): Scene {
  const random = randomNumbers(seed)
  const all = Array.from({ length: count }, () => ({
    row: random() * size,
    column: random() * size,
    width: 2 + 6 * random(),
    height: 200 * (random() - 0.5),
  }))
  return (row, column) =>
    all.reduce((sum, blob) => {
      const squared = (row - blob.row) ** 2 + (column - blob.column) ** 2
      return squared > 25 * blob.width ** 2
        ? sum
        : sum + blob.height * Math.exp(-squared / (2 * blob.width ** 2))
    }, 0)
}

function image(size: number, scene: Scene): GreyImage {
  const values = new Float32Array(size * size)
  values.forEach((_, i) => (values[i] = scene(Math.floor(i / size), i % size)))
  return { rows: size, columns: size, values }
}

function noisy({ values, ...grid }: GreyImage, seed: number, amount: number): GreyImage {
  const random = randomNumbers(seed)
  return { ...grid, values: values.map((value) => value + amount * (random() + random() - 1)) }
}

const LATTICE = 7
const lattice = Float32Array.from({ length: 160 * 160 }, randomNumbers(9))
/** Random greys on a lattice, and smoothly in between. */
const TEXTURE: Scene = (row, column) => {
  const [y, x] = [row / LATTICE + 2, column / LATTICE + 2]
  const [above, left] = [Math.floor(y), Math.floor(x)]
  const at = (down: number, right: number) => lattice[(above + down) * 160 + left + right] ?? 0
  const ease = (share: number) => share * share * (3 - 2 * share)
  const across = ease(x - left)
  const upper = at(0, 0) + (at(0, 1) - at(0, 0)) * across
  const lower = at(1, 0) + (at(1, 1) - at(1, 0)) * across
  return 100 * (upper + (lower - upper) * ease(y - above))
}

const SIZE = 128
const WHOLE = { top: 0, bottom: SIZE, left: 0, right: SIZE }
const ANATOMY = blobs(11, 150, SIZE + 40)
/** A vessel that fills after the mask was taken: an arc, dense and thin, across a quarter. */
const VESSEL: Scene = (row, column) => {
  const distance = Math.abs(Math.hypot(row - 20, column - 20) - 45)
  return row > 20 && column > 20 ? -150 * Math.exp(-(distance ** 2) / 8) : 0
}

describe('the shift between two images', () => {
  it.each([
    [0, 0],
    [3, -5],
    [-1.5, 0.5],
    [7.3, -4.6],
    [-14.2, 11.7],
  ])('is found to a twentieth of a pixel: %d down, %d right', (down, right) => {
    const mask = image(SIZE, (row, column) => ANATOMY(row + 20, column + 20))
    const frame = image(SIZE, (row, column) => ANATOMY(row + 20 - down, column + 20 - right))
    const found = findShift(frame, mask, WHOLE)
    expect(Math.abs((found?.shift[0] ?? NaN) - down)).toBeLessThan(0.05)
    expect(Math.abs((found?.shift[1] ?? NaN) - right)).toBeLessThan(0.05)
  })

  it.each([1, 2, 3])('is found under noise and contrast in part of the field (%d)', (seed) => {
    const [down, right] = [2.5, -1.5]
    const mask = noisy(
      image(SIZE, (row, column) => ANATOMY(row + 20, column + 20)),
      seed,
      6,
    )
    const frame = noisy(
      image(
        SIZE,
        (row, column) => ANATOMY(row + 20 - down, column + 20 - right) + VESSEL(row, column),
      ),
      seed + 50,
      6,
    )
    const found = findShift(frame, mask, WHOLE)
    expect(Math.abs((found?.shift[0] ?? NaN) - down)).toBeLessThan(0.35)
    expect(Math.abs((found?.shift[1] ?? NaN) - right)).toBeLessThan(0.35)
  })

  it('is not drawn to nothing by a border that stays where it is', () => {
    const behind = (scene: Scene): Scene => {
      return (row, column) =>
        Math.min(row, column, SIZE - 1 - row, SIZE - 1 - column) < 12 ? -900 : scene(row, column)
    }
    const mask = image(
      SIZE,
      behind((row, column) => ANATOMY(row + 20, column + 20)),
    )
    const frame = image(
      SIZE,
      behind((row, column) => ANATOMY(row + 23, column + 18)),
    )
    const field = { top: 12, bottom: SIZE - 12, left: 12, right: SIZE - 12 }
    const found = findShift(frame, mask, field)
    expect(Math.abs((found?.shift[0] ?? NaN) + 3)).toBeLessThan(0.1)
    expect(Math.abs((found?.shift[1] ?? NaN) - 2)).toBeLessThan(0.1)
  })

  it('is found in images too large to be transformed whole', () => {
    const size = 1040
    const mask = noisy(image(size, TEXTURE), 4, 4)
    const frame = noisy(
      image(size, (row, column) => TEXTURE(row - 4.5, column + 2)),
      5,
      4,
    )
    const found = findShift(frame, mask, { top: 0, bottom: size, left: 0, right: size })
    expect(Math.abs((found?.shift[0] ?? NaN) - 4.5)).toBeLessThan(0.1)
    expect(Math.abs((found?.shift[1] ?? NaN) + 2)).toBeLessThan(0.1)
  })

  it('is not made up for images that have nothing in common', () => {
    const flat = image(SIZE, () => 0)
    for (let seed = 1; seed <= 10; seed += 1) {
      expect(findShift(noisy(flat, seed, 50), noisy(flat, seed + 100, 50), WHOLE)).toBeNull()
    }
    expect(findShift(flat, flat, WHOLE)).toBeNull()
  })

  it('is not proposed further than patients move', () => {
    const mask = image(SIZE, (row, column) => ANATOMY(row + 20, column + 20))
    const frame = image(SIZE, (row, column) => ANATOMY(row + 20 - FURTHEST_PX - 12, column + 20))
    const found = findShift(frame, mask, WHOLE)
    expect(Math.abs(found?.shift[0] ?? 0)).toBeLessThanOrEqual(FURTHEST_PX)
  })
})
