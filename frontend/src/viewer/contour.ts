/* eslint-disable @typescript-eslint/no-non-null-assertion -- the pixel loops stay within bounds */
/** Outlines of the arteries on a slice, as lines between pixels: sharp at any zoom. */

/**
 * SVG path data of the outline of each label; pixel (c, r) covers c to c + 1 and r to r + 1.
 *
 * Where two arteries touch, both have the line between them.
 */
export function outlines(
  labels: Uint8Array,
  columns: number,
  rows: number,
): ReadonlyMap<number, string> {
  const paths = new Map<number, string>()
  const draw = (label: number, line: string) => {
    if (label !== 0) paths.set(label, (paths.get(label) ?? '') + line)
  }
  linesBetween(labels, rows, columns, columns, 1, (row, from, to, above, below) => {
    const line = `M${from} ${row}H${to}`
    draw(above, line)
    draw(below, line)
  })
  linesBetween(labels, columns, rows, 1, columns, (column, from, to, left, right) => {
    const line = `M${column} ${from}V${to}`
    draw(left, line)
    draw(right, line)
  })
  return paths
}

/**
 * Every straight piece of the border between two lanes (rows or columns) of pixels.
 *
 * `border` is told the lane after the border, where along it the piece begins and ends, and the
 * labels before and after it, which differ.
 */
function linesBetween(
  labels: Uint8Array,
  lanes: number,
  length: number,
  laneStep: number,
  step: number,
  border: (lane: number, from: number, to: number, before: number, after: number) => void,
): void {
  for (let lane = 0; lane <= lanes; lane += 1) {
    let from = 0
    let runBefore = 0
    let runAfter = 0
    let pixel = lane * laneStep
    for (let along = 0; along <= length; along += 1, pixel += step) {
      const inside = along < length
      const before = inside && lane > 0 ? labels[pixel - laneStep]! : 0
      const after = inside && lane < lanes ? labels[pixel]! : 0
      if (before === runBefore && after === runAfter) continue
      if (runBefore !== runAfter) border(lane, from, along, runBefore, runAfter)
      from = along
      runBefore = before
      runAfter = after
    }
  }
}
