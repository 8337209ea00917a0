/** Where the tour's card goes: beside what it points at, and always within the window. */

export interface Rect {
  x: number
  y: number
  width: number
  height: number
}

export interface Size {
  width: number
  height: number
}

const GAP = 12

export function cardPlace(target: Rect | null, card: Size, window: Size): { x: number; y: number } {
  if (!target) {
    return { x: (window.width - card.width) / 2, y: (window.height - card.height) / 2 }
  }
  const x = within(target.x, card.width, window.width)
  const y = within(target.y, card.height, window.height)
  const right = target.x + target.width + GAP
  if (right + card.width + GAP <= window.width) return { x: right, y }
  const left = target.x - GAP - card.width
  if (left >= GAP) return { x: left, y }
  const below = target.y + target.height + GAP
  if (below + card.height + GAP <= window.height) return { x, y: below }
  return { x, y: within(target.y - GAP - card.height, card.height, window.height) }
}

function within(start: number, length: number, end: number): number {
  return Math.max(GAP, Math.min(start, end - length - GAP))
}

/** The rectangle round several. */
export function around(rects: readonly Rect[]): Rect | null {
  if (rects.length === 0) return null
  const x = Math.min(...rects.map((rect) => rect.x))
  const y = Math.min(...rects.map((rect) => rect.y))
  return {
    x,
    y,
    width: Math.max(...rects.map((rect) => rect.x + rect.width)) - x,
    height: Math.max(...rects.map((rect) => rect.y + rect.height)) - y,
  }
}
