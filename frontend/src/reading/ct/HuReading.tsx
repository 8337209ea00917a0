import { useEffect, useRef, type ReactNode } from 'react'
import type { SlicePixel } from '../../viewer/mpr'
import { pointedPixel, type SlicePlace } from './pointerPlace'
import classes from './ct.module.css'

interface HuReadingProps {
  place: SlicePlace
  /** What there is at a whole pixel of the slice, in words. */
  wordsAt: (pixel: SlicePixel) => string
  children: ReactNode
}

/**
 * Says what is under the pointer, wherever it is over `children`.
 *
 * The words are put in place by hand: moving the mouse renders and draws nothing.
 */
export function HuReading({ place, wordsAt, children }: HuReadingProps) {
  const pane = useRef<HTMLDivElement>(null)
  const words = useRef<HTMLSpanElement>(null)
  const pointer = useRef<{ clientX: number; clientY: number }>(null)

  const say = () => {
    if (!words.current || !pane.current) return
    const pixel = pointer.current && wholePixel(pointer.current, pane.current, place)
    words.current.textContent = pixel ? wordsAt(pixel) : ''
  }
  // A still pointer is over something else once the slice, slab or zoom has changed.
  useEffect(say)

  return (
    <div
      ref={pane}
      className={classes.cover}
      onPointerMove={({ clientX, clientY }) => {
        pointer.current = { clientX, clientY }
        say()
      }}
      onPointerLeave={() => {
        pointer.current = null
        say()
      }}
    >
      {children}
      <span ref={words} className={classes.hu} data-testid="hu" />
    </div>
  )
}

function wholePixel(
  pointer: { clientX: number; clientY: number },
  pane: Element,
  place: SlicePlace,
): SlicePixel | null {
  const exact = pointedPixel(pointer, pane, place)
  const column = Math.round(exact.column)
  const row = Math.round(exact.row)
  const inside = column >= 0 && row >= 0 && column < place.columns && row < place.rows
  return inside ? { column, row } : null
}
