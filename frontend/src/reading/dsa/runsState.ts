/** Which angiography runs are shown, and how. */
import { SPEEDS, TRUE_SPEED } from '../../viewer/cine'
import { FITTED, zoomedBy, type ImageZoom } from '../../viewer/fit'
import type { RunManifest } from '../../viewer/manifest'
import type { FrameRange } from '../../viewer/minip'
import type { Shift } from '../../viewer/pixelShift'
import type { Window } from '../../viewer/windowLevel'
import { maskInUse, type MaskChoice } from './maskChoice'
import type { Shape, ViewEvent, ViewState } from '../viewState'

/** What a reader changed on one run; what is missing is as recorded or as proposed. */
export interface RunChoices {
  mask?: MaskChoice
  nativeWindow?: Window
  subtractedWindow?: Window
  range?: FrameRange
}

/** A shift of the mask that is shown for the reader to accept or reject. */
export interface ShiftProposal {
  run: number
  /** Null where no better shift was found. */
  shift: Shift | null
}

export interface RunsState {
  /** Runs on screen, by index. */
  shown: readonly number[]
  subtracted: boolean
  inverted: boolean
  /** The minimum intensity projection of a range of frames instead of a frame. */
  projected: boolean
  /** Of both runs: the planes of a biplane pair are looked at together. */
  zoom: ImageZoom
  speed: number
  loop: boolean
  maskTools: boolean
  proposal: ShiftProposal | null
  /** By run. */
  choices: Readonly<Record<number, RunChoices>>
}

export type RunsEvent =
  | { type: 'run chosen'; slot: number; run: number }
  | { type: 'next run asked for' }
  | { type: 'subtraction toggled' }
  | { type: 'inversion toggled' }
  | { type: 'projection toggled' }
  | { type: 'frames moved on' }
  | { type: 'runs zoomed'; zoom: ImageZoom }
  | { type: 'speed stepped'; steps: number }
  | { type: 'speed set'; speed: number }
  | { type: 'loop toggled' }
  | { type: 'mask tools toggled' }
  /** Undefined goes back to the mask that was recorded. */
  | { type: 'mask set'; run: number; mask: MaskChoice | undefined }
  | { type: 'mask shifted'; run: number; by: Shift }
  | { type: 'mask shift proposed'; proposal: ShiftProposal }
  | { type: 'proposal rejected' }
  /** Undefined goes back to what the page proposes. */
  | { type: 'run window set'; run: number; subtracted: boolean; window: Window | undefined }
  | { type: 'range set'; run: number; range: FrameRange | undefined }

export function initialRuns({ runs }: Shape): RunsState {
  return {
    shown: shownFirst(runs),
    subtracted: true,
    inverted: false,
    projected: false,
    zoom: FITTED,
    speed: TRUE_SPEED,
    loop: true,
    maskTools: false,
    proposal: null,
    choices: {},
  }
}

export function nextRuns(shape: Shape, view: ViewState, event: ViewEvent): RunsState {
  const { runs, sideInUse } = view
  switch (event.type) {
    case 'run chosen':
      return { ...runs, shown: placed(runs.shown, event.slot, event.run), proposal: null }
    case 'next run asked for':
      return { ...runs, shown: nextShown(shape.runs, runs.shown, view.right.inUse), proposal: null }
    case 'subtraction toggled':
      return { ...runs, subtracted: !runs.subtracted }
    case 'inversion toggled':
      return { ...runs, inverted: !runs.inverted }
    case 'projection toggled':
      return { ...runs, projected: !runs.projected }
    case 'frames moved on':
      return runs.projected ? { ...runs, projected: false } : runs
    case 'runs zoomed':
      return { ...runs, zoom: event.zoom }
    case 'zoom stepped':
      return sideInUse === 'right' ? { ...runs, zoom: zoomedBy(runs.zoom, event.steps) } : runs
    case 'fitted':
      return sideInUse === 'right' ? { ...runs, zoom: FITTED } : runs
    case 'speed stepped':
      return { ...runs, speed: speedAfter(runs.speed, event.steps) }
    case 'speed set':
      return { ...runs, speed: event.speed }
    case 'loop toggled':
      return { ...runs, loop: !runs.loop }
    case 'mask tools toggled':
      return { ...runs, maskTools: !runs.maskTools }
    case 'mask set':
      return withMask(runs, event.run, event.mask)
    case 'mask shifted': {
      const run = shape.runs[event.run]
      if (!run) return runs
      const { frames, shift } = maskInUse(run, runs, event.run)
      const [down, right] = event.by
      const next: Shift = [shift[0] + down, shift[1] + right]
      return withMask(runs, event.run, { frames, shift: next, proposed: false })
    }
    case 'mask shift proposed':
      return { ...runs, subtracted: true, proposal: event.proposal }
    case 'proposal rejected':
      return { ...runs, proposal: null }
    case 'run window set': {
      const { run, subtracted, window } = event
      const change = subtracted ? { subtractedWindow: window } : { nativeWindow: window }
      return { ...runs, choices: changed(runs.choices, run, change) }
    }
    case 'range set':
      return { ...runs, choices: changed(runs.choices, event.run, { range: event.range }) }
    case 'reset':
      return { ...initialRuns(shape), shown: runs.shown }
    default:
      return runs
  }
}

function withMask(runs: RunsState, run: number, mask: MaskChoice | undefined): RunsState {
  const choices = changed(runs.choices, run, { mask })
  // A mask is changed to be seen.
  return { ...runs, subtracted: true, proposal: null, choices }
}

/** A change to undefined takes the choice back. */
function changed(choices: RunsState['choices'], run: number, change: RunChoices) {
  return { ...choices, [run]: { ...choices[run], ...change } }
}

function speedAfter(speed: number, steps: number): number {
  const index = SPEEDS.indexOf(speed) + steps
  return SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, index))] ?? TRUE_SPEED
}

/** The first run, and with it its partner of a biplane system or else the second run. */
function shownFirst(runs: readonly RunManifest[]): number[] {
  const partner = partnerOf(runs, 0)
  if (partner !== null) return [0, partner]
  return runs.map((_, run) => run).slice(0, 2)
}

function partnerOf(runs: readonly RunManifest[], run: number): number | null {
  return runs[run]?.partner ?? null
}

/** A run that is on screen already changes places. */
function placed(shown: readonly number[], slot: number, run: number): number[] {
  const other = shown.indexOf(run)
  const there = shown[slot]
  const moved = other === -1 || there === undefined ? shown : shown.with(other, there)
  return moved.with(slot, run)
}

/**
 * The next run that is not on screen, in the place in use; with its biplane partner in the other
 * place, the earlier of the two to the left.
 */
function nextShown(
  runs: readonly RunManifest[],
  shown: readonly number[],
  slot: number,
): readonly number[] {
  const from = shown[slot]
  if (from === undefined) return shown
  const order = runs.map((_, step) => (from + 1 + step) % runs.length)
  const next = order.find((run) => !shown.includes(run))
  if (next === undefined) return shown
  const partner = partnerOf(runs, next)
  return partner === null ? shown.with(slot, next) : [next, partner].sort((a, b) => a - b)
}
