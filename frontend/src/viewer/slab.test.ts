import { describe, expect, it } from 'vitest'
import { drawSlice, PLANES, planeGrid, type Plane, type Rgb } from './mpr'
import { huBehind, slabHu, slabLabels, slabSlices, type Slab } from './slab'
import { noiseVolume, randomNumbers } from './testing'
import type { Vec3 } from './vector'

const SHAPE: Vec3 = [9, 11, 13]
const RED: Rgb = [220, 60, 50]
const GREEN: Rgb = [50, 190, 165]
const BLUE: Rgb = [40, 90, 230]
const WINDOW = { centre: 400, width: 1000 }

/** Distance of neighbouring slices of `noiseVolume`, mm. */
const STEP: Record<Plane, number> = { axial: 1.5, coronal: 0.5, sagittal: 0.75 }

function noiseLabels(seed: number): Uint8Array {
  const random = randomNumbers(seed)
  const count = SHAPE[0] * SHAPE[1] * SHAPE[2]
  return Uint8Array.from({ length: count }, () =>
    random() < 0.2 ? 1 + Math.floor(3 * random()) : 0,
  )
}

/** Slow and plain: the place in the volume behind a pixel of a slice. */
function place(plane: Plane, slice: number, column: number, row: number): number {
  const [slices, rows, columns] = SHAPE
  const up = slices - 1 - row
  const [z, y, x] = {
    axial: [slice, row, column],
    coronal: [up, slice, column],
    sagittal: [up, column, slice],
  }[plane] as Vec3
  return (z * rows + y) * columns + x
}

/** Slow and plain: every slice of the plane is asked whether it is in the slab. */
function slicesWithin(plane: Plane, slice: number, thickness: number): number[] {
  const { depth } = planeGrid(noiseVolume(SHAPE), plane)
  return Array.from({ length: depth }, (_, i) => i).filter(
    (i) => Math.abs(i - slice) * STEP[plane] <= thickness / 2,
  )
}

/** Calls back for every pixel of every slab of some thicknesses. */
function everyPixel(
  plane: Plane,
  look: (slab: { slice: number; thickness: number }, pixel: { column: number; row: number }) => void,
) {
  const { depth, columns, rows } = planeGrid(noiseVolume(SHAPE), plane)
  for (const thickness of [1, 3, 30])
    for (const slice of [0, 1, depth >> 1, depth - 1])
      for (let row = 0; row < rows; row += 1)
        for (let column = 0; column < columns; column += 1)
          look({ slice, thickness }, { column, row })
}

describe.each(PLANES)('%s slabs', (plane) => {
  const volume = noiseVolume(SHAPE, 5)
  const labels = noiseLabels(7)
  const { columns } = planeGrid(volume, plane)

  it('hold the slices within half their thickness, nearest first, as far as there are any', () => {
    for (const thickness of [1, 2, 3, 7.5, 30]) {
      for (const slice of [0, 2, 8]) {
        const slices = slabSlices(volume, plane, slice, { mode: 'mip', thickness })
        const away = slices.map((one) => Math.abs(one - slice))
        expect(slices.toSorted((a, b) => a - b)).toEqual(slicesWithin(plane, slice, thickness))
        expect(away).toEqual(away.toSorted((a, b) => a - b))
      }
    }
    expect(slabSlices(volume, plane, 4, null)).toEqual([4])
  })

  it.each(['mip', 'mean'] as const)('project as a plain loop does: %s', (mode) => {
    const cache = new Map<string, ReturnType<typeof slabHu>>()
    everyPixel(plane, ({ slice, thickness }, { column, row }) => {
      const slab: Slab = { mode, thickness }
      const key = `${slice} ${thickness}`
      const { hu } = cache.get(key) ?? slabHu(volume, plane, slice, slab)
      cache.set(key, { hu, shape: [1, 1, 1] })
      const values = slicesWithin(plane, slice, thickness).map(
        (one) => volume.hu[place(plane, one, column, row)] ?? NaN,
      )
      const expected =
        mode === 'mip'
          ? Math.max(...values)
          : Math.fround(values.reduce((sum, value) => sum + value, 0) / values.length)
      expect(hu[row * columns + column]).toBe(expected)
      const slices = slabSlices(volume, plane, slice, slab)
      expect(huBehind(volume, plane, slices, { column, row }).toSorted()).toEqual(values.toSorted())
    })
  })

  it('carry the nearest artery that is not hidden', () => {
    const colours = [RED, null, BLUE]
    const cache = new Map<string, Uint8Array>()
    everyPixel(plane, ({ slice, thickness }, { column, row }) => {
      const slices = slabSlices(volume, plane, slice, { mode: 'mip', thickness })
      const key = `${slice} ${thickness}`
      const seen = cache.get(key) ?? slabLabels(labels, SHAPE, plane, slices, colours)
      cache.set(key, seen)
      const behind = slicesWithin(plane, slice, thickness)
        .map((one) => ({ away: one - slice, label: labels[place(plane, one, column, row)] ?? NaN }))
        .filter(({ label }) => label === 1 || label === 3)
        // Of two equally near, the one towards feet, front or right.
        .sort((a, b) => Math.abs(a.away) - Math.abs(b.away) || a.away - b.away)
      expect(seen[row * columns + column]).toBe(behind[0]?.label ?? 0)
    })
  })

  it('are drawn byte for byte as greys and colours mixed by hand', () => {
    const slab: Slab = { mode: 'mip', thickness: 3 }
    const colours = [RED, GREEN, BLUE]
    const slices = slabSlices(volume, plane, 3, slab)
    const image = slabHu(volume, plane, 3, slab)
    const overlay = {
      labels: slabLabels(labels, SHAPE, plane, slices, colours),
      colours,
      opacity: 0.5,
    }
    const out = new Uint32Array(image.hu.length)
    drawSlice(image, 'axial', 0, WINDOW, overlay, out)
    const bytes = new Uint8Array(out.buffer)
    image.hu.forEach((hu, pixel) => {
      const grey = Math.min(255, Math.max(0, Math.floor(((hu + 100) * 255) / 1000 + 0.5)))
      const colour = colours[(overlay.labels[pixel] ?? 0) - 1] ?? [grey, grey, grey]
      const mixed = colour.map((part) => Math.floor(grey + (part - grey) * 0.5))
      expect([...bytes.slice(4 * pixel, 4 * pixel + 4)]).toEqual([...mixed, 255])
    })
  })
})

describe('a slab', () => {
  it('holds 10 slices of 0.3 mm to each side in 6 mm, whatever floating point makes of it', () => {
    const grid = { shape: [40, 8, 8] as Vec3, spacing: [0.3, 1, 1] as Vec3 }
    expect(slabSlices(grid, 'axial', 20, { mode: 'mip', thickness: 6 })).toHaveLength(21)
  })
})
