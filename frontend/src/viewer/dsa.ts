/* eslint-disable @typescript-eslint/no-non-null-assertion -- the pixel loops stay within bounds */
/**
 * Digital subtraction angiography: what a frame shows natively, and what contrast adds to the mask.
 *
 * X-ray intensity falls exponentially with the material passed, so linear frames are turned to
 * logarithms before the mask is subtracted; frames that are logarithmic already are not.
 */
import type { RunManifest } from './manifest'
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

type MaskRun = Pick<RunManifest, 'rows' | 'columns' | 'logarithmic' | 'maskShift'>

/** The mean of the mask frames, shifted as the run asks, in the units of {@link transferTable}. */
export function maskImage(frames: readonly FramePixels[], run: MaskRun): Float32Array {
  const mean = new Float32Array(run.rows * run.columns)
  for (const frame of frames) {
    for (let i = 0; i < mean.length; i += 1) mean[i]! += frame[i]! / frames.length
  }
  return shifted(mean, run).map((stored) => transferred(stored, run.logarithmic))
}

/** `image` moved by the run's mask shift, interpolated linearly, its border pixels repeated. */
function shifted(image: Float32Array, { rows, columns, maskShift }: MaskRun): Float32Array {
  const [down, right] = maskShift
  if (down === 0 && right === 0) return image
  const out = new Float32Array(image.length)
  for (let row = 0; row < rows; row += 1) {
    const above = neighbours(row - down, rows)
    for (let column = 0; column < columns; column += 1) {
      const left = neighbours(column - right, columns)
      const upper = mix(image, above.first * columns, left)
      const lower = mix(image, above.second * columns, left)
      out[row * columns + column] = upper + (lower - upper) * above.share
    }
  }
  return out
}

interface Neighbours {
  first: number
  second: number
  /** How much of the second. */
  share: number
}

function neighbours(position: number, count: number): Neighbours {
  const inside = Math.min(count - 1, Math.max(0, position))
  const first = Math.floor(inside)
  return { first, second: Math.min(count - 1, first + 1), share: inside - first }
}

function mix(image: Float32Array, rowStart: number, { first, second, share }: Neighbours): number {
  return image[rowStart + first]! * (1 - share) + image[rowStart + second]! * share
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
  const words = new Uint32Array(frame.BYTES_PER_ELEMENT === 1 ? 256 : 65536)
  for (let stored = 0; stored < words.length; stored += 1) {
    words[stored] = opaqueGrey(greyLevel(stored, low, window.width) ^ flip)
  }
  for (let i = 0; i < frame.length; i += 1) out[i] = words[frame[i]!]!
}

function opaqueGrey(grey: number): number {
  return (0xff000000 | (grey << 16) | (grey << 8) | grey) >>> 0
}

const SAMPLES_PER_FRAME = 20_000
/** Brings unchanged tissue to 60 % grey. */
const BRIGHT_SIDE = 2 / 3

/**
 * A window for subtracted frames: the densest contrast black, tissue that does not change a grey
 * that leaves a dark room dark.
 *
 * The bounds are the 0.2nd percentile of sampled differences (at least a little below zero, for
 * frames without contrast) and {@link BRIGHT_SIDE} of it to the bright side.
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
  return windowFromBounds([darkest, -darkest * BRIGHT_SIDE])
}
