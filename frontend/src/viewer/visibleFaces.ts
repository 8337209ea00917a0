/* eslint-disable @typescript-eslint/no-non-null-assertion -- the pixel loops stay within bounds */
/** Which triangle of the artery tree is seen at each pixel. */
import { projectionRows, type CArmView, type Placement } from './carm'
import type { TreeMesh } from './treeMesh'

/** What is seen at each pixel, row by row from the top. */
export interface VisibleFaces {
  width: number
  height: number
  /** Index of the face nearest to the reader, −1 where there is none. */
  face: Int32Array
  /** One through its distance from the source along the beam, 1/mm. */
  inverseDepth: Float32Array
  /** Column and row of every vertex; pixel centres are whole numbers. */
  x: Float64Array
  y: Float64Array
}

const ON_THE_EDGE = -1e-9
const NEAREST_MM = 1

/**
 * See the tree as the C-arm does: nearer the detector hides what is nearer the source.
 *
 * A pixel is covered where its centre lies in or on a triangle. `reused` lends its memory.
 */
export function visibleFaces(
  mesh: Pick<TreeMesh, 'positions' | 'faces'>,
  view: CArmView,
  { rect, canvasWidth: width, canvasHeight: height }: Placement,
  reused: VisibleFaces | null = null,
): VisibleFaces {
  const { positions, faces } = mesh
  const vertices = positions.length / 3
  const seen =
    reused?.width === width && reused.height === height && reused.x.length === vertices
      ? reused
      : emptyView(width, height, vertices)
  seen.face.fill(-1)
  seen.inverseDepth.fill(Infinity)
  const inverse = new Float64Array(vertices)
  project(positions, view, rect, seen.x, seen.y, inverse)
  for (let face = 0, i = 0; i < faces.length; face += 1, i += 3) {
    fill(seen, inverse, face, faces[i]!, faces[i + 1]!, faces[i + 2]!)
  }
  return seen
}

function emptyView(width: number, height: number, vertices: number): VisibleFaces {
  return {
    width,
    height,
    face: new Int32Array(width * height),
    inverseDepth: new Float32Array(width * height),
    x: new Float64Array(vertices),
    y: new Float64Array(vertices),
  }
}

/** Pixel and inverse depth of every vertex; 0 for what is not in front of the source. */
function project(
  positions: Float32Array,
  view: CArmView,
  rect: Placement['rect'],
  x: Float64Array,
  y: Float64Array,
  inverse: Float64Array,
): void {
  const [column, row, depth] = projectionRows(view)
  const perColumn = rect.width / view.columns
  const perRow = rect.height / view.rows
  const left = rect.x + perColumn / 2 - 0.5
  const top = rect.y + perRow / 2 - 0.5
  for (let vertex = 0, i = 0; vertex < x.length; vertex += 1, i += 3) {
    const px = positions[i]!
    const py = positions[i + 1]!
    const pz = positions[i + 2]!
    const w = depth[0] * px + depth[1] * py + depth[2] * pz + depth[3]
    const inFront = w > NEAREST_MM ? 1 / w : 0
    inverse[vertex] = inFront
    x[vertex] =
      left + (column[0] * px + column[1] * py + column[2] * pz + column[3]) * inFront * perColumn
    y[vertex] = top + (row[0] * px + row[1] * py + row[2] * pz + row[3]) * inFront * perRow
  }
}

/** Write a triangle into the pixels whose centres it covers and where nothing is nearer. */
function fill(
  { width, height, face, inverseDepth, x, y }: VisibleFaces,
  inverse: Float64Array,
  index: number,
  a: number,
  b: number,
  c: number,
): void {
  const ax = x[a]!
  const ay = y[a]!
  const area = (x[b]! - ax) * (y[c]! - ay) - (y[b]! - ay) * (x[c]! - ax)
  const da = inverse[a]!
  const db = inverse[b]!
  const dc = inverse[c]!
  if (area === 0 || da === 0 || db === 0 || dc === 0) return
  const first = Math.max(0, Math.ceil(Math.min(ax, x[b]!, x[c]!)))
  const last = Math.min(width - 1, Math.floor(Math.max(ax, x[b]!, x[c]!)))
  const bottom = Math.min(height - 1, Math.floor(Math.max(ay, y[b]!, y[c]!)))
  // Shares of b and c at a pixel, by how much they grow a step to the right and downwards.
  const bRight = (y[c]! - ay) / area
  const bDown = (ax - x[c]!) / area
  const cRight = (ay - y[b]!) / area
  const cDown = (x[b]! - ax) / area
  for (let row = Math.max(0, Math.ceil(Math.min(ay, y[b]!, y[c]!))); row <= bottom; row += 1) {
    let shareB = (first - ax) * bRight + (row - ay) * bDown
    let shareC = (first - ax) * cRight + (row - ay) * cDown
    for (let column = first, pixel = row * width + first; column <= last; column += 1, pixel += 1) {
      const shareA = 1 - shareB - shareC
      if (shareA >= ON_THE_EDGE && shareB >= ON_THE_EDGE && shareC >= ON_THE_EDGE) {
        const depth = shareA * da + shareB * db + shareC * dc
        // One through the depth is linear on screen; the least is nearest to the reader.
        if (depth < inverseDepth[pixel]!) {
          inverseDepth[pixel] = depth
          face[pixel] = index
        }
      }
      shareB += bRight
      shareC += cRight
    }
  }
}

/** Shares of the three vertices of `face` at a pixel, as they are seen. */
export function sharesAt(
  { x, y }: VisibleFaces,
  [a, b, c]: readonly [number, number, number],
  column: number,
  row: number,
): [number, number, number] {
  const bx = x[b]! - x[a]!
  const by = y[b]! - y[a]!
  const cx = x[c]! - x[a]!
  const cy = y[c]! - y[a]!
  const area = bx * cy - by * cx
  const shareB = ((column - x[a]!) * cy - (row - y[a]!) * cx) / area
  const shareC = ((row - y[a]!) * bx - (column - x[a]!) * by) / area
  return [1 - shareB - shareC, shareB, shareC]
}
