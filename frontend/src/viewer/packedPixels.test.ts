import { describe, expect, it } from 'vitest'
import { blocksOf, unpackImage, unpackLabels, wordsOf } from './packedPixels'
import { packImages, packLabels, randomNumbers } from './testing'

/** Unpack one image that {@link packImages} packed, without the stream around it. */
function unpacked<T extends Uint8Array | Uint16Array | Int16Array>(
  file: Uint8Array<ArrayBuffer>,
  columns: number,
  out: T,
): T {
  const blocks = blocksOf(out.length)
  const widths = file.subarray(8, 8 + blocks)
  const words = new Uint32Array(file.slice(8 + Math.ceil(blocks / 4) * 4).buffer)
  expect(wordsOf(widths, blocks)).toBe(words.length)
  unpackImage(widths, words, columns, out)
  return out
}

describe('packed pixels', () => {
  const shapes = [
    [1, 1],
    [7, 5],
    [3, 64],
    [40, 3],
    [31, 47],
  ] as const

  it.each(shapes)('of %d × %d noise come out as they went in', (rows, columns) => {
    const random = randomNumbers(rows * columns)
    for (const spread of [0, 1, 2, 30, 255]) {
      const pixels = Uint8Array.from({ length: rows * columns }, () => random() * (spread + 1))
      expect(unpacked(packImages([pixels], columns), columns, pixels.map(() => 99))).toEqual(pixels)
    }
    for (const spread of [1, 900, 65536]) {
      const length = rows * columns
      const signed = Int16Array.from({ length }, () => Math.floor((random() - 0.5) * spread))
      expect(unpacked(packImages([signed], columns), columns, new Int16Array(length))).toEqual(signed)
      const bare = Uint16Array.from(signed)
      expect(unpacked(packImages([bare], columns), columns, new Uint16Array(length))).toEqual(bare)
    }
  })

  it('that jump from one end of their range to the other come out, too', () => {
    const ends = Int16Array.of(-32768, 32767, 32767, -32768, -32768, 0)
    expect(unpacked(packImages([ends], 2), 2, new Int16Array(6))).toEqual(ends)
  })

  it('are not taken for an image where a block is too wide to be one', () => {
    expect(wordsOf(Uint8Array.of(16, 17), 2)).toBeNull()
  })
})

describe('stretches of labels', () => {
  const records = packLabels([
    [1, 2, 4],
    [5, 1, 9],
  ]).buffer.slice(8)

  it('are written where they lie', () => {
    const labels = new Uint8Array(6)
    expect(unpackLabels(records, labels)).toBe(true)
    expect([...labels]).toEqual([0, 4, 4, 0, 0, 9])
  })

  it('are refused where they reach too far or are cut', () => {
    expect(unpackLabels(records, new Uint8Array(5))).toBe(false)
    expect(unpackLabels(records.slice(0, 12), new Uint8Array(6))).toBe(false)
  })
})
