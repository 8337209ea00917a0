import { useCallback, useMemo } from 'react'
import type { RunMedia } from '../../viewer/caseMedia'
import { arterialCurve, arterialPhase } from '../../viewer/contrastPassage'
import { maskOf, transferTable, type Subtraction } from '../../viewer/dsa'
import type { RunManifest } from '../../viewer/manifest'
import type { FramePixels } from '../../viewer/mediaPack'
import { mostOpacified, type FrameRange } from '../../viewer/minip'
import type { Shift } from '../../viewer/pixelShift'
import { canSubtract, contrastIn, passage, preparedRun } from '../../viewer/preparedRun'
import { remembered } from '../../viewer/remembered'
import { windowFromBounds, type Window } from '../../viewer/windowLevel'
import { isShifted, maskInUse, type MaskChoice } from './maskChoice'
import type { RunsState } from './runsState'

export interface RunImages {
  complete: boolean
  canSubtract: boolean
  /** What to subtract now; null shows frames as they were taken. */
  subtraction: Subtraction | null
  /** The mean of the mask frames, not shifted; null until it can be made. */
  maskMean: Float32Array | null
  mask: MaskChoice
  window: Window
  /** The window was changed by the reader. */
  windowChosen: boolean
  /** Of the minimum intensity projection; null until it was asked for. */
  range: FrameRange | null
  /** The same, asked for now; null until the frames are there. */
  findRange: () => FrameRange | null
  /** What is to be drawn; undefined as long as it has not arrived. */
  pixels: FramePixels | undefined
}

/** What is drawn of a run: a frame or a projection of frames, native or subtracted, and its window. */
export function useRunImages(
  index: number,
  run: RunManifest,
  media: RunMedia,
  runs: RunsState,
  frame: number,
): RunImages {
  const chosen = runs.choices[index] ?? NOTHING_CHOSEN
  const frames = useMemo(() => allOf(media), [media])
  const subtractable = canSubtract(run)
  const mask = maskInUse(run, runs, index)
  const { mean, subtraction, proposedWindow } = useMask(run, subtractable ? frames : null, mask)
  const rangeWanted = runs.projected || chosen.range !== undefined
  const findRange = useCallback(
    () => chosen.range ?? (frames && proposedRange(run, frames)),
    [chosen.range, run, frames],
  )
  const range = useMemo(() => (rangeWanted ? findRange() : null), [rangeWanted, findRange])
  const projection = useMemo(
    () => (runs.projected && frames && range ? projected(run, frames, range) : undefined),
    [runs.projected, frames, range, run],
  )
  const subtracting = runs.subtracted && subtractable
  const proposed = subtracting ? proposedWindow : windowFromBounds(run.window)
  const chosenWindow = subtracting ? chosen.subtractedWindow : chosen.nativeWindow
  // A native frame for a moment would be a white flash in a dark room.
  const showable = !subtracting || subtraction !== null
  return {
    complete: frames !== null,
    canSubtract: subtractable,
    subtraction: subtracting ? subtraction : null,
    maskMean: mean,
    mask,
    window: chosenWindow ?? proposed,
    windowChosen: chosenWindow !== undefined,
    range,
    findRange,
    pixels: showable ? (projection ?? frameToShow(media.frames, frame)) : undefined,
  }
}

const NOTHING_CHOSEN: RunsState['choices'][number] = {}
const ANY_WINDOW: Window = { centre: 0, width: 1 }

/** All frames; null as long as one has not arrived. */
function allOf({ frames }: RunMedia): readonly FramePixels[] | null {
  return frames.length > 0 && frames.every((pixels) => pixels !== undefined) ? frames : null
}

/** The subtraction of a mask; frames are null where there is none. */
function useMask(run: RunManifest, frames: readonly FramePixels[] | null, mask: MaskChoice) {
  const which = mask.frames.join()
  const prepared = useMemo(
    () => frames && preparedRun(run, frames, which.split(',').map(Number)),
    [run, frames, which],
  )
  const [down, right] = mask.shift
  const subtraction = useMemo(() => {
    if (!prepared) return null
    const { mean, contrast, subtraction } = prepared
    const shift: Shift = [down, right]
    return isShifted(shift)
      ? { ...subtraction, mask: maskOf(mean, run, shift, contrast) }
      : subtraction
  }, [run, prepared, down, right])
  return {
    mean: prepared?.mean ?? null,
    subtraction,
    proposedWindow: prepared?.window ?? ANY_WINDOW,
  }
}

/** The arterial phase or, where contrast is not seen to come and go, the whole run. */
function proposedRange(run: RunManifest, frames: readonly FramePixels[]): FrameRange {
  return remembered(frames, 'arterial phase', '', () => {
    const { reference, pixels } = passage(run, frames)
    const transfer = transferTable(run, contrastIn(run, frames))
    const phase = arterialPhase(arterialCurve(frames, reference, transfer, pixels))
    return phase ?? { first: 0, last: frames.length - 1 }
  })
}

function projected(run: RunManifest, frames: readonly FramePixels[], { first, last }: FrameRange) {
  return remembered(frames, 'projection', `${first}-${last}`, () =>
    mostOpacified(frames.slice(first, last + 1), contrastIn(run, frames)),
  )
}

/** The frame itself or, while it is still on its way, the last one before it that is there. */
function frameToShow(
  frames: readonly (FramePixels | undefined)[],
  frame: number,
): FramePixels | undefined {
  return frames.slice(0, frame + 1).findLast((pixels) => pixels !== undefined)
}
