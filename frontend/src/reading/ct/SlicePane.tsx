import { useCallback } from 'react'
import type { ImageZoom, Rect } from '../../viewer/fit'
import { canvasPoint } from '../../viewer/fit'
import type { CtVolume } from '../../viewer/mediaPack'
import {
  drawSlice,
  EDGE_MARKS,
  pixelOfVoxel,
  planeGrid,
  SLICE_AXIS,
  voxelOfPixel,
  type Overlay,
  type Plane,
  type Voxel,
} from '../../viewer/mpr'
import { dragWindow, type Window } from '../../viewer/windowLevel'
import { PixelCanvas } from '../PixelCanvas'
import type { ViewEvent } from '../viewState'
import classes from '../images.module.css'

interface SlicePaneProps {
  plane: Plane
  volume: CtVolume
  /** How much of the volume is there; a new number asks for a new drawing. */
  slicesLoaded: number
  voxel: Voxel
  window: Window
  overlay: Overlay | null
  zoom: ImageZoom
  inUse: boolean
  dispatch: (event: ViewEvent) => void
}

const NAMES: Record<Plane, string> = { axial: 'Axial', coronal: 'Coronal', sagittal: 'Sagittal' }

export function SlicePane(props: SlicePaneProps) {
  const { plane, volume, slicesLoaded, voxel, window, overlay, zoom, inUse } = props
  const { dispatch } = props
  const grid = planeGrid(volume, plane)
  const slice = voxel[SLICE_AXIS[plane]]

  const paint = useCallback(
    (words: Uint32Array) => {
      if (slicesLoaded > 0) drawSlice(volume, plane, slice, window, overlay, words)
    },
    [volume, slicesLoaded, plane, slice, window, overlay],
  )

  return (
    <section
      className={classes.pane}
      data-pane={plane}
      data-in-use={inUse || undefined}
      aria-label={`${NAMES[plane]} CT`}
    >
      <PixelCanvas
        testId={plane}
        label={`${NAMES[plane]} CT slice ${slice + 1} of ${grid.depth}`}
        columns={grid.columns}
        rows={grid.rows}
        pixelWidth={grid.columnSpacing}
        pixelHeight={grid.rowSpacing}
        paint={paint}
        zoom={zoom}
        onZoom={(chosen) => {
          dispatch({ type: 'slice zoomed', plane, zoom: chosen })
        }}
        onClick={(column, row) => {
          const chosen = voxelOfPixel({ column, row }, voxel, volume, plane)
          dispatch({ type: 'voxel chosen', plane, voxel: chosen })
        }}
        gestures={{
          onUse: () => {
            dispatch({ type: 'left pane used', pane: plane })
          },
          onDrag: (dx, dy) => {
            dispatch({ type: 'window set', window: dragWindow(window, dx, dy) })
          },
          onWheel: (steps) => {
            dispatch({ type: 'slices stepped', plane, steps })
          },
          onDoubleClick: () => {
            dispatch({ type: 'enlarged', side: 'left' })
          },
        }}
      >
        {(rect) =>
          slicesLoaded > 0 && (
            <Crosshair rect={rect} {...pixelOfVoxel(voxel, volume, plane)} grid={grid} />
          )
        }
      </PixelCanvas>
      <Marks plane={plane} />
      <span className={classes.corner}>
        {slice + 1} / {grid.depth}
      </span>
    </section>
  )
}

interface CrosshairProps {
  rect: Rect
  column: number
  row: number
  grid: { columns: number; rows: number }
}

/** Two hairlines that leave the point itself free. */
function Crosshair({ rect, column, row, grid }: CrosshairProps) {
  const { x, y } = canvasPoint(rect, grid.columns, grid.rows, column, row)
  const gap = 12
  const right = rect.x + rect.width
  const bottom = rect.y + rect.height
  return (
    <svg className={classes.crosshair} aria-hidden>
      <line x1={rect.x} y1={y} x2={Math.max(rect.x, x - gap)} y2={y} />
      <line x1={Math.min(right, x + gap)} y1={y} x2={right} y2={y} />
      <line x1={x} y1={rect.y} x2={x} y2={Math.max(rect.y, y - gap)} />
      <line x1={x} y1={Math.min(bottom, y + gap)} x2={x} y2={bottom} />
    </svg>
  )
}

function Marks({ plane }: { plane: Plane }) {
  const marks = EDGE_MARKS[plane]
  return (
    <>
      {(['left', 'right', 'top', 'bottom'] as const).map((edge) => (
        <span key={edge} className={classes.mark} data-edge={edge} aria-hidden>
          {marks[edge]}
        </span>
      ))}
    </>
  )
}
