import type { Shift } from '../../viewer/pixelShift'

/** What the keys of the page can ask of a run on screen. */
export interface RunControl {
  slot: number
  /** Of both runs, which play together. */
  toggle: () => void
  pause: () => void
  isPlaying: () => boolean
  step: (steps: number) => void
  shiftMask: (by: Shift) => void
  /** This frame as mask; where it is that already, the recorded mask again. */
  maskHere: () => void
  /** Propose a shift; where one is proposed, accept it. */
  proposeShift: () => void
  /** Reject what is proposed, or go back to the recorded shift. */
  takeShiftBack: () => void
}

/** The player of all runs, as one of them sees it. */
export interface RunPlayer {
  frame: number
  playing: boolean
  toggle: () => void
  pause: () => void
  step: (steps: number) => void
  seek: (frame: number) => void
}
