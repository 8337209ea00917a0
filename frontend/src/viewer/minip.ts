/* eslint-disable @typescript-eslint/no-non-null-assertion -- the loops stay within bounds */
/**
 * The minimum intensity projection of a run: every vessel that was filled at any moment of a range
 * of frames, in one picture.
 *
 * It is made of stored greys, once for all windows, masks and shifts: what is taken from a frame
 * before display is the same for all frames and keeps the order of greys, so that the darkest
 * difference is the difference of the darkest grey.
 */
import type { Contrast } from './dsa'
import type { FramePixels } from './mediaPack'

/** Frames of a run, 0-based, both ends included. */
export interface FrameRange {
  first: number
  last: number
}

/** At each pixel the grey with the most contrast agent: the darkest, or the brightest. */
export function mostOpacified(frames: readonly FramePixels[], contrast: Contrast): FramePixels {
  const [start, ...others] = frames
  if (!start) throw new Error('a projection needs a frame')
  const out = start.slice()
  for (const frame of others) {
    if (contrast === 'dark') {
      for (let i = 0; i < out.length; i += 1) if (frame[i]! < out[i]!) out[i] = frame[i]!
    } else {
      for (let i = 0; i < out.length; i += 1) if (frame[i]! > out[i]!) out[i] = frame[i]!
    }
  }
  return out
}

/** The range that begins (or ends) at `frame`; its other end gives way. */
export function withEnd(range: FrameRange, end: 'first' | 'last', frame: number): FrameRange {
  return end === 'first'
    ? { first: frame, last: Math.max(frame, range.last) }
    : { first: Math.min(frame, range.first), last: frame }
}
