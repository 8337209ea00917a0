/* eslint-disable @typescript-eslint/no-non-null-assertion -- the loops stay within bounds */
/**
 * When contrast agent passes through a run: how it shows, and the arterial phase.
 *
 * All of it is told from some thousands of pixels spread over the irradiated field (given as
 * indices).
 */
import type { Contrast, Transfer } from './dsa'
import type { FramePixels } from './mediaPack'
import type { FrameRange } from './minip'
import { valueAt } from './orderStatistic'

/** What the pixels gain against `reference`, frame by frame: positive where it is brighter. */
function gains(
  frames: readonly FramePixels[],
  reference: Float32Array,
  transfer: Transfer,
  pixels: Uint32Array,
): Float32Array[] {
  const before = new Float32Array(pixels.length)
  for (let n = 0; n < pixels.length; n += 1) before[n] = transferOf(reference[pixels[n]!]!, transfer)
  return frames.map((frame) => {
    const gained = new Float32Array(pixels.length)
    for (let n = 0; n < pixels.length; n += 1) {
      gained[n] = transfer[frame[pixels[n]!]!]! - before[n]!
    }
    return gained
  })
}

/** The reference may be a mean, which lies between two stored greys. */
function transferOf(stored: number, transfer: Transfer): number {
  const whole = Math.floor(stored)
  const lower = transfer[whole]!
  const upper = transfer[Math.min(transfer.length - 1, whole + 1)]!
  return lower + (upper - lower) * (stored - whole)
}

/** Vessels fill some hundredths of a frame; the tails beyond this share are theirs. */
const VESSEL_SHARE = 0.005
/** Motion and noise darken as much as they brighten: contrast has to be plainly on one side. */
const PLAINLY = 1.5

/** Whether contrast agent darkens (as iodine does) or brightens, by the larger of the two tails. */
export function contrastOf(
  frames: readonly FramePixels[],
  reference: Float32Array,
  transfer: Transfer,
  pixels: Uint32Array,
): Contrast {
  let darkest = 0
  let brightest = 0
  for (const gained of gains(frames, reference, transfer, pixels)) {
    const { length } = gained
    if (length === 0) break
    const tail = Math.floor(length * VESSEL_SHARE)
    darkest = Math.max(darkest, -valueAt(gained, tail))
    brightest = Math.max(brightest, valueAt(gained, length - 1 - tail))
  }
  return brightest > darkest * PLAINLY ? 'bright' : 'dark'
}

/** Vessels become at least half as dense as the densest ones. */
const DENSE = 0.5
/** Share of the vessels that are taken for arteries: the first to fill. */
const ARTERIES = 0.25

/**
 * How dense the arteries are, frame by frame (the time-density curve).
 *
 * Vessels are the pixels that become dense; arteries are those of them that reach half of their own
 * densest first.
 */
export function arterialCurve(
  frames: readonly FramePixels[],
  reference: Float32Array,
  transfer: Transfer,
  pixels: Uint32Array,
): number[] {
  const densities = gains(frames, reference, transfer, pixels)
  const densest = Float32Array.from(pixels, (_, n) =>
    densities.reduce((most, density) => Math.max(most, -density[n]!), 0),
  )
  const sorted = densest.slice().sort()
  const least = DENSE * (sorted[Math.floor(sorted.length * (1 - VESSEL_SHARE))] ?? 0)
  const vessels = [...pixels.keys()].filter((n) => densest[n]! >= least && densest[n]! > 0)
  const arrival = (n: number) => densities.findIndex((density) => -density[n]! >= densest[n]! / 2)
  const arrivals = new Map(vessels.map((n) => [n, arrival(n)]))
  const inOrder = [...arrivals.values()].sort((a, b) => a - b)
  const early = inOrder[Math.floor(inOrder.length * ARTERIES)] ?? 0
  const arteries = vessels.filter((n) => arrivals.get(n)! <= early)
  return densities.map(
    (density) => arteries.reduce((sum, n) => sum - density[n]!, 0) / Math.max(1, arteries.length),
  )
}

const ONSET = 0.1
const WASHED_OUT = 0.5

/**
 * The arterial phase of a time-density curve: from onset to when the arteries have emptied by half.
 *
 * Onset is where the curve has risen by a tenth of its whole rise, as circulation times on DSA are
 * measured (AJNR 2004;25:775); half of the peak is where the width of a bolus is measured. Branches
 * fill after the trunks and are complete by then, and veins are hardly seen.
 *
 * Null for a curve that does not rise.
 */
export function arterialPhase(curve: readonly number[]): FrameRange | null {
  const top = curve.indexOf(Math.max(...curve))
  const base = Math.min(...curve.slice(0, top + 1))
  const rise = (curve[top] ?? 0) - base
  if (!(rise > 0)) return null
  const before = curve.slice(0, top).findLastIndex((density) => density < base + rise * ONSET)
  const after = curve.slice(top).findIndex((density) => density < base + rise * WASHED_OUT)
  return { first: before + 1, last: after === -1 ? curve.length - 1 : top + after - 1 }
}
