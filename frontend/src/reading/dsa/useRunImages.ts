import { useMemo, useState } from 'react'
import type { RunManifest } from '../../viewer/manifest'
import type { RunMedia } from '../../viewer/caseMedia'
import { maskImage, subtractedWindow, transferTable, type Subtraction } from '../../viewer/dsa'
import type { FramePixels } from '../../viewer/mediaPack'
import { windowFromBounds, type Window } from '../../viewer/windowLevel'

export interface RunImages {
  complete: boolean
  /** False while the subtraction asked for is still waiting for frames. */
  showable: boolean
  canSubtract: boolean
  /** What to subtract now; null shows frames as they were taken. */
  subtraction: Subtraction | null
  window: Window
  setWindow: (window: Window) => void
}

/** A run's mask and its two windows, native and subtracted, which are remembered apart. */
export function useRunImages(run: RunManifest, media: RunMedia, subtracted: boolean): RunImages {
  const complete = media.loaded === run.frames.length
  const canSubtract = !run.alreadySubtracted && run.maskFrames.length > 0
  const prepared = useMemo(
    () => (complete && canSubtract ? prepareSubtraction(run, media.frames) : null),
    [complete, canSubtract, run, media.frames],
  )
  const [nativeWindow, setNativeWindow] = useState(() => windowFromBounds(run.window))
  const [chosenWindow, setChosenWindow] = useState<Window | null>(null)
  if (prepared && subtracted) {
    return {
      complete,
      showable: true,
      canSubtract,
      subtraction: prepared.subtraction,
      window: chosenWindow ?? prepared.window,
      setWindow: setChosenWindow,
    }
  }
  return {
    complete,
    // A native frame for a moment would be a white flash in a dark room.
    showable: !(subtracted && canSubtract),
    canSubtract,
    subtraction: null,
    window: nativeWindow,
    setWindow: setNativeWindow,
  }
}

function prepareSubtraction(run: RunManifest, loaded: readonly (FramePixels | undefined)[]) {
  const frames = loaded.filter((frame) => frame !== undefined)
  const masks = run.maskFrames.flatMap((index) => loaded[index] ?? [])
  const subtraction = {
    mask: maskImage(masks, run),
    transfer: transferTable(run),
  }
  return { subtraction, window: subtractedWindow(frames, subtraction) }
}

/** The frame itself or, while it is still on its way, the last one before it that is there. */
export function frameToShow(
  frames: readonly (FramePixels | undefined)[],
  frame: number,
): FramePixels | undefined {
  return frames.slice(0, frame + 1).findLast((pixels) => pixels !== undefined)
}
