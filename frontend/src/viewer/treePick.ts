/* eslint-disable @typescript-eslint/no-non-null-assertion -- the pixel loops stay within bounds */
/** The artery under the pointer: where it lies in the head, and which one it is. */
import { unprojectPoint, type CArmView, type Placement } from './carm'
import { imagePoint } from './fit'
import type { CtVolume } from './mediaPack'
import type { Voxel } from './mpr'
import type { TreeMesh } from './treeMesh'
import { add, scale, type Vec3 } from './vector'
import { visibleFaces, type VisibleFaces } from './visibleFaces'

const REACH_PX = 4
const STEP_MM = 0.25
/** No artery of the head is thicker. */
const DEEPEST_MM = 8
const NEAR_MM = 2

/** Finds what is under the pointer; looks at the tree once for each view and place. */
export class TreePicker {
  private seen: VisibleFaces | null = null
  private last: { mesh: TreeMesh; view: CArmView; placement: Placement } | null = null

  /** The point of the surface at a place of the canvas or a few pixels beside it, LPS mm. */
  pick(mesh: TreeMesh, view: CArmView, placement: Placement, x: number, y: number): Vec3 | null {
    const { last } = this
    if (last?.mesh !== mesh || last.view !== view || last.placement !== placement) {
      this.seen = visibleFaces(mesh, view, placement, this.seen)
      this.last = { mesh, view, placement }
    }
    return this.seen && pickSeen(this.seen, view, placement, x, y)
  }
}

function pickSeen(
  seen: VisibleFaces,
  view: CArmView,
  { rect }: Placement,
  x: number,
  y: number,
): Vec3 | null {
  const pixel = nearestCovered(seen, Math.floor(x), Math.floor(y))
  if (!pixel) return null
  const depthMm = 1 / seen.inverseDepth[pixel.row * seen.width + pixel.column]!
  const { columns, rows } = view
  const onDetector = imagePoint(rect, columns, rows, pixel.column + 0.5, pixel.row + 0.5)
  return unprojectPoint(view, { ...onDetector, depthMm })
}

function nearestCovered({ width, height, face }: VisibleFaces, x: number, y: number) {
  let nearest: { column: number; row: number } | null = null
  let least = REACH_PX ** 2 + 1
  for (let row = Math.max(0, y - REACH_PX); row <= Math.min(height - 1, y + REACH_PX); row += 1) {
    for (
      let column = Math.max(0, x - REACH_PX);
      column <= Math.min(width - 1, x + REACH_PX);
      column += 1
    ) {
      const distance = (column - x) ** 2 + (row - y) ** 2
      if (distance < least && face[row * width + column]! >= 0) {
        nearest = { column, row }
        least = distance
      }
    }
  }
  return nearest
}

export type Grid = Pick<CtVolume, 'shape' | 'spacing' | 'origin'>

/** The voxel that holds an LPS point, kept inside the volume. */
export function voxelOfPoint({ shape, spacing, origin }: Grid, point: Vec3): Voxel {
  const index = (lps: 0 | 1 | 2, zyx: 0 | 1 | 2) =>
    Math.min(
      shape[zyx] - 1,
      Math.max(0, Math.round((point[lps] - origin[lps]) / spacing[zyx])),
    )
  return { x: index(0, 2), y: index(1, 1), z: index(2, 0) }
}

/** The centre of a voxel, LPS mm. */
export function pointOfVoxel({ spacing, origin }: Grid, { x, y, z }: Voxel): Vec3 {
  return [
    origin[0] + x * spacing[2],
    origin[1] + y * spacing[1],
    origin[2] + z * spacing[0],
  ]
}

export interface ChosenArtery {
  voxel: Voxel
  /** Its label; 0 where the segmentation is not there yet. */
  label: number
}

/**
 * The artery whose surface is at `point`: the voxel half way through it, along `inwards` (unit
 * vector), so that the crosshair comes to lie in the artery and not on its wall.
 */
export function arteryBehind(
  volume: Grid,
  labels: Uint8Array | null,
  point: Vec3,
  inwards: Vec3,
): ChosenArtery {
  const [, rows, columns] = volume.shape
  const at = (depth: number): ChosenArtery => {
    const voxel = voxelOfPoint(volume, add(point, scale(inwards, depth)))
    return { voxel, label: labels?.[(voxel.z * rows + voxel.y) * columns + voxel.x] ?? 0 }
  }
  let entered: number | null = null
  let depth = -STEP_MM
  for (; depth <= DEEPEST_MM; depth += STEP_MM) {
    const inside = at(depth).label > 0
    if (inside) entered ??= depth
    else if (entered !== null) break
    // The surface is smoothed: it may lie a little beside the voxels it was made of.
    if (entered === null && depth > NEAR_MM) return nearestArtery(volume, labels, point)
  }
  return at(((entered ?? 0) + depth - STEP_MM) / 2)
}

/** The labelled voxel nearest to a point within two millimetres, else the voxel of the point. */
export function nearestArtery(
  volume: Grid,
  labels: Uint8Array | null,
  point: Vec3,
): ChosenArtery {
  const middle = voxelOfPoint(volume, point)
  let nearest: ChosenArtery = { voxel: middle, label: 0 }
  if (!labels) return nearest
  const [slices, rows, columns] = volume.shape
  const own = labels[(middle.z * rows + middle.y) * columns + middle.x]!
  if (own > 0) return { voxel: middle, label: own }
  const [reachZ, reachY, reachX] = volume.spacing.map((step) => Math.ceil(NEAR_MM / step)) as Vec3
  let least = NEAR_MM
  for (let z = Math.max(0, middle.z - reachZ); z <= Math.min(slices - 1, middle.z + reachZ); z += 1)
    for (let y = Math.max(0, middle.y - reachY); y <= Math.min(rows - 1, middle.y + reachY); y += 1)
      for (
        let x = Math.max(0, middle.x - reachX);
        x <= Math.min(columns - 1, middle.x + reachX);
        x += 1
      ) {
        const label = labels[(z * rows + y) * columns + x]!
        if (label === 0) continue
        const voxel = { x, y, z }
        const away = add(pointOfVoxel(volume, voxel), scale(point, -1))
        const distance = Math.hypot(...away)
        if (distance <= least) {
          least = distance
          nearest = { voxel, label }
        }
      }
  return nearest
}
