/* eslint-disable @typescript-eslint/no-non-null-assertion -- the walk stays within bounds */
import type { Rect } from '../../viewer/fit'
import type { RunManifest } from '../../viewer/manifest'
import type { Outline } from '../../viewer/silhouette'

/** A coloured line is told from grey vessels, whether these are black or white. */
const LINE = '#ffb454'
const CASING = 'rgb(0 0 0 / 85%)'
const MOST_LINE_PX = 1.2
const LEAST_LINE_PX = 0.7
/** Of the line's width. */
const CASING_SHARE = 0.75

/**
 * Draw the outline of a tree into a canvas over the frame that lies in `rect` (CSS pixels).
 *
 * The line runs along the outside and the inside stays empty, so that no vessel is hidden, however
 * thin. A dark casing beyond it keeps the line visible on a bright ground.
 */
export function drawOutline(
  canvas: HTMLCanvasElement,
  outline: Outline,
  { columns, rows }: Pick<RunManifest, 'columns' | 'rows'>,
  rect: Rect,
): void {
  const box = canvas.getBoundingClientRect()
  canvas.width = Math.round(box.width * window.devicePixelRatio)
  canvas.height = Math.round(box.height * window.devicePixelRatio)
  const across = canvas.width / box.width
  const down = canvas.height / box.height
  const place = [rect.x * across, rect.y * down, rect.width * across, rect.height * down]
  canvas.dataset.viewRect = place.join(',')
  const context = canvas.getContext('2d')
  if (!context) return
  const path = pathOf(outline, columns, rows, rect)
  context.scale(across, down)
  context.lineJoin = 'round'
  // On a frame shown small the vessels are thin, and so must be the line.
  const linePx = Math.min(MOST_LINE_PX, Math.max(LEAST_LINE_PX, (1.4 * rect.width) / columns))
  context.strokeStyle = CASING
  context.lineWidth = 2 * linePx * (1 + CASING_SHARE)
  context.stroke(path)
  context.strokeStyle = LINE
  context.lineWidth = 2 * linePx
  context.stroke(path)
  context.globalCompositeOperation = 'destination-out'
  context.fill(path, 'evenodd')
}

function pathOf(outline: Outline, columns: number, rows: number, rect: Rect): Path2D {
  const perColumn = rect.width / columns
  const perRow = rect.height / rows
  const left = rect.x + perColumn / 2
  const top = rect.y + perRow / 2
  const path = new Path2D()
  for (const line of outline) {
    path.moveTo(left + line[0]! * perColumn, top + line[1]! * perRow)
    for (let i = 2; i < line.length; i += 2) {
      path.lineTo(left + line[i]! * perColumn, top + line[i + 1]! * perRow)
    }
    path.closePath()
  }
  return path
}
