/** Distances measured on a slice, and the bar that shows how large things are. */
import type { Plane, PlaneGrid, SlicePixel } from './mpr'

/** A line drawn on one slice, between points that may lie between pixel centres. */
export interface Distance {
  plane: Plane
  slice: number
  from: SlicePixel
  to: SlicePixel
}

type Spacing = Pick<PlaneGrid, 'columnSpacing' | 'rowSpacing'>

/** Length of a line within its plane, mm. */
export function lengthMm({ from, to }: Pick<Distance, 'from' | 'to'>, spacing: Spacing): number {
  return Math.hypot(
    (to.column - from.column) * spacing.columnSpacing,
    (to.row - from.row) * spacing.rowSpacing,
  )
}

const BAR_LENGTHS_MM = [100, 50, 20, 10, 5, 2, 1] as const

export interface ScaleBar {
  /** Length on screen. */
  pixels: number
  words: string
}

/** The longest bar of a round length that is no longer than `room` pixels. */
export function scaleBar(pixelsPerMm: number, room: number): ScaleBar {
  const mm = BAR_LENGTHS_MM.find((length) => length * pixelsPerMm <= room) ?? 1
  return { pixels: mm * pixelsPerMm, words: mm < 10 ? `${mm} mm` : `${mm / 10} cm` }
}
