/* eslint-disable @typescript-eslint/no-non-null-assertion -- the loops stay within bounds */
/** Moving an image by parts of a pixel. */

/** In pixels. */
export type Shift = readonly [down: number, right: number]

/** `image` moved by `shift`, interpolated linearly, its border pixels repeated. */
export function moved(
  image: Float32Array,
  rows: number,
  columns: number,
  [down, right]: Shift,
): Float32Array {
  if (down === 0 && right === 0) return image
  const out = new Float32Array(image.length)
  const across = Array.from({ length: columns }, (_, column) => neighbours(column - right, columns))
  const firsts = Uint32Array.from(across, ({ first }) => first)
  const seconds = Uint32Array.from(across, ({ second }) => second)
  const shares = Float64Array.from(across, ({ share }) => share)
  for (let row = 0; row < rows; row += 1) {
    const along = neighbours(row - down, rows)
    const upperRow = along.first * columns
    const lowerRow = along.second * columns
    for (let column = 0; column < columns; column += 1) {
      const first = firsts[column]!
      const second = seconds[column]!
      const share = shares[column]!
      const upper = image[upperRow + first]! * (1 - share) + image[upperRow + second]! * share
      const lower = image[lowerRow + first]! * (1 - share) + image[lowerRow + second]! * share
      out[row * columns + column] = upper + (lower - upper) * along.share
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
