import { useState, type PointerEvent } from 'react'
import { lengthMm, type Distance } from '../../viewer/distance'
import { canvasPoint } from '../../viewer/fit'
import type { PlaneGrid, SlicePixel } from '../../viewer/mpr'
import { isPlainPress, pointedPixel, type SlicePlace } from './pointerPlace'
import classes from './ct.module.css'

type Line = Pick<Distance, 'from' | 'to'>

/** Shorter lines are slips of the hand. */
const SHORTEST_PX = 4
const LABEL_AWAY_PX = 16

interface DistancesProps {
  place: SlicePlace
  grid: PlaneGrid
  lines: readonly Line[]
  measuring: boolean
  onUse: () => void
  onDrawn: (line: Line) => void
}

/** The distances measured on a slice; while `measuring`, a drag adds one. */
export function Distances({ place, grid, lines, measuring, onUse, onDrawn }: DistancesProps) {
  const [drawing, setDrawing] = useState<Line | null>(null)
  const pixelUnder = (event: PointerEvent<HTMLElement>) =>
    withinImage(pointedPixel(event, event.currentTarget, place), place)
  const shown = drawing ? [...lines, drawing] : lines

  return (
    <>
      {measuring && (
        <div
          className={classes.measuring}
          data-testid="measuring"
          onPointerDown={(event) => {
            if (!isPlainPress(event)) return
            event.stopPropagation()
            event.currentTarget.setPointerCapture(event.pointerId)
            onUse()
            const from = pixelUnder(event)
            setDrawing({ from, to: from })
          }}
          onPointerMove={(event) => {
            if (drawing) setDrawing({ ...drawing, to: pixelUnder(event) })
          }}
          onPointerUp={() => {
            if (drawing && lengthPx(drawing, place) >= SHORTEST_PX) onDrawn(drawing)
            setDrawing(null)
          }}
          onPointerCancel={() => {
            setDrawing(null)
          }}
          onDoubleClick={(event) => {
            event.stopPropagation()
          }}
        />
      )}
      <svg className={`${classes.lines} ${classes.distances}`} aria-hidden>
        {shown.map((line, index) => {
          const [from, to] = ends(line, place)
          return (
            <g key={index}>
              <line x1={from.x} y1={from.y} x2={to.x} y2={to.y} />
              <circle cx={from.x} cy={from.y} r={2.5} />
              <circle cx={to.x} cy={to.y} r={2.5} />
            </g>
          )
        })}
      </svg>
      {shown.map((line, index) => (
        <span key={index} className={classes.length} style={labelPlace(line, place)}>
          {lengthMm(line, grid).toFixed(1)} mm
        </span>
      ))}
    </>
  )
}

function ends({ from, to }: Line, { rect, columns, rows }: SlicePlace) {
  return [
    canvasPoint(rect, columns, rows, from.column, from.row),
    canvasPoint(rect, columns, rows, to.column, to.row),
  ] as const
}

function lengthPx(line: Line, place: SlicePlace): number {
  const [from, to] = ends(line, place)
  return Math.hypot(to.x - from.x, to.y - from.y)
}

/** Beside the middle of the line, on its upper side: what is measured stays in sight. */
function labelPlace(line: Line, place: SlicePlace) {
  const [from, to] = ends(line, place)
  const length = Math.max(1, Math.hypot(to.x - from.x, to.y - from.y))
  const across = { x: (to.y - from.y) / length, y: (from.x - to.x) / length }
  const away = across.y <= 0 ? LABEL_AWAY_PX : -LABEL_AWAY_PX
  // Words are wider than high: a steep line needs them further off.
  const left = (from.x + to.x) / 2 + across.x * away * 2
  return { left, top: (from.y + to.y) / 2 + across.y * away }
}

function withinImage({ column, row }: SlicePixel, { columns, rows }: SlicePlace): SlicePixel {
  return {
    column: Math.min(columns - 0.5, Math.max(-0.5, column)),
    row: Math.min(rows - 0.5, Math.max(-0.5, row)),
  }
}
