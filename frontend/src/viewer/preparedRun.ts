/** What a run needs before its frames can be shown subtracted, and is best worked out ahead. */
import { contrastOf } from './contrastPassage'
import {
  maskOf,
  meanFrame,
  samplePixels,
  subtractedWindow,
  transferTable,
  type Contrast,
  type Subtraction,
} from './dsa'
import type { RunManifest } from './manifest'
import type { FramePixels } from './mediaPack'
import type { Shift } from './pixelShift'
import { remember, remembered } from './remembered'
import type { Window } from './windowLevel'

export interface PreparedRun {
  /** Of the mask frames, in stored greys. */
  mean: Float32Array
  contrast: Contrast
  /** Of the mask where it was not shifted. */
  subtraction: Subtraction
  /** For subtracted frames. */
  window: Window
}

const NOT_SHIFTED: Shift = [0, 0]
const SAMPLES = 16_000

/** Whether anything is to be subtracted from the run's frames. */
export function canSubtract(run: Pick<RunManifest, 'alreadySubtracted' | 'maskFrames'>): boolean {
  return !run.alreadySubtracted && run.maskFrames.length > 0
}

/** The subtraction of the mean of `maskFrames`; what was worked out of `frames` last is kept. */
export function preparedRun(
  run: RunManifest,
  frames: readonly FramePixels[],
  maskFrames: readonly number[],
): PreparedRun {
  return remembered(frames, 'prepared', maskFrames.join(), () => {
    const masks = maskFrames.flatMap((one) => frames[one] ?? [])
    const mean = meanFrame(masks, run.rows * run.columns)
    const contrast = contrastIn(run, frames)
    const transfer = transferTable(run, contrast)
    const subtraction = { mask: maskOf(mean, run, NOT_SHIFTED, contrast), transfer }
    const window = subtractedWindow(frames, subtraction, run.window[0])
    return { mean, contrast, subtraction, window }
  })
}

/** Keep what was worked out elsewhere of the same frames and the recorded mask. */
export function keepPrepared(
  run: RunManifest,
  frames: readonly FramePixels[],
  prepared: PreparedRun,
): void {
  remember(frames, 'prepared', run.maskFrames.join(), prepared)
  remember(frames, 'contrast', '', prepared.contrast)
}

export function contrastIn(run: RunManifest, frames: readonly FramePixels[]): Contrast {
  return remembered(frames, 'contrast', '', () => {
    const { reference, pixels } = passage(run, frames)
    return contrastOf(frames, reference, transferTable(run), pixels)
  })
}

/** The frames that contrast is told against: the recorded mask, or the beginning. */
export function passage(run: RunManifest, frames: readonly FramePixels[]) {
  const before = run.maskFrames.flatMap((index) => frames[index] ?? [])
  const reference = meanFrame(
    before.length > 0 ? before : frames.slice(0, 1),
    run.rows * run.columns,
  )
  return { reference, pixels: samplePixels(reference, run.window[0], SAMPLES) }
}
