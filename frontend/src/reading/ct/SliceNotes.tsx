import { scaleBar } from '../../viewer/distance'
import { EDGE_MARKS, type Plane } from '../../viewer/mpr'
import type { Slab } from '../../viewer/slab'
import classes from './ct.module.css'

const SCALE_ROOM_PX = 80

/** A bar of a round length at the scale of the slice. */
export function ScaleBar({ pixelsPerMm }: { pixelsPerMm: number }) {
  const { pixels, words } = scaleBar(pixelsPerMm, SCALE_ROOM_PX)
  return (
    <span className={classes.scale} data-testid="scale" aria-hidden>
      {words}
      <i style={{ width: pixels }} />
    </span>
  )
}

const SLAB_NAMES = { mip: 'MIP', mean: 'Mean' }

export function slabInWords({ mode, thickness }: Slab): string {
  return `${SLAB_NAMES[mode]} ${thickness} mm`
}

interface SliceNoteProps {
  slice: number
  depth: number
  slab: Slab | null
  /** How many slices the slab holds. */
  slices: number
}

/** Which slice this is, and what slab. */
export function SliceNote({ slice, depth, slab, slices }: SliceNoteProps) {
  return (
    <span className={classes.note}>
      {slab && (
        <>
          {slabInWords(slab)}
          {slices === 1 && ': one slice'}
          <br />
        </>
      )}
      {slice + 1} / {depth}
    </span>
  )
}

/** Which way the patient lies. */
export function OrientationMarks({ plane }: { plane: Plane }) {
  const marks = EDGE_MARKS[plane]
  return (['left', 'right', 'top', 'bottom'] as const).map((edge) => (
    <span key={edge} className={classes.side} data-edge={edge} aria-hidden>
      {marks[edge]}
    </span>
  ))
}
