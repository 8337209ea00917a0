// Rectangles that are drawn over a run before it is released. Each step can be undone.
import type { Rectangle, TextBox } from '../api/types'

export interface Blackouts {
  rectangles: readonly Rectangle[]
  /** Index of the one that keys act on. */
  selected: number | null
  past: readonly (readonly Rectangle[])[]
  /** The one that the last step moved or sized: further such steps are undone together. */
  adjusting: number | null
}

export const NO_BLACKOUTS: Blackouts = {
  rectangles: [],
  selected: null,
  past: [],
  adjusting: null,
}

export interface Size {
  columns: number
  rows: number
}

/** Smaller than this was a slip of the hand. */
const SMALLEST = 4
/** Room around found text: its strokes may reach over the box. */
const MARGIN = 6

export function withRectangle(state: Blackouts, rectangle: Rectangle): Blackouts {
  return {
    rectangles: [...state.rectangles, rectangle],
    selected: state.rectangles.length,
    past: [...state.past, state.rectangles],
    adjusting: null,
  }
}

export function withoutRectangle(state: Blackouts, index: number): Blackouts {
  return {
    rectangles: state.rectangles.filter((_, position) => position !== index),
    selected: null,
    past: [...state.past, state.rectangles],
    adjusting: null,
  }
}

export function selectRectangle(state: Blackouts, index: number | null): Blackouts {
  return { ...state, selected: index, adjusting: null }
}

/** The selected rectangle moved, or sized at its lower right corner, within the image. */
export function adjustRectangle(
  state: Blackouts,
  how: 'move' | 'size',
  dx: number,
  dy: number,
  { columns, rows }: Size,
): Blackouts {
  const { selected } = state
  const former = selected === null ? undefined : state.rectangles[selected]
  if (!former) return state
  const changed =
    how === 'move'
      ? {
          ...former,
          left: clamp(former.left + dx, 0, columns - former.width),
          top: clamp(former.top + dy, 0, rows - former.height),
        }
      : {
          ...former,
          width: clamp(former.width + dx, SMALLEST, columns - former.left),
          height: clamp(former.height + dy, SMALLEST, rows - former.top),
        }
  return {
    rectangles: state.rectangles.map((one, index) => (index === selected ? changed : one)),
    selected,
    past: state.adjusting === selected ? state.past : [...state.past, state.rectangles],
    adjusting: selected,
  }
}

export function undoBlackout(state: Blackouts): Blackouts {
  const former = state.past.at(-1)
  if (!former) return state
  return { rectangles: former, selected: null, past: state.past.slice(0, -1), adjusting: null }
}

/** The rectangle between two corners, in whole pixels of the image; null where it is too small. */
export function rectangleBetween(
  from: { x: number; y: number },
  to: { x: number; y: number },
  { columns, rows }: Size,
): Rectangle | null {
  const left = Math.floor(clamp(Math.min(from.x, to.x), 0, columns))
  const top = Math.floor(clamp(Math.min(from.y, to.y), 0, rows))
  const width = Math.ceil(clamp(Math.max(from.x, to.x), 0, columns)) - left
  const height = Math.ceil(clamp(Math.max(from.y, to.y), 0, rows)) - top
  return width < SMALLEST || height < SMALLEST ? null : { left, top, width, height }
}

/** The rectangle that hides found text for good. */
export function rectangleOver({ left, top, width, height }: TextBox, size: Size): Rectangle {
  const over = rectangleBetween(
    { x: left - MARGIN, y: top - MARGIN },
    { x: left + width + MARGIN, y: top + height + MARGIN },
    size,
  )
  return over ?? { left, top, width, height }
}

export function isCovered(box: Rectangle, rectangles: readonly Rectangle[]): boolean {
  return rectangles.some(
    ({ left, top, width, height }) =>
      left <= box.left &&
      top <= box.top &&
      left + width >= box.left + box.width &&
      top + height >= box.top + box.height,
  )
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high)
}
