import { describe, expect, it } from 'vitest'
import { lengthMm, scaleBar } from './distance'
import { PLANES, planeGrid, voxelOfPixel } from './mpr'
import { randomNumbers } from './testing'
import type { Vec3 } from './vector'

const GRID = { shape: [60, 70, 80] as Vec3, spacing: [2.5, 0.4, 0.7] as Vec3 }

describe('a distance', () => {
  it('is measured in mm where pixels are not square', () => {
    const spacing = { columnSpacing: 0.75, rowSpacing: 2 }
    const line = { from: { column: 10, row: 5 }, to: { column: 6, row: 7 } }
    expect(lengthMm(line, spacing)).toBe(5)
    expect(lengthMm({ from: line.to, to: line.from }, spacing)).toBe(5)
  })

  it.each(PLANES)('is that between the voxels in space (%s)', (plane) => {
    const random = randomNumbers(3)
    const grid = planeGrid(GRID, plane)
    const pixel = () => ({
      column: Math.floor(random() * grid.columns),
      row: Math.floor(random() * grid.rows),
    })
    for (let i = 0; i < 50; i += 1) {
      const line = { from: pixel(), to: pixel() }
      const [a, b] = [line.from, line.to].map((point) =>
        voxelOfPixel(point, { x: 1, y: 1, z: 1 }, GRID, plane),
      )
      if (!a || !b) throw new Error('two points')
      const [dz, dy, dx] = GRID.spacing
      const squares = ((a.x - b.x) * dx) ** 2 + ((a.y - b.y) * dy) ** 2 + ((a.z - b.z) * dz) ** 2
      expect(lengthMm(line, grid)).toBeCloseTo(Math.sqrt(squares), 9)
    }
  })
})

describe('the scale bar', () => {
  it.each([
    [0.5, '10 cm', 50],
    [1, '5 cm', 50],
    [1.99, '2 cm', 39.8],
    [4, '2 cm', 80],
    [4.1, '1 cm', 41],
    [8, '1 cm', 80],
    [9, '5 mm', 45],
    [30, '2 mm', 60],
    [79, '1 mm', 79],
  ])('is of a round length that fits: %f pixels per mm', (pixelsPerMm, words, pixels) => {
    expect(scaleBar(pixelsPerMm, 80).words).toBe(words)
    expect(scaleBar(pixelsPerMm, 80).pixels).toBeCloseTo(pixels, 9)
  })

  it('takes up at least two fifths of its room at any common zoom', () => {
    for (let pixelsPerMm = 0.8; pixelsPerMm <= 80; pixelsPerMm *= 1.01) {
      const { pixels } = scaleBar(pixelsPerMm, 80)
      expect(pixels).toBeGreaterThanOrEqual(32 - 1e-9)
      expect(pixels).toBeLessThanOrEqual(80)
    }
  })
})
