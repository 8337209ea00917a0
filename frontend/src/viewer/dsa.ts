/* eslint-disable @typescript-eslint/no-non-null-assertion -- the pixel loops stay within bounds */
/**
 * Digital subtraction angiography: what a frame shows natively, and what contrast adds to the mask.
 *
 * X-ray intensity falls exponentially with the material passed, so linear frames are turned to
 * logarithms before the mask is subtracted; frames that are logarithmic already are not.
 */
import type { RunManifest } from './manifest'
import type { FramePixels } from './mediaPack'
import { valueAt } from './orderStatistic'
import { moved, type Shift } from './pixelShift'
import { greyLevel, windowBounds, windowFromBounds, type Window } from './windowLevel'

/** Keeps thousandths of a neper as the unit, so that windows are handy numbers. */
const LOG_SCALE = 1000

/**
 * How contrast agent shows in the stored greys: darker than what is behind it, as iodine does, or
 * brighter (carbon dioxide; greys stored upside down). Differences are taken so that it is dark.
 */
export type Contrast = 'dark' | 'bright'

const SIGN: Record<Contrast, 1 | -1> = { dark: 1, bright: -1 }

/** Value of each stored grey before subtraction. */
export type Transfer = Float32Array

export function transferTable(
  run: Pick<RunManifest, 'bits' | 'logarithmic'>,
  contrast: Contrast = 'dark',
): Transfer {
  const sign = SIGN[contrast]
  const table = new Float32Array(1 << run.bits)
  for (let stored = 0; stored < table.length; stored += 1) {
    table[stored] = sign * transferred(stored, run.logarithmic)
  }
  return table
}

function transferred(stored: number, logarithmic: boolean): number {
  return logarithmic ? stored : LOG_SCALE * Math.log(stored + 1)
}

const WHOLE_GREYS = 65536

type MaskRun = Pick<RunManifest, 'rows' | 'columns' | 'logarithmic'>

/** The mean of frames, in stored greys. */
export function meanFrame(frames: readonly FramePixels[], pixels: number): Float32Array {
  const [only] = frames
  if (only && frames.length === 1) return new Float32Array(only)
  const mean = new Float32Array(pixels)
  for (const frame of frames) {
    for (let i = 0; i < pixels; i += 1) mean[i]! += frame[i]! / frames.length
  }
  return mean
}

/** A mask of mean greys, moved by `shift`, in the units of {@link transferTable}. */
export function maskOf(
  mean: Float32Array,
  { rows, columns, logarithmic }: MaskRun,
  shift: Shift,
  contrast: Contrast = 'dark',
): Float32Array {
  const sign = SIGN[contrast]
  const at = moved(mean, rows, columns, shift)
  const out = new Float32Array(at.length)
  // A mask of one frame holds a few thousand greys a million times.
  const known = new Float32Array(WHOLE_GREYS)
  for (let i = 0; i < at.length; i += 1) {
    const stored = at[i]!
    if (stored < WHOLE_GREYS && stored === Math.floor(stored)) {
      out[i] = known[stored] ||= sign * transferred(stored, logarithmic)
    } else out[i] = sign * transferred(stored, logarithmic)
  }
  return out
}

/** The mean of the mask frames, shifted as the run asks, in the units of {@link transferTable}. */
export function maskImage(
  frames: readonly FramePixels[],
  run: MaskRun & Pick<RunManifest, 'maskShift'>,
): Float32Array {
  return maskOf(meanFrame(frames, run.rows * run.columns), run, run.maskShift)
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
  const words = wordsOf(frame.BYTES_PER_ELEMENT === 1 ? 256 : 65536, low, window.width, flip)
  for (let i = 0; i < frame.length; i += 1) out[i] = words[frame[i]!]!
}

let lastWords: { key: string; words: Uint32Array } | null = null

/** What each stored grey is drawn as; the table of the last window is kept for the next frame. */
function wordsOf(length: number, low: number, width: number, flip: number): Uint32Array {
  const key = [length, low, width, flip].join()
  if (lastWords?.key === key) return lastWords.words
  const words = new Uint32Array(length)
  for (let stored = 0; stored < length; stored += 1) {
    words[stored] = opaqueGrey(greyLevel(stored, low, width) ^ flip)
  }
  lastWords = { key, words }
  return words
}

function opaqueGrey(grey: number): number {
  return (0xff000000 | (grey << 16) | (grey << 8) | grey) >>> 0
}

const SAMPLES = 200_000
/** Brings unchanged tissue to 60 % grey. */
const BRIGHT_SIDE = 2 / 3

/**
 * A window for subtracted frames: the densest contrast black, tissue that does not change a grey
 * that leaves a dark room dark.
 *
 * The bounds are the 0.2nd percentile of sampled differences (at least a little below zero, for
 * frames without contrast) and {@link BRIGHT_SIDE} of it to the bright side.
 *
 * @param darkestLit What is darker in the first frame lies behind the collimator, where logarithms
 *   of next to nothing differ widely.
 */
export function subtractedWindow(
  frames: readonly FramePixels[],
  { mask, transfer }: Subtraction,
  darkestLit = -1,
): Window {
  const [first] = frames
  const pixels = first ? samplePixels(first, darkestLit, SAMPLES / frames.length) : []
  const differences = new Float32Array(pixels.length * frames.length)
  frames.forEach((frame, f) => {
    for (let n = 0; n < pixels.length; n += 1) {
      const i = pixels[n]!
      differences[f * pixels.length + n] = transfer[frame[i]!]! - mask[i]!
    }
  })
  const { length } = differences
  const darkest = Math.min(length > 0 ? valueAt(differences, Math.floor(length * 0.002)) : 0, -1)
  return windowFromBounds([darkest, -darkest * BRIGHT_SIDE])
}

/** Pixels (indices) spread over the image, those behind the collimator left out. */
export function samplePixels(
  image: ArrayLike<number>,
  darkestLit: number,
  count: number,
): Uint32Array {
  // An odd stride walks through all columns of an image whose width is a power of two.
  const stride = Math.max(1, Math.floor(image.length / count)) | 1
  const pixels = new Uint32Array(Math.ceil(image.length / stride))
  let found = 0
  for (let i = 0; i < image.length; i += stride) {
    if (image[i]! > darkestLit) pixels[found++] = i
  }
  return pixels.subarray(0, found)
}
