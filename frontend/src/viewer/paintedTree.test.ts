import { describe, expect, it } from 'vitest'
import { POSTEROANTERIOR, viewOfRun } from './carm'
import { paintFaces } from './paintedTree'
import { runManifest } from './testing'
import { cylinder } from './testingTrees'
import { visibleFaces } from './visibleFaces'
import type { Vec3 } from './vector'

const RUN = runManifest({ rows: 200, columns: 200, detectorSpacingMm: [1, 1], isocentre: [0, 0, 0] })
const VIEW = viewOfRun(RUN, POSTEROANTERIOR, { centre: [0, 0, 0], radius: 50 })
const PLACE = {
  rect: { x: 0, y: 0, width: 200, height: 200 },
  canvasWidth: 200,
  canvasHeight: 200,
}
/** Upright, so that its left half faces the reader's left. */
const MESH = cylinder([0, 0, -30], [0, 0, 30], 20)

/** Red, green and blue at a pixel. */
function painted(colours: Vec3): (column: number, row: number) => Vec3 {
  const out = new Uint32Array(200 * 200)
  const seen = visibleFaces(MESH, VIEW, PLACE)
  const mesh = { ...MESH, colours: MESH.colours.map((_, i) => colours[i % 3] ?? 0) }
  paintFaces(seen, mesh, VIEW, out)
  return (column, row) => {
    const word = out[row * 200 + column] ?? 0
    return [word & 255, (word >> 8) & 255, (word >> 16) & 255]
  }
}

describe('the painted tree', () => {
  it('has its colours where it is, the ground of the room around it', () => {
    const at = painted([0.74, 0.06, 0.05])
    const [red, green, blue] = at(100, 100)
    expect(red).toBeGreaterThan(150)
    expect(green).toBeLessThan(red / 2)
    expect(blue).toBeLessThan(red / 2)
    expect(at(5, 5)).toEqual([11, 11, 12])
  })

  it("is lit from the reader's upper right", () => {
    const at = painted([0.5, 0.5, 0.5])
    expect(at(115, 100)[0]).toBeGreaterThan(at(85, 100)[0])
  })

  it('gives a white surface that faces the light just its white', () => {
    const at = painted([1, 1, 1])
    const brightest = Math.max(...Array.from({ length: 200 }, (_, column) => at(column, 100)[0]))
    // (0.9 + 2.2 cos θ) / π, of a light 29° above the horizon, in sRGB.
    const light = (0.9 + 2.2 * Math.hypot(0.324, 0.811)) / Math.PI
    const expected = 255 * (1.055 * light ** (1 / 2.4) - 0.055)
    expect(Math.abs(brightest - expected)).toBeLessThan(3)
  })
})
