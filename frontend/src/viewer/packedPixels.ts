/* eslint-disable @typescript-eslint/no-non-null-assertion -- the pixel loops stay within bounds */
/**
 * Images and labels as the server packs them (`reader_study/imaging/packed_pixels.py`): pixels as
 * differences from the pixel above, 32 of them to a block of equally wide numbers; labels as
 * stretches.
 */

export const IMAGES_MAGIC = 'RSP1'
export const LABELS_MAGIC = 'RSL1'
/** The magic word and the place of what follows it. */
export const HEADER_BYTES = 8

const BLOCK = 32
const WIDEST = 16

/** How many blocks an image of so many pixels has. */
export const blocksOf = (pixels: number): number => Math.ceil(pixels / BLOCK)

/** How many words (32 bits) the blocks take; null where no image has such blocks. */
export function wordsOf(widths: Uint8Array, blocks: number): number | null {
  let words = 0
  for (let block = 0; block < blocks; block += 1) {
    const width = widths[block]!
    if (width > WIDEST) return null
    words += width
  }
  return words
}

/** Unpack an image of `columns` pixels a row into `out`, which takes numbers modulo its range. */
export function unpackImage(
  widths: Uint8Array,
  words: Uint32Array,
  columns: number,
  out: Uint8Array | Uint16Array | Int16Array,
): void {
  const { length } = out
  let word = 0
  for (let start = 0, block = 0; start < length; start += BLOCK, block += 1) {
    const width = widths[block]!
    const end = Math.min(length, start + BLOCK)
    if (width === 0) {
      let last = block + 1
      while (last < widths.length && widths[last] === 0) last += 1
      repeatAbove(out, start, Math.min(length, last * BLOCK), columns)
      start = (last - 1) * BLOCK
      block = last - 1
      continue
    }
    unpackBlock(words, word, width, columns, out, start, end)
    word += width
  }
}

/** One block, from the word at `next` on, into the pixels from `start` up to `end`. */
function unpackBlock(
  words: Uint32Array,
  next: number,
  width: number,
  columns: number,
  out: Uint8Array | Uint16Array | Int16Array,
  start: number,
  end: number,
): void {
  const mask = (1 << width) - 1
  const lowest = 1 << (width - 1)
  // What is left of the last word, and how many bits of it.
  let rest = 0
  let left = 0
  for (let pixel = start; pixel < end; pixel += 1) {
    let value: number
    if (left >= width) {
      value = rest & mask
      rest >>>= width
      left -= width
    } else {
      const bits = words[next++]!
      value = (rest | (bits << left)) & mask
      const taken = width - left
      rest = bits >>> taken
      left = 32 - taken
    }
    out[pixel] = (pixel >= columns ? out[pixel - columns]! : 0) + value - lowest
  }
}

/** Pixels that are as those above them; in the first row, 0. */
function repeatAbove(
  out: Uint8Array | Uint16Array | Int16Array,
  start: number,
  end: number,
  columns: number,
): void {
  let from = start
  if (from < columns) {
    out.fill(0, from, Math.min(end, columns))
    from = columns
  }
  // What was repeated is repeated with it: each time twice as many rows.
  for (let count = columns; from < end; from += count, count *= 2) {
    out.copyWithin(from, from - count, Math.min(end, from + count) - count)
  }
}

/** Write stretches of labels into `labels`, which is 0 before; false where one lies outside. */
export function unpackLabels(records: ArrayBuffer, labels: Uint8Array): boolean {
  const view = new DataView(records)
  for (let at = 0; at + 8 <= records.byteLength; at += 8) {
    const start = view.getUint32(at, true)
    const end = start + view.getUint16(at + 4, true)
    if (end > labels.length) return false
    labels.fill(view.getUint16(at + 6, true), start, end)
  }
  return records.byteLength % 8 === 0
}
