/** Fitting an image into a canvas, undistorted and centred. */

/** A rectangle in canvas pixels. */
export interface Rect {
  x: number
  y: number
  width: number
  height: number
}

/** The largest centred rectangle of the shape `width` : `height` inside the canvas. */
export function letterbox(
  canvasWidth: number,
  canvasHeight: number,
  width: number,
  height: number,
): Rect {
  const scale = Math.min(canvasWidth / width, canvasHeight / height)
  const fitted = { width: width * scale, height: height * scale }
  return {
    x: (canvasWidth - fitted.width) / 2,
    y: (canvasHeight - fitted.height) / 2,
    ...fitted,
  }
}

/**
 * Image pixel under a canvas point, for an image of `columns` × `rows` drawn into `rect`.
 *
 * Pixel centres are whole numbers: image pixel (c, r) is drawn around
 * `x + (c + 0.5)·width/columns`, `y + (r + 0.5)·height/rows`.
 */
export function imagePoint(
  rect: Rect,
  columns: number,
  rows: number,
  canvasX: number,
  canvasY: number,
): { column: number; row: number } {
  return {
    column: ((canvasX - rect.x) / rect.width) * columns - 0.5,
    row: ((canvasY - rect.y) / rect.height) * rows - 0.5,
  }
}

/** Canvas point at the centre of an image pixel; the inverse of {@link imagePoint}. */
export function canvasPoint(
  rect: Rect,
  columns: number,
  rows: number,
  column: number,
  row: number,
): { x: number; y: number } {
  return {
    x: rect.x + ((column + 0.5) * rect.width) / columns,
    y: rect.y + ((row + 0.5) * rect.height) / rows,
  }
}

/** How much of an image is shown: `scale` 1 fits it, (x, y) is the part of it in the middle. */
export interface ImageZoom {
  scale: number
  /** Shares of the image's width and height, 0–1. */
  x: number
  y: number
}

export const FITTED: ImageZoom = { scale: 1, x: 0.5, y: 0.5 }

const MOST_SCALE = 16
const SCALE_PER_STEP = 1.2

/** Where an image of the shape `width` : `height` lies on the canvas; it may reach beyond it. */
export function zoomedRect(
  canvasWidth: number,
  canvasHeight: number,
  width: number,
  height: number,
  { scale, x, y }: ImageZoom,
): Rect {
  const fitted = letterbox(canvasWidth, canvasHeight, width, height)
  const zoomed = { width: fitted.width * scale, height: fitted.height * scale }
  return { x: canvasWidth / 2 - x * zoomed.width, y: canvasHeight / 2 - y * zoomed.height, ...zoomed }
}

/** Zoomed in or out by whole steps about `point` (shares of the image), which stays in place. */
export function zoomedBy(zoom: ImageZoom, steps: number, point = zoom as { x: number; y: number }) {
  const scale = Math.min(MOST_SCALE, zoom.scale * SCALE_PER_STEP ** steps)
  if (scale <= 1.001) return FITTED
  const shrunk = zoom.scale / scale
  return within({
    scale,
    x: point.x - (point.x - zoom.x) * shrunk,
    y: point.y - (point.y - zoom.y) * shrunk,
  })
}

/** The image moved along with a pointer that went (`dx`, `dy`) over an image drawn into `rect`. */
export function panned(zoom: ImageZoom, dx: number, dy: number, rect: Rect): ImageZoom {
  return within({ ...zoom, x: zoom.x - dx / rect.width, y: zoom.y - dy / rect.height })
}

/** Keeps the canvas filled where the image is large enough to fill it. */
function within({ scale, x, y }: ImageZoom): ImageZoom {
  const half = 0.5 / scale
  const inside = (share: number) => Math.min(1 - half, Math.max(half, share))
  return { scale, x: inside(x), y: inside(y) }
}
