import { describe, expect, it } from 'vitest'
import { LATERAL, projectPoint, unprojectPoint, viewOfRun, type CArmView } from './carm'
import { AS_RECORDED, withHead } from './headPose'
import { outlineOf, OutlineTracer } from './silhouette'
import { randomNumbers, runManifest } from './testing'
import { ball, cylinder, together } from './testingTrees'
import type { TreeMesh } from './treeMesh'
import { cross, dot, scale, subtract, type Vec3 } from './vector'
import { visibleFaces } from './visibleFaces'

const TREE = { centre: [0, 0, 0] as Vec3, radius: 90 }
const SMALL_RUN = runManifest({ rows: 120, columns: 100, detectorSpacingMm: [1.5, 2] })
const OBLIQUE = withHead(viewOfRun(SMALL_RUN, { primaryDeg: 33, secondaryDeg: -17 }, TREE), {
  ...AS_RECORDED,
  leftDeg: 4,
  headDeg: -3,
  posteriorMm: 6,
})

function seenBy(view: CArmView, mesh: Pick<TreeMesh, 'positions' | 'faces'>) {
  const { columns, rows } = view
  const rect = { x: 0, y: 0, width: columns, height: rows }
  return visibleFaces(mesh, view, { rect, canvasWidth: columns, canvasHeight: rows })
}

interface Ray {
  source: Vec3
  direction: Vec3
}

function rayThrough(view: CArmView, column: number, row: number): Ray {
  const source = subtract(view.isocentre, scale(view.axes.detector, view.sodMm))
  const onDetector = unprojectPoint(view, { column, row, depthMm: view.sidMm })
  const direction = subtract(onDetector, source)
  return { source, direction: scale(direction, 1 / Math.hypot(...direction)) }
}

/** Distance from the source at which a ray meets a triangle (Möller and Trumbore 1997). */
function meets({ source, direction }: Ray, a: Vec3, b: Vec3, c: Vec3): number | null {
  const edge1 = subtract(b, a)
  const edge2 = subtract(c, a)
  const p = cross(direction, edge2)
  const determinant = dot(edge1, p)
  if (Math.abs(determinant) < 1e-9) return null
  const offset = subtract(source, a)
  const u = dot(offset, p) / determinant
  const q = cross(offset, edge1)
  const v = dot(direction, q) / determinant
  if (u < 0 || v < 0 || u + v > 1) return null
  return dot(edge2, q) / determinant
}

function randomTriangles(count: number): Pick<TreeMesh, 'positions' | 'faces'> {
  const random = randomNumbers(5)
  const positions = Float32Array.from({ length: 9 * count }, (_, i) =>
    i % 9 < 3 ? 110 * (random() - 0.5) : 0,
  )
  for (let i = 0; i < positions.length; i += 1) {
    if (i % 9 >= 3) positions[i] = (positions[i - (i % 9) + (i % 3)] ?? 0) + 30 * (random() - 0.5)
  }
  return { positions, faces: Uint32Array.from({ length: 3 * count }, (_, i) => i) }
}

function vertex({ positions }: Pick<TreeMesh, 'positions'>, i: number): Vec3 {
  return [positions[3 * i] ?? NaN, positions[3 * i + 1] ?? NaN, positions[3 * i + 2] ?? NaN]
}

describe('the faces seen at each pixel', () => {
  it('are those that a ray from the source meets last, before the detector', () => {
    const mesh = randomTriangles(40)
    const seen = seenBy(OBLIQUE, mesh)
    let covered = 0
    for (let row = 0; row < OBLIQUE.rows; row += 1) {
      for (let column = 0; column < OBLIQUE.columns; column += 1) {
        const ray = rayThrough(OBLIQUE, column, row)
        let last = -Infinity
        let face = -1
        for (let i = 0; i < mesh.faces.length / 3; i += 1) {
          const [a, b, c] = [0, 1, 2].map((k) => vertex(mesh, 3 * i + k)) as [Vec3, Vec3, Vec3]
          const distance = meets(ray, a, b, c)
          if (distance !== null && distance > last) {
            last = distance
            face = i
          }
        }
        const pixel = row * OBLIQUE.columns + column
        expect(seen.face[pixel]).toBe(face)
        if (face === -1) continue
        covered += 1
        const depth = last * dot(ray.direction, OBLIQUE.axes.detector)
        expect(1 / (seen.inverseDepth[pixel] ?? NaN)).toBeCloseTo(depth, 2)
      }
    }
    expect(covered).toBeGreaterThan(1000)
  })

  it('leave out what is behind the source and beyond the frame', () => {
    const behind = ball([0, 900, 0], 40)
    const pa = viewOfRun(SMALL_RUN, { primaryDeg: 0, secondaryDeg: 0 }, TREE)
    expect(seenBy(pa, behind).face.every((face) => face === -1)).toBe(true)
    const beside = ball([400, 0, 0], 40)
    expect(seenBy(pa, beside).face.every((face) => face === -1)).toBe(true)
  })
})

describe('a point of the detector', () => {
  it('goes back to where it came from', () => {
    const random = randomNumbers(3)
    for (let i = 0; i < 50; i += 1) {
      const point: Vec3 = [100 * random(), -80 * random(), 60 * random()]
      const back = unprojectPoint(OBLIQUE, projectPoint(OBLIQUE, point))
      expect(Math.hypot(...subtract(back, point))).toBeLessThan(1e-9)
    }
  })
})

/** Largest distance, in px, of an outline from where `inside` changes along its own normals. */
function farthestFromBorder(line: Float32Array, distance: (column: number, row: number) => number) {
  let farthest = 0
  for (let i = 0; i < line.length; i += 2) {
    farthest = Math.max(farthest, Math.abs(distance(line[i] ?? NaN, line[i + 1] ?? NaN)))
  }
  return farthest
}

describe('the outline', () => {
  const fine = viewOfRun(runManifest(), { primaryDeg: 33, secondaryDeg: -17 }, TREE)

  it('of a ball is the cone of rays that touch it', () => {
    const centre: Vec3 = [20, -15, 30]
    const radius = 12
    const [line, ...others] = new OutlineTracer().trace(ball(centre, radius), fine)
    expect(others).toEqual([])
    const source = subtract(fine.isocentre, scale(fine.axes.detector, fine.sodMm))
    const towards = subtract(centre, source)
    const away = Math.hypot(...towards)
    const opening = Math.asin(radius / away)
    const pixelMm = (0.25 * fine.sodMm) / fine.sidMm
    const distance = (column: number, row: number) => {
      const { direction } = rayThrough(fine, column, row)
      return ((Math.acos(dot(direction, towards) / away) - opening) * away) / pixelMm
    }
    expect(line?.length).toBeGreaterThan(400)
    expect(farthestFromBorder(line ?? new Float32Array(), distance)).toBeLessThan(0.8)
  })

  it('of a long cylinder is the two planes of rays that touch it', () => {
    const from: Vec3 = [-300, -40, 10]
    const to: Vec3 = [300, 60, 90]
    const radius = 3
    const view = viewOfRun(runManifest(), { primaryDeg: 5, secondaryDeg: 10 }, TREE)
    const lines = new OutlineTracer().trace(cylinder(from, to, radius), view)
    const source = subtract(view.isocentre, scale(view.axes.detector, view.sodMm))
    const along = scale(subtract(to, from), 1 / Math.hypot(...subtract(to, from)))
    const pixelMm = (0.25 * view.sodMm) / view.sidMm
    let sides = 0
    for (const line of lines) {
      for (let i = 0; i < line.length; i += 2) {
        const column = line[i] ?? NaN
        // The frame cuts the cylinder off: its ends are no border of the projection.
        if (column < 2 || column > view.columns - 3) continue
        const { direction } = rayThrough(view, column, line[i + 1] ?? NaN)
        const normal = cross(direction, along)
        const toAxis = Math.abs(dot(subtract(from, source), normal)) / Math.hypot(...normal)
        expect(Math.abs(toAxis - radius) / pixelMm).toBeLessThan(1)
        sides += 1
      }
    }
    expect(sides).toBeGreaterThan(1500)
  })

  it('keeps to detectors that are finer than it is traced', () => {
    const coarse = runManifest({ rows: 1000, columns: 1000, detectorSpacingMm: [0.4, 0.4] })
    const double = runManifest({ rows: 2000, columns: 2000, detectorSpacingMm: [0.2, 0.2] })
    const [one] = new OutlineTracer().trace(ball([9, 8, 7], 15), viewOfRun(coarse, LATERAL, TREE))
    const [two] = new OutlineTracer().trace(ball([9, 8, 7], 15), viewOfRun(double, LATERAL, TREE))
    const box = (line: Float32Array | undefined, first: number) => {
      const values = line?.filter((_, i) => i % 2 === first) ?? []
      return [Math.min(...values), Math.max(...values)]
    }
    for (const first of [0, 1]) {
      const halved = box(two, first).map((value) => (value + 0.5) / 2 - 0.5)
      box(one, first).forEach((value, i) => {
        expect(Math.abs(value - (halved[i] ?? NaN))).toBeLessThan(1)
      })
    }
  })

  it('goes round what is apart and round holes, and joins what touches at a corner', () => {
    const draw = (...rows: string[]) => {
      const [width, height] = [rows[0]?.length ?? 0, rows.length]
      const face = Int32Array.from(rows.join(''), (mark) => (mark === '#' ? 0 : -1))
      return outlineOf(face, width, height)
    }
    expect(draw('#..', '...', '..#')).toHaveLength(2)
    expect(draw('#..', '.#.', '..#')).toHaveLength(1)
    const frame = (inside: number) => {
      const edge = '#'.repeat(inside + 2)
      const row = `#${'.'.repeat(inside)}#`
      return draw(edge, ...Array<string>(inside).fill(row), edge)
    }
    expect(frame(6)).toHaveLength(2)
    expect(frame(1)).toHaveLength(1)
    expect(draw('.....', '..#..', '.....')).toHaveLength(1)
    expect(draw('...', '...')).toHaveLength(0)
  })

  it('lies within half a pixel of the pixels that it surrounds', () => {
    const mesh = together(ball([0, 0, 0], 20), cylinder([-40, 10, -30], [30, -20, 40], 4))
    const view = OBLIQUE
    const { face } = seenBy(view, mesh)
    const covered = (column: number, row: number) => (face[row * view.columns + column] ?? -1) >= 0
    const lines = new OutlineTracer().trace(mesh, view)
    for (const line of lines) {
      for (let i = 0; i < line.length; i += 2) {
        const [column, row] = [line[i] ?? NaN, line[i + 1] ?? NaN]
        const around = [Math.floor(column), Math.ceil(column)].flatMap((c) =>
          [Math.floor(row), Math.ceil(row)].map((r) => covered(c, r)),
        )
        expect(new Set(around).size).toBe(2)
      }
    }
  })
})
