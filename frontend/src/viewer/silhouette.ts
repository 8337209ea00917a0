/* eslint-disable @typescript-eslint/no-non-null-assertion -- the walk stays within bounds */
/** The outline of the artery tree as a C-arm projects it, in pixels of the detector. */
import type { CArmView } from './carm'
import type { TreeMesh } from './treeMesh'
import { visibleFaces, type VisibleFaces } from './visibleFaces'

/** Closed lines, each as column, row, column, row …; pixel centres are whole numbers. */
export type Outline = readonly Float32Array[]

const MOST_PIXELS = 1024
const SMOOTHING_ROUNDS = 2
/** Smaller gaps between arteries, in pixels, would only be specks of line. */
const SMALLEST_HOLE = 12

/** Traces outlines; keeps the memory that it needs from one to the next. */
export class OutlineTracer {
  private seen: VisibleFaces | null = null

  trace(mesh: Pick<TreeMesh, 'positions' | 'faces'>, view: CArmView): Outline {
    const share = Math.min(1, MOST_PIXELS / Math.max(view.rows, view.columns))
    const canvasWidth = Math.round(view.columns * share)
    const canvasHeight = Math.round(view.rows * share)
    const rect = { x: 0, y: 0, width: canvasWidth, height: canvasHeight }
    this.seen = visibleFaces(mesh, view, { rect, canvasWidth, canvasHeight }, this.seen)
    const lines = outlineOf(this.seen.face, canvasWidth, canvasHeight)
    const perColumn = view.columns / canvasWidth
    const perRow = view.rows / canvasHeight
    for (const line of lines) {
      for (let i = 0; i < line.length; i += 2) {
        line[i] = (line[i]! + 0.5) * perColumn - 0.5
        line[i + 1] = (line[i + 1]! + 0.5) * perRow - 0.5
      }
    }
    return lines
  }
}

/** The borders of all pixels that are not −1, smoothed by less than half a pixel. */
export function outlineOf(face: Int32Array, width: number, height: number): Float32Array[] {
  const covered = (column: number, row: number) =>
    column >= 0 && row >= 0 && column < width && row < height && face[row * width + column]! >= 0
  const walked = new Uint8Array(width * height)
  const lines: Float32Array[] = []
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const pixel = row * width + column
      if (face[pixel]! < 0 || walked[pixel] || covered(column, row - 1)) continue
      const line = walkAround(column, row, width, covered, walked)
      if (!isSpeck(line)) lines.push(smooth(line))
    }
  }
  return lines
}

/** One step along each of the four directions: right, down, left, up. */
const STEP_X = [1, 0, -1, 0]
const STEP_Y = [0, 1, 0, -1]
/** From a corner to the pixel ahead on the left, and ahead on the right, by direction. */
const LEFT_X = [0, 0, -1, -1]
const LEFT_Y = [-1, 0, 0, -1]
const RIGHT_X = [0, -1, -1, 0]
const RIGHT_Y = [0, 0, -1, -1]

/**
 * Walk along the border with the covered pixels to the right, from the top edge of a pixel; the
 * middles of the pixel edges on the way.
 */
function walkAround(
  startColumn: number,
  startRow: number,
  width: number,
  covered: (column: number, row: number) => boolean,
  walked: Uint8Array,
): number[] {
  const middles: number[] = []
  let column = startColumn
  let row = startRow
  let direction = 0
  do {
    // Edges to the right are the tops of pixels: each belongs to one line.
    if (direction === 0) walked[row * width + column] = 1
    // Corners lie half a pixel above and to the left of the centre of their pixel.
    middles.push(column - 0.5 + STEP_X[direction]! / 2, row - 0.5 + STEP_Y[direction]! / 2)
    column += STEP_X[direction]!
    row += STEP_Y[direction]!
    if (covered(column + LEFT_X[direction]!, row + LEFT_Y[direction]!)) {
      direction = (direction + 3) % 4
    } else if (!covered(column + RIGHT_X[direction]!, row + RIGHT_Y[direction]!)) {
      direction = (direction + 1) % 4
    }
  } while (column !== startColumn || row !== startRow || direction !== 0)
  return middles
}

/** Whether a line goes round a hole that is too small to show. */
function isSpeck(line: readonly number[]): boolean {
  const { length } = line
  let twiceArea = 0
  for (let i = 0; i < length; i += 2) {
    twiceArea += line[i]! * line[(i + 3) % length]! - line[i + 1]! * line[(i + 2) % length]!
  }
  // Lines run clockwise round what is covered and counter-clockwise round holes.
  return twiceArea < 0 && twiceArea > -2 * SMALLEST_HOLE
}

/** Each point as the mean of itself (twice) and its neighbours on the closed line. */
function smooth(points: readonly number[]): Float32Array {
  let line = Float32Array.from(points)
  for (let round = 0; round < SMOOTHING_ROUNDS; round += 1) {
    const next = new Float32Array(line.length)
    const { length } = line
    for (let i = 0; i < length; i += 1) {
      next[i] = (line[(i + length - 2) % length]! + 2 * line[i]! + line[(i + 2) % length]!) / 4
    }
    line = next
  }
  return line
}
