import { useMemo } from 'react'
import { outlines } from '../../viewer/contour'
import type { Distance } from '../../viewer/distance'
import { panned, type ImageZoom, type Rect } from '../../viewer/fit'
import { huWords } from '../../viewer/huWords'
import type { CtVolume } from '../../viewer/mediaPack'
import {
  drawSlice,
  pixelOfVoxel,
  planeGrid,
  SLICE_AXIS,
  voxelOfPixel,
  type Overlay,
  type Plane,
  type SlicePixel,
  type Voxel,
} from '../../viewer/mpr'
import { huBehind, type Slab } from '../../viewer/slab'
import { dragWindow, type Window } from '../../viewer/windowLevel'
import { PixelCanvas } from '../PixelCanvas'
import type { ViewEvent } from '../viewState'
import { Crosshair } from './Crosshair'
import { Distances } from './Distances'
import { HuReading } from './HuReading'
import { Outlines } from './Outlines'
import { OrientationMarks, ScaleBar, SliceNote } from './SliceNotes'
import { useSlab } from './useSlab'
import classes from '../images.module.css'

/** The overlay of a pane, how it is drawn, and what its arteries are called. */
export interface ArteryOverlay extends Overlay {
  drawn: 'filled' | 'outlined'
  /** Empty where there is but one. */
  names: Readonly<Record<string, string>>
}

interface SlicePaneProps {
  plane: Plane
  volume: CtVolume
  /** How much of the volume is there; a new number asks for a new drawing. */
  slicesLoaded: number
  voxel: Voxel
  window: Window
  slab: Slab | null
  overlay: ArteryOverlay | null
  distances: readonly Distance[]
  measuring: boolean
  zoom: ImageZoom
  inUse: boolean
  dispatch: (event: ViewEvent) => void
}

const NAMES: Record<Plane, string> = { axial: 'Axial', coronal: 'Coronal', sagittal: 'Sagittal' }

export function SlicePane(props: SlicePaneProps) {
  const { plane, volume, slicesLoaded, voxel, window, slab, overlay, zoom, inUse } = props
  const { distances, measuring, dispatch } = props
  const grid = planeGrid(volume, plane)
  const { columns, rows } = grid
  const slice = voxel[SLICE_AXIS[plane]]
  const at = pixelOfVoxel(voxel, volume, plane)
  const { slices, projected, arteries } = useSlab(
    volume,
    slicesLoaded,
    plane,
    slice,
    slab,
    overlay,
  )

  const paint = useMemo(() => {
    const { firstSlice } = volume
    const isFirst = plane === 'axial' && slice === volume.shape[0] >> 1
    if (slicesLoaded === 0 || (firstSlice && !isFirst)) return null
    return (words: Uint32Array) => {
      const fill = overlay?.drawn === 'filled' ? overlay : null
      if (firstSlice) {
        drawSlice({ shape: [1, rows, columns], hu: firstSlice }, plane, 0, window, null, words)
      } else if (projected) {
        const flat = fill && arteries ? { ...fill, labels: arteries() } : null
        drawSlice(projected(), 'axial', 0, window, flat, words)
      } else {
        drawSlice(volume, plane, slice, window, fill, words)
      }
    }
  }, [volume, slicesLoaded, plane, slice, window, overlay, projected, arteries, columns, rows])
  const paths = useMemo(
    () => (arteries && overlay?.drawn === 'outlined' ? outlines(arteries(), columns, rows) : null),
    [arteries, overlay?.drawn, columns, rows],
  )

  const wordsAt = (pixel: SlicePixel) => {
    // Slices that are still to come hold no values yet.
    if (slicesLoaded < volume.shape[0]) return ''
    const values = huBehind(volume, plane, slices, pixel)
    const label = arteries?.()[pixel.row * columns + pixel.column] ?? 0
    const artery = overlay?.names[label]
    return [huWords(values, slab?.mode ?? null, volume.clip), artery].filter(Boolean).join('\n')
  }
  const goTo = (pixel: SlicePixel) => {
    dispatch({ type: 'voxel chosen', plane, voxel: voxelOfPixel(pixel, voxel, volume, plane) })
  }
  const use = () => {
    dispatch({ type: 'left pane used', pane: plane })
  }
  const bringIntoSight = (rect: Rect) => {
    const middle = { x: (at.column + 0.5) / columns, y: (at.row + 0.5) / rows }
    dispatch({ type: 'slice zoomed', plane, zoom: panned({ ...zoom, ...middle }, 0, 0, rect) })
  }

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
        columns={columns}
        rows={rows}
        pixelWidth={grid.columnSpacing}
        pixelHeight={grid.rowSpacing}
        paint={paint}
        zoom={zoom}
        onZoom={(chosen) => {
          dispatch({ type: 'slice zoomed', plane, zoom: chosen })
        }}
        onClick={(column, row) => {
          goTo({ column, row })
        }}
        gestures={{
          onUse: use,
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
        {(rect) => {
          const place = { rect, columns, rows }
          return (
            slicesLoaded > 0 && (
              <HuReading place={place} wordsAt={wordsAt}>
                {paths && overlay && (
                  <Outlines
                    {...place}
                    paths={paths}
                    colours={overlay.colours}
                    opacity={overlay.opacity}
                  />
                )}
                <Crosshair
                  place={place}
                  at={at}
                  movable={!measuring}
                  onMove={goTo}
                  onOutOfSight={() => {
                    bringIntoSight(rect)
                  }}
                />
                <Distances
                  place={place}
                  grid={grid}
                  lines={distances.filter((one) => one.plane === plane && one.slice === slice)}
                  measuring={measuring}
                  onUse={use}
                  onDrawn={(line) => {
                    dispatch({ type: 'distance drawn', distance: { plane, slice, ...line } })
                  }}
                />
                <ScaleBar pixelsPerMm={rect.width / columns / grid.columnSpacing} />
              </HuReading>
            )
          )
        }}
      </PixelCanvas>
      <OrientationMarks plane={plane} />
      <SliceNote slice={slice} depth={grid.depth} slab={slab} slices={slices.length} />
    </section>
  )
}
