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
