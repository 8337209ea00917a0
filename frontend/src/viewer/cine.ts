/** The clock of a cine: which frame is due when. Times are ms from the start of the run. */

export const TRUE_SPEED = 1
/** How many times as fast as it was acquired. */
export const SPEEDS: readonly number[] = [0.25, 0.5, TRUE_SPEED, 2, 4]

const FRACTIONS: Readonly<Record<number, string>> = { 0.25: '¼', 0.5: '½' }

/** "½×" */
export function formatSpeed(speed: number): string {
  return `${FRACTIONS[speed] ?? speed}×`
}

/** How long each frame is shown; the last one as long as the one before it. */
export function frameDurations(frameStartsMs: readonly number[]): number[] {
  const gaps = frameStartsMs.slice(1).map((start, i) => start - (frameStartsMs[i] ?? 0))
  return [...gaps, gaps.at(-1) ?? 0]
}

/** Length of one pass through the run. */
export function runLength(frameStartsMs: readonly number[]): number {
  return (frameStartsMs.at(-1) ?? 0) + (frameDurations(frameStartsMs).at(-1) ?? 0)
}

/** The frame on screen at a moment of the run; after its end the last one stays. */
export function frameAt(frameStartsMs: readonly number[], momentMs: number): number {
  const next = frameStartsMs.findIndex((start) => start > momentMs)
  return next === -1 ? Math.max(0, frameStartsMs.length - 1) : Math.max(0, next - 1)
}

export interface Moment {
  ms: number
  /** The run is through and is not to be repeated. */
  ended: boolean
}

/** The moment `elapsedMs` after another one, in a run (or runs together) of a length. */
export function momentAfter(
  ms: number,
  elapsedMs: number,
  lengthMs: number,
  loop: boolean,
): Moment {
  const reached = ms + elapsedMs
  if (reached < lengthMs) return { ms: reached, ended: false }
  return loop && lengthMs > 0
    ? { ms: reached % lengthMs, ended: false }
    : { ms: lengthMs, ended: true }
}

/** The frame `steps` further on, round the ends. */
export function stepFrame(frame: number, steps: number, frameCount: number): number {
  return frameCount === 0 ? 0 : (((frame + steps) % frameCount) + frameCount) % frameCount
}

/** "2.25 s" */
export function formatTime(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`
}
