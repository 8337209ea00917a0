/* eslint-disable @typescript-eslint/no-non-null-assertion -- the pixel loops stay within bounds */
/**
 * Digital subtraction angiography: what a frame shows natively, and what contrast adds to the mask.
 *
 * X-ray intensity falls exponentially with the material passed, so linear frames are turned to
 * logarithms before the mask is subtracted; frames that are logarithmic already are not.
 */
import type { RunManifest } from '../api/types'
import type { FramePixels } from './mediaPack'
import { greyLevel, windowBounds, windowFromBounds, type Window } from './windowLevel'

/** Keeps thousandths of a neper as the unit, so that windows are handy numbers. */
const LOG_SCALE = 1000

/** Value of each stored grey before subtraction. */
export type Transfer = Float32Array

export function transferTable(run: Pick<RunManifest, 'bits' | 'logarithmic'>): Transfer {
  return Float32Array.from({ length: 1 << run.bits }, (_, stored) =>
    transferred(stored, run.logarithmic),
  )
}

function transferred(stored: number, logarithmic: boolean): number {
  return logarithmic ? stored : LOG_SCALE * Math.log(stored + 1)
}

/** The mean of the mask frames, in the units of {@link transferTable}. */
export function maskImage(frames: readonly FramePixels[], logarithmic: boolean): Float32Array {
  const mask = new Float32Array(frames[0]?.length ?? 0)
  for (const frame of frames) {
    for (let i = 0; i < mask.length; i += 1) mask[i]! += frame[i]!
  }
  for (let i = 0; i < mask.length; i += 1) {
    mask[i] = transferred(mask[i]! / frames.length, logarithmic)
  }
  return mask
}

/** What to take from a frame before it is shown. */
export interface Subtraction {
  mask: Float32Array
  transfer: Transfer
}

export interface FrameDisplay {
  window: Window
  /** Vessels white on dark instead of dark on grey. */
  inverted: boolean
}

/** Draw a frame into `out` (RGBA bytes as little-endian words), subtracted where asked. */
export function drawFrame(
  frame: FramePixels,
  subtraction: Subtraction | null,
  { window, inverted }: FrameDisplay,
  out: Uint32Array,
): void {
  const [low] = windowBounds(window)
  const flip = inverted ? 255 : 0
  if (subtraction) {
    const { mask, transfer } = subtraction
    for (let i = 0; i < frame.length; i += 1) {
      out[i] = opaqueGrey(greyLevel(transfer[frame[i]!]! - mask[i]!, low, window.width) ^ flip)
    }
    return
  }
  const words = Uint32Array.from(
    { length: frame.BYTES_PER_ELEMENT === 1 ? 256 : 65536 },
    (_, stored) => opaqueGrey(greyLevel(stored, low, window.width) ^ flip),
  )
  for (let i = 0; i < frame.length; i += 1) out[i] = words[frame[i]!]!
}

function opaqueGrey(grey: number): number {
  return (0xff000000 | (grey << 16) | (grey << 8) | grey) >>> 0
}

const SAMPLES_PER_FRAME = 20_000

/**
 * A window for subtracted frames: the densest contrast black, tissue that does not change light
 * grey.
 *
 * The bounds are the 0.2nd percentile of sampled differences (at least a little below zero, for
 * frames without contrast) and a quarter of it to the bright side.
 */
export function subtractedWindow(frames: readonly FramePixels[], subtraction: Subtraction): Window {
  const { mask, transfer } = subtraction
  const sampled: number[] = []
  for (const frame of frames) {
    const stride = Math.max(1, Math.floor(frame.length / SAMPLES_PER_FRAME))
    for (let i = 0; i < frame.length; i += stride) sampled.push(transfer[frame[i]!]! - mask[i]!)
  }
  const differences = Float32Array.from(sampled).sort()
  const darkest = Math.min(differences[Math.floor(differences.length * 0.002)] ?? 0, -1)
  return windowFromBounds([darkest, -darkest / 4])
}
