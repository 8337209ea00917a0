/** What is subtracted from the frames of a run, as recorded or as the reader chose. */
import type { RunManifest } from '../../viewer/manifest'
import type { Shift } from '../../viewer/pixelShift'
import type { RunsState } from './runsState'

export interface MaskChoice {
  /** 0-based; their mean is the mask. */
  frames: readonly number[]
  shift: Shift
  /** The shift was proposed by the page and accepted. */
  proposed: boolean
}

type MaskedRun = Pick<RunManifest, 'maskFrames' | 'maskShift'>

export function recordedMask({ maskFrames, maskShift }: MaskedRun): MaskChoice {
  return { frames: maskFrames, shift: maskShift, proposed: false }
}

/** The mask on screen, with the shift that is proposed at the moment. */
export function maskInUse(
  run: MaskedRun,
  { choices, proposal }: Pick<RunsState, 'choices' | 'proposal'>,
  index: number,
): MaskChoice {
  const mask = choices[index]?.mask ?? recordedMask(run)
  return proposal?.run === index && proposal.shift ? { ...mask, shift: proposal.shift } : mask
}

/** `frame` alone as the mask; undefined, for the recorded mask, where it is the mask already. */
export function withMaskAt(
  run: MaskedRun,
  { frames }: MaskChoice,
  frame: number,
): MaskChoice | undefined {
  if (isOnly(frames, frame) || isOnly(run.maskFrames, frame)) return undefined
  // The shift was for another moment.
  return { frames: [frame], shift: [0, 0], proposed: false }
}

function isOnly(frames: readonly number[], frame: number): boolean {
  return frames.length === 1 && frames[0] === frame
}

/** `frame` taken into the mean of the mask frames, or out of it. */
export function withMaskFrame(mask: MaskChoice, frame: number): MaskChoice | undefined {
  const others = mask.frames.filter((one) => one !== frame)
  const frames =
    others.length === mask.frames.length ? [...others, frame].sort((a, b) => a - b) : others
  return frames.length === 0 ? undefined : { ...mask, frames }
}

/** The mask as it was before it was shifted by hand or by a proposal. */
export function withoutShift(run: MaskedRun, mask: MaskChoice): MaskChoice | undefined {
  const recorded = mask.frames.join() === run.maskFrames.join()
  return recorded ? undefined : { ...mask, shift: [0, 0], proposed: false }
}

/** "Mask: frames 1–3, ↓ 0.5 → 1.0 px" */
export function maskInWords({ frames, shift }: MaskChoice): string {
  const which = `frame${frames.length === 1 ? '' : 's'} ${framesInWords(frames)}`
  return isShifted(shift) ? `Mask: ${which}, ${shiftInWords(shift)}` : `Mask: ${which}`
}

/** Counted from 1: "1–3, 7" */
function framesInWords(frames: readonly number[]): string {
  const stretches: [first: number, last: number][] = []
  for (const frame of frames) {
    const stretch = stretches.at(-1)
    if (stretch && stretch[1] + 1 === frame) stretch[1] = frame
    else stretches.push([frame, frame])
  }
  return stretches
    .map(([first, last]) => (first === last ? `${first + 1}` : `${first + 1}–${last + 1}`))
    .join(', ')
}

export function isShifted([down, right]: Shift): boolean {
  return down !== 0 || right !== 0
}

/** "↓ 0.5 → 1.0 px" */
export function shiftInWords([down, right]: Shift): string {
  const parts = [
    down === 0 ? '' : `${down > 0 ? '↓' : '↑'} ${Math.abs(down).toFixed(1)}`,
    right === 0 ? '' : `${right > 0 ? '→' : '←'} ${Math.abs(right).toFixed(1)}`,
  ]
  return isShifted([down, right]) ? `${parts.filter(Boolean).join(' ')} px` : 'no shift'
}
