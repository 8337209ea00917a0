import { describe, expect, it } from 'vitest'
import { POSTEROANTERIOR, projectPoint, viewOfRun } from './carm'
import { canvasPoint } from './fit'
import { runManifest } from './testing'
import { ball, cylinder, together } from './testingTrees'
import { arteriesOfVertices, withoutArteries } from './treeArteries'
import { arteryBehind, pointOfVoxel, TreePicker, voxelOfPoint } from './treePick'
import { scale, subtract, type Vec3 } from './vector'

const GRID = {
  shape: [40, 60, 50] as Vec3,
  spacing: [1.5, 0.8, 1] as Vec3,
  origin: [-20, -25, -15] as Vec3,
}
const FRONT: Vec3 = [5, -10, 8]
const BACK: Vec3 = [5, 12, 8]
/** Seen from the front one ball hides the other. */
const MESH = together(ball(FRONT, 4), ball(BACK, 4), cylinder([-12, 0, 0], [-12, 0, 40], 1))

/** Label 1 for the ball in front, 2 for the one behind, 3 for the tube. */
function labels(): Uint8Array {
  const [slices, rows, columns] = GRID.shape
  const all = new Uint8Array(slices * rows * columns)
  for (let i = 0; i < all.length; i += 1) {
    const voxel = {
      x: i % columns,
      y: Math.floor(i / columns) % rows,
      z: Math.floor(i / columns / rows),
    }
    const point = pointOfVoxel(GRID, voxel)
    if (Math.hypot(...subtract(point, FRONT)) < 4) all[i] = 1
    else if (Math.hypot(...subtract(point, BACK)) < 4) all[i] = 2
    else if (Math.hypot(point[0] + 12, point[1]) < 1 && point[2] >= 0) all[i] = 3
  }
  return all
}

const VIEW = viewOfRun(runManifest({ isocentre: [0, 0, 10] }), POSTEROANTERIOR, MESH.sphere)
const PLACEMENT = {
  rect: { x: -400, y: -200, width: 960, height: 1024 },
  canvasWidth: 500,
  canvasHeight: 600,
}
const INWARDS = scale(VIEW.axes.detector, -1)

function screenPointOf(point: Vec3) {
  const { column, row } = projectPoint(VIEW, point)
  return canvasPoint(PLACEMENT.rect, VIEW.columns, VIEW.rows, column, row)
}

function picked(x: number, y: number) {
  return new TreePicker().pick(MESH, VIEW, PLACEMENT, x, y)
}

describe('the artery under the pointer', () => {
  it('is the one that nothing hides, at its surface', () => {
    const { x, y } = screenPointOf(FRONT)
    const point = picked(x, y)
    expect(point?.[1]).toBeCloseTo(FRONT[1] - 4, 1)
    expect(Math.abs((point?.[0] ?? NaN) - FRONT[0])).toBeLessThan(0.3)
    expect(Math.abs((point?.[2] ?? NaN) - FRONT[2])).toBeLessThan(0.3)
  })

  it('is found a few pixels beside a thin one, and not where there is none', () => {
    const { x, y } = screenPointOf([-13, 0, 20])
    expect(picked(x - 3, y)?.[0]).toBeCloseTo(-13, 0)
    expect(picked(x - 30, y)).toBeNull()
  })

  it('takes the crosshair into its middle and tells its label', () => {
    const { x, y } = screenPointOf(FRONT)
    const { voxel, label } = arteryBehind(GRID, labels(), picked(x, y) ?? [0, 0, 0], INWARDS)
    expect(label).toBe(1)
    const away = Math.hypot(...subtract(pointOfVoxel(GRID, voxel), FRONT))
    expect(away).toBeLessThan(1.3)
  })

  it('is a place also before the segmentation is there, and beside its voxels', () => {
    const point: Vec3 = [5, -14, 8]
    expect(arteryBehind(GRID, null, point, INWARDS)).toEqual({
      voxel: voxelOfPoint(GRID, point),
      label: 0,
    })
    const beside: Vec3 = [5 + 4.9, -10, 8]
    expect(arteryBehind(GRID, labels(), beside, INWARDS).label).toBe(1)
  })

  it('keeps to the volume', () => {
    expect(voxelOfPoint(GRID, [900, -900, 12])).toEqual({ x: 49, y: 0, z: 18 })
  })
})

describe('arteries that the reader hides', () => {
  it('are left out of the mesh, the others stay whole', () => {
    const arteries = arteriesOfVertices(MESH, GRID, labels())
    expect(new Set(arteries)).toEqual(new Set([1, 2, 3]))
    const shown = withoutArteries(MESH, arteries, new Set([1]))
    const { x, y } = screenPointOf(FRONT)
    const point = new TreePicker().pick(shown, VIEW, PLACEMENT, x, y)
    expect(point?.[1]).toBeCloseTo(BACK[1] - 4, 0)
    expect(withoutArteries(MESH, arteries, new Set([1, 2, 3])).faces).toHaveLength(0)
    expect(withoutArteries(MESH, arteries, new Set()).faces).toEqual(MESH.faces)
  })
})
