import { useEffect, useEffectEvent, useRef } from 'react'
import { canvasPoint } from '../../viewer/fit'
import type { SlicePixel } from '../../viewer/mpr'
import { isPlainPress, pointedPixel, type SlicePlace } from './pointerPlace'
import classes from './ct.module.css'

const GAP_PX = 12

interface CrosshairProps {
  place: SlicePlace
  at: SlicePixel
  /** Its middle can be dragged. */
  movable: boolean
  onMove: (pixel: SlicePixel) => void
  /** It went where this zoomed slice does not show it. */
  onOutOfSight: () => void
}

/** Two hairlines that leave the point itself free. */
export function Crosshair({ place, at, movable, onMove, onOutOfSight }: CrosshairProps) {
  const lines = useRef<SVGSVGElement>(null)
  const { rect, columns, rows } = place
  const { x, y } = canvasPoint(rect, columns, rows, at.column, at.row)
  const right = rect.x + rect.width
  const bottom = rect.y + rect.height

  const look = useEffectEvent(() => {
    if (!lines.current) return
    const { clientWidth, clientHeight } = lines.current
    if (x < 0 || y < 0 || x > clientWidth || y > clientHeight) onOutOfSight()
  })
  useEffect(() => {
    look()
  }, [at.column, at.row])

  return (
    <>
      <svg ref={lines} className={`${classes.lines} ${classes.crosshair}`} aria-hidden>
        <line x1={rect.x} y1={y} x2={Math.max(rect.x, x - GAP_PX)} y2={y} />
        <line x1={Math.min(right, x + GAP_PX)} y1={y} x2={right} y2={y} />
        <line x1={x} y1={rect.y} x2={x} y2={Math.max(rect.y, y - GAP_PX)} />
        <line x1={x} y1={Math.min(bottom, y + GAP_PX)} x2={x} y2={bottom} />
      </svg>
      {movable && (
        <div
          className={classes.handle}
          data-testid="crosshair"
          style={{ left: x, top: y }}
          onPointerDown={(event) => {
            if (!isPlainPress(event)) return
            event.stopPropagation()
            event.currentTarget.setPointerCapture(event.pointerId)
          }}
          onPointerMove={(event) => {
            const { currentTarget: handle, pointerId } = event
            if (!handle.hasPointerCapture(pointerId) || !handle.parentElement) return
            onMove(pointedPixel(event, handle.parentElement, place))
          }}
        />
      )}
    </>
  )
}
