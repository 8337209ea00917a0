import { useEffect, useRef, type ReactNode } from 'react'
import { imagePoint, panned, zoomedBy, zoomedRect, type ImageZoom, type Rect } from '../viewer/fit'
import { IN_MEMORY } from '../viewer/inMemory'
import { useSize } from './useSize'
import { useImageGestures, type ImageGestures } from './useImageGestures'
import classes from './images.module.css'

interface PixelCanvasProps {
  testId: string
  label: string
  columns: number
  rows: number
  /** Size of a pixel on screen, any unit: only the shape matters. */
  pixelWidth?: number
  pixelHeight?: number
  /**
   * Fill the image (RGBA bytes as little-endian words); a new function asks for a new drawing.
   * Null where there is nothing to be seen yet.
   */
  paint: ((words: Uint32Array) => void) | null
  zoom: ImageZoom
  onZoom: (zoom: ImageZoom) => void
  onClick?: (column: number, row: number) => void
  gestures: Omit<ImageGestures, 'onClick' | 'onPan' | 'onZoom'>
  /** Drawn over the image, told where the image lies (CSS pixels of the pane). */
  children?: (rect: Rect) => ReactNode
}

interface Picture {
  image: ImageData
  words: Uint32Array
  scratch: HTMLCanvasElement
}

/**
 * The last picture of each pane, by its test id, which the next case's pane goes on with: memory
 * that is touched for the first time takes longer than what is drawn in it.
 */
const pictures = new Map<string, Picture>()

function pictureOf(pane: string, columns: number, rows: number): Picture {
  const last = pictures.get(pane)
  if (last?.image.width === columns && last.image.height === rows) return last
  const picture = newPicture(columns, rows)
  pictures.set(pane, picture)
  return picture
}

function newPicture(columns: number, rows: number): Picture {
  const image = new ImageData(columns, rows)
  const scratch = document.createElement('canvas')
  scratch.width = columns
  scratch.height = rows
  return { image, words: new Uint32Array(image.data.buffer), scratch }
}

/** An image of whole pixels, shown without distortion, that can be zoomed and moved. */
export function PixelCanvas({
  testId,
  label,
  columns,
  rows,
  pixelWidth = 1,
  pixelHeight = 1,
  paint,
  zoom,
  onZoom,
  onClick,
  gestures,
  children,
}: PixelCanvasProps) {
  const { ref: pane, width, height } = useSize<HTMLDivElement>()
  const canvas = useRef<HTMLCanvasElement>(null)
  const painted = useRef(false)
  const ratio = window.devicePixelRatio
  const rect = zoomedRect(width, height, columns * pixelWidth, rows * pixelHeight, zoom)
  const canvasWidth = Math.round(width * ratio)
  const canvasHeight = Math.round(height * ratio)

  useEffect(() => {
    if (!canvas.current || canvasWidth === 0 || canvasHeight === 0) return
    const shape = [columns * pixelWidth, rows * pixelHeight] as const
    const place = zoomedRect(canvasWidth, canvasHeight, ...shape, zoom)
    canvas.current.dataset.viewRect = [place.x, place.y, place.width, place.height].join(',')
    if (!paint) {
      // Setting a size empties a canvas.
      if (painted.current) canvas.current.width = canvasWidth
      return
    }
    const context = canvas.current.getContext('2d', IN_MEMORY)
    if (!context) return
    const { image, words, scratch } = pictureOf(testId, columns, rows)
    painted.current = true
    paint(words)
    scratch.getContext('2d', IN_MEMORY)?.putImageData(image, 0, 0)
    canvas.current.width = canvasWidth
    canvas.current.height = canvasHeight
    context.imageSmoothingQuality = 'high'
    context.drawImage(scratch, place.x, place.y, place.width, place.height)
  }, [testId, paint, canvasWidth, canvasHeight, columns, rows, pixelWidth, pixelHeight, zoom])

  const handlers = useImageGestures({
    ...gestures,
    onPan: (dx, dy) => {
      onZoom(panned(zoom, dx, dy, rect))
    },
    onZoom: (steps, x, y) => {
      const point = { x: (x - rect.x) / rect.width, y: (y - rect.y) / rect.height }
      onZoom(zoomedBy(zoom, steps, point))
    },
    onClick: (x, y) => {
      const { column, row } = imagePoint(rect, columns, rows, x, y)
      onClick?.(column, row)
    },
  })

  return (
    <div ref={pane} className={classes.image} {...handlers}>
      <canvas
        ref={canvas}
        data-testid={testId}
        role="img"
        aria-label={label}
        className={classes.canvas}
        // Of the size it was drawn for: a pane that grows must not distort it until it is drawn anew.
        style={{ width, height }}
      />
      {width > 0 && children?.(rect)}
    </div>
  )
}
