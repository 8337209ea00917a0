import type { PointerEvent } from 'react'
import { imagePoint, type Rect } from '../../viewer/fit'
import type { SlicePixel } from '../../viewer/mpr'

/** Where a slice lies on its pane, and how many pixels it has. */
export interface SlicePlace {
  rect: Rect
  columns: number
  rows: number
}

/** The point of a slice under the pointer; `event` was heard by something that fills the pane. */
export function pointedPixel(
  event: Pick<PointerEvent, 'clientX' | 'clientY'>,
  pane: Element,
  { rect, columns, rows }: SlicePlace,
): SlicePixel {
  const box = pane.getBoundingClientRect()
  return imagePoint(rect, columns, rows, event.clientX - box.left, event.clientY - box.top)
}

/** Pressed with the left button alone: what the right and middle ones and Shift do is the pane's. */
export function isPlainPress(event: PointerEvent): boolean {
  return event.button === 0 && !event.shiftKey && !event.ctrlKey
}
