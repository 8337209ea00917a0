import { useElementSize } from '@mantine/hooks'
import { useEffect, useRef, useState, type PointerEvent, type WheelEvent } from 'react'
import type { Rectangle, TextBox } from '../api/types'
import { dragWindow } from '../viewer/windowLevel'
import { rectangleBetween, type Size } from './blackouts'
import classes from './release.module.css'
import { filterOf, pan, placeIn, type Pane, type StageView, zoomAt } from './stageView'

interface Point {
  x: number
  y: number
}

type Press =
  | { does: 'draw'; from: Point }
  | { does: 'move'; at: Point }
  | { does: 'pan' | 'window'; at: Point }

interface StageProps {
  label: string
  image: HTMLImageElement | undefined
  size: Size
  view: StageView
  onView: (view: StageView) => void
  /** Told of the pane's size, by which keys zoom. */
  onPane: (pane: Pane) => void
  boxes: readonly TextBox[]
  /** Painted over already, before this look. */
  painted: readonly Rectangle[]
  rectangles: readonly Rectangle[]
  selected: number | null
  drawing: boolean
  onDraw: (rectangle: Rectangle) => void
  onSelect: (index: number | null) => void
  onMove: (dx: number, dy: number) => void
}

/** One picture as large as the pane allows, with what was found and what is to be painted over. */
export function Stage(props: StageProps) {
  const { label, image, size, view, onView, onPane, drawing } = props
  const { ref, width, height } = useElementSize<HTMLDivElement>()
  const canvas = useRef<HTMLCanvasElement>(null)
  const press = useRef<Press>(null)
  const [drawn, setDrawn] = useState<Rectangle | null>(null)
  const pane = { width, height }
  const place = placeIn(pane, size, view)

  useEffect(() => {
    onPane({ width, height })
  }, [onPane, width, height])

  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!canvas.current || !context || !image) return
    canvas.current.width = image.naturalWidth
    canvas.current.height = image.naturalHeight
    context.drawImage(image, 0, 0)
  }, [image])

  const pointIn = (event: PointerEvent<HTMLElement> | WheelEvent<HTMLElement>): Point => {
    const box = event.currentTarget.getBoundingClientRect()
    return { x: event.clientX - box.left, y: event.clientY - box.top }
  }
  const inImage = ({ x, y }: Point): Point => ({
    x: ((x - place.x) / place.width) * size.columns,
    y: ((y - place.y) / place.height) * size.rows,
  })

  const begin = (event: PointerEvent<HTMLElement>) => {
    const at = pointIn(event)
    event.currentTarget.setPointerCapture(event.pointerId)
    if (event.button === 1 || event.shiftKey) {
      press.current = { does: 'pan', at }
      return
    }
    if (event.button !== 0) return
    const hit = rectangleAt(props.rectangles, inImage(at))
    if (hit !== null) {
      props.onSelect(hit)
      press.current = { does: 'move', at: inImage(at) }
    } else if (drawing) {
      props.onSelect(null)
      press.current = { does: 'draw', from: inImage(at) }
    } else {
      props.onSelect(null)
      press.current = { does: 'window', at }
    }
  }

  const proceed = (event: PointerEvent<HTMLElement>) => {
    const now = press.current
    if (!now) return
    const at = pointIn(event)
    if (now.does === 'draw') {
      setDrawn(rectangleBetween(now.from, inImage(at), size))
    } else if (now.does === 'move') {
      const moved = inImage(at)
      const dx = Math.round(moved.x - now.at.x)
      const dy = Math.round(moved.y - now.at.y)
      if (dx === 0 && dy === 0) return
      press.current = { does: 'move', at: { x: now.at.x + dx, y: now.at.y + dy } }
      props.onMove(dx, dy)
    } else {
      const dx = at.x - now.at.x
      const dy = at.y - now.at.y
      press.current = { does: now.does, at }
      if (now.does === 'pan') onView(pan(view, dx, dy, pane, size))
      else onView({ ...view, window: dragWindow(view.window, dx, dy, 4) })
    }
  }

  const end = () => {
    if (press.current?.does === 'draw' && drawn) props.onDraw(drawn)
    press.current = null
    setDrawn(null)
  }

  const frame = { left: place.x, top: place.y, width: place.width, height: place.height }
  return (
    <div
      ref={ref}
      className={classes.stage}
      data-drawing={drawing || undefined}
      onPointerDown={begin}
      onPointerMove={proceed}
      onPointerUp={end}
      onPointerCancel={end}
      onWheel={(event) => {
        if (event.ctrlKey) return
        onView(zoomAt(view, Math.exp(-event.deltaY / 400), pane, size, pointIn(event)))
      }}
    >
      <canvas
        ref={canvas}
        role="img"
        aria-label={label}
        data-testid="picture"
        className={classes.picture}
        style={{ ...frame, filter: filterOf(view), visibility: image ? 'visible' : 'hidden' }}
      />
      <svg
        className={classes.marks}
        style={frame}
        viewBox={`0 0 ${size.columns} ${size.rows}`}
        preserveAspectRatio="none"
        aria-hidden
      >
        {props.painted.map((one, index) => (
          <rect key={`painted ${index}`} className={classes.painted} {...placeOf(one)} />
        ))}
        {props.boxes.map((one, index) => (
          <rect key={`text ${index}`} className={classes.found} {...placeOf(around(one))} />
        ))}
        {props.rectangles.map((one, index) => (
          <rect
            key={`rectangle ${index}`}
            className={classes.blackout}
            data-selected={index === props.selected || undefined}
            {...placeOf(one)}
          />
        ))}
        {drawn && <rect className={classes.blackout} data-selected {...placeOf(drawn)} />}
      </svg>
    </div>
  )
}

const placeOf = ({ left, top, width, height }: Rectangle) => ({ x: left, y: top, width, height })

/** An outline must not cross the text that it shows. */
function around({ left, top, width, height }: Rectangle): Rectangle {
  return {
    left: left - OUTLINE_ROOM,
    top: top - OUTLINE_ROOM,
    width: width + 2 * OUTLINE_ROOM,
    height: height + 2 * OUTLINE_ROOM,
  }
}

const OUTLINE_ROOM = 4

/** The rectangle under a point: of several the one drawn last. */
function rectangleAt(rectangles: readonly Rectangle[], { x, y }: Point): number | null {
  const hit = rectangles.findLastIndex(
    ({ left, top, width, height }) =>
      x >= left && x < left + width && y >= top && y < top + height,
  )
  return hit === -1 ? null : hit
}
