/* eslint-disable @typescript-eslint/no-non-null-assertion -- the walk stays within bounds */
/**
 * The value that would stand at `place` if `values` were sorted (Hoare's selection; CACM 1961, 4,
 * 321). It leaves them in another order.
 */
export function valueAt(values: Float32Array, place: number): number {
  let low = 0
  let high = values.length - 1
  while (low < high) {
    const [left, right] = partition(values, low, high, values[place]!)
    if (right < place) low = left
    if (left > place) high = right
  }
  return values[place]!
}

/** Smaller values come before `left`, larger ones after `right`. */
function partition(
  values: Float32Array,
  low: number,
  high: number,
  middle: number,
): [left: number, right: number] {
  let left = low
  let right = high
  do {
    while (values[left]! < middle) left += 1
    while (values[right]! > middle) right -= 1
    if (left <= right) {
      const swapped = values[left]!
      values[left] = values[right]!
      values[right] = swapped
      left += 1
      right -= 1
    }
  } while (left <= right)
  return [left, right]
}
