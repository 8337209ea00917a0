/** The clock of a cine: which frame is due when. Times are ms from the start of the run. */

/** How long each frame is shown; the last one as long as the one before it. */
export function frameDurations(frameStartsMs: readonly number[]): number[] {
  const gaps = frameStartsMs.slice(1).map((start, i) => start - (frameStartsMs[i] ?? 0))
  return [...gaps, gaps.at(-1) ?? 0]
}

/** Length of one pass through the run. */
export function runLength(frameStartsMs: readonly number[]): number {
  return (frameStartsMs.at(-1) ?? 0) + (frameDurations(frameStartsMs).at(-1) ?? 0)
}

/** The frame on screen `elapsedMs` into an endlessly repeated run. */
export function frameAt(frameStartsMs: readonly number[], elapsedMs: number): number {
  const length = runLength(frameStartsMs)
  const moment = length > 0 ? elapsedMs % length : 0
  const next = frameStartsMs.findIndex((start) => start > moment)
  return next === -1 ? frameStartsMs.length - 1 : Math.max(0, next - 1)
}

/** The frame `steps` further on, round the ends. */
export function stepFrame(frame: number, steps: number, frameCount: number): number {
  return frameCount === 0 ? 0 : (((frame + steps) % frameCount) + frameCount) % frameCount
}

/** "2.25 s" */
export function formatTime(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`
}
