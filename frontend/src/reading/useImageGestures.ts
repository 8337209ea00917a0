import { useRef, type MouseEvent, type PointerEvent, type WheelEvent } from 'react'

export interface ImageGestures {
  /** A press and release in place, at a point of the element. */
  onClick?: (x: number, y: number) => void
  onDrag?: (dx: number, dy: number) => void
  /** Dragged with the right or middle button, or with Shift. */
  onPan?: (dx: number, dy: number) => void
  /** Whole steps of the wheel, positive away from the reader. */
  onWheel?: (steps: number, x: number, y: number) => void
  /** The wheel with Control, and what a touchpad sends for two fingers moved apart. */
  onZoom?: (steps: number, x: number, y: number) => void
  /** The pane was pressed or scrolled in whatever way. */
  onUse?: () => void
  onDoubleClick?: () => void
}

const STILL_A_CLICK_PX = 3
/** Touchpads send many small amounts: this many pixels make a step. */
const PIXELS_PER_STEP = 40

interface Press {
  x: number
  y: number
  dragged: boolean
  pans: boolean
}

/** Pointer and wheel handlers for an image: click, drag, steps of the wheel. */
export function useImageGestures(gestures: ImageGestures) {
  const press = useRef<Press>(null)
  const scrolled = useRef(0)

  return {
    onPointerDown(event: PointerEvent<HTMLElement>) {
      const pans = event.button !== 0 || event.shiftKey
      gestures.onUse?.()
      event.currentTarget.setPointerCapture(event.pointerId)
      press.current = { x: event.clientX, y: event.clientY, dragged: false, pans }
    },
    onPointerMove(event: PointerEvent<HTMLElement>) {
      if (!press.current) return
      const dx = event.clientX - press.current.x
      const dy = event.clientY - press.current.y
      if (!press.current.dragged && Math.hypot(dx, dy) <= STILL_A_CLICK_PX) return
      press.current = { ...press.current, x: event.clientX, y: event.clientY, dragged: true }
      if (press.current.pans) gestures.onPan?.(dx, dy)
      else gestures.onDrag?.(dx, dy)
    },
    onPointerUp(event: PointerEvent<HTMLElement>) {
      const clicked = press.current && !press.current.dragged && !press.current.pans
      press.current = null
      if (!clicked) return
      const box = event.currentTarget.getBoundingClientRect()
      gestures.onClick?.(event.clientX - box.left, event.clientY - box.top)
    },
    onPointerCancel() {
      press.current = null
    },
    onWheel(event: WheelEvent<HTMLElement>) {
      const lineOrPage = event.deltaMode !== 0
      scrolled.current -= lineOrPage ? Math.sign(event.deltaY) * PIXELS_PER_STEP : event.deltaY
      const steps = Math.trunc(scrolled.current / PIXELS_PER_STEP)
      if (steps === 0) return
      scrolled.current -= steps * PIXELS_PER_STEP
      gestures.onUse?.()
      const box = event.currentTarget.getBoundingClientRect()
      const stepped = event.ctrlKey ? gestures.onZoom : gestures.onWheel
      stepped?.(steps, event.clientX - box.left, event.clientY - box.top)
    },
    onContextMenu(event: MouseEvent<HTMLElement>) {
      event.preventDefault()
    },
    onDoubleClick() {
      gestures.onDoubleClick?.()
    },
  }
}
