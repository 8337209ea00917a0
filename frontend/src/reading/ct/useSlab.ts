import { useMemo } from 'react'
import type { CtVolume } from '../../viewer/mediaPack'
import type { HuVolume, Overlay, Plane } from '../../viewer/mpr'
import { slabHu, slabLabels, slabSlices, type Slab } from '../../viewer/slab'

export interface ShownSlab {
  /** The slices that it holds, nearest first; the slice alone where there is no slab. */
  slices: readonly number[]
  /** Several slices projected into one; null where there is no slab. */
  projected: (() => HuVolume) | null
  /** The arteries to be seen, in screen order. */
  arteries: (() => Uint8Array) | null
}

/**
 * What is behind a slice in view.
 *
 * Worked out when it is first asked for, and once: a window that is dragged or a plane that is not
 * on screen asks for nothing.
 */
export function useSlab(
  volume: CtVolume,
  slicesLoaded: number,
  plane: Plane,
  slice: number,
  slab: Slab | null,
  overlay: Overlay | null,
): ShownSlab {
  const slices = useMemo(
    () => slabSlices(volume, plane, slice, slab),
    [volume, plane, slice, slab],
  )
  const projected = useMemo(
    () => (slab && slicesLoaded > 1 ? once(() => slabHu(volume, plane, slice, slab)) : null),
    [volume, slicesLoaded, plane, slice, slab],
  )
  const labels = overlay?.labels
  const colours = overlay?.colours
  const arteries = useMemo(
    () =>
      labels && colours
        ? once(() => slabLabels(labels, volume.shape, plane, slices, colours))
        : null,
    [labels, colours, volume, plane, slices],
  )
  return { slices, projected, arteries }
}

function once<Result extends object>(make: () => Result): () => Result {
  let made: Result | undefined
  return () => (made ??= make())
}
