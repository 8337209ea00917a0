import { describe, expect, it } from 'vitest'
import { outlines } from './contour'
import { randomNumbers } from './testing'

const COLUMNS = 17
const ROWS = 12

/** The path cut into unit edges, named "h column row" or "v column row" by where they begin. */
function edgesOf(path = ''): string[] {
  return [...path.matchAll(/M(\d+) (\d+)([HV])(\d+)/g)].flatMap(([, x, y, way, end]) => {
    const from = Number(way === 'H' ? x : y)
    return Array.from({ length: Number(end) - from }, (_, i) =>
      way === 'H' ? `h ${from + i} ${y}` : `v ${x} ${from + i}`,
    )
  })
}

/** Slow and plain: the four sides of every pixel whose neighbour there is not of its label. */
function sidesOf(label: number, labels: Uint8Array): string[] {
  const at = (c: number, r: number) =>
    c < 0 || r < 0 || c >= COLUMNS || r >= ROWS ? 0 : labels[r * COLUMNS + c]
  const sides: string[] = []
  for (let r = 0; r < ROWS; r += 1)
    for (let c = 0; c < COLUMNS; c += 1) {
      if (at(c, r) !== label) continue
      if (at(c, r - 1) !== label) sides.push(`h ${c} ${r}`)
      if (at(c, r + 1) !== label) sides.push(`h ${c} ${r + 1}`)
      if (at(c - 1, r) !== label) sides.push(`v ${c} ${r}`)
      if (at(c + 1, r) !== label) sides.push(`v ${c + 1} ${r}`)
    }
  return sides
}

describe('outlines of arteries', () => {
  it.each([1, 2, 3, 4, 5])('are the sides where labels differ, each once (image %i)', (seed) => {
    const random = randomNumbers(seed * 101)
    const labels = Uint8Array.from({ length: COLUMNS * ROWS }, () =>
      random() < 0.4 ? 0 : 1 + Math.floor(3 * random()),
    )
    const paths = outlines(labels, COLUMNS, ROWS)
    expect([...paths.keys()].sort()).toEqual([1, 2, 3])
    for (const [label, path] of paths) {
      expect(edgesOf(path).sort()).toEqual(sidesOf(label, labels).sort())
    }
  })

  it('are drawn in long lines, up to the edge of the image', () => {
    const labels = new Uint8Array(COLUMNS * ROWS).fill(2)
    expect(outlines(labels, COLUMNS, ROWS)).toEqual(
      new Map([[2, `M0 0H${COLUMNS}M0 ${ROWS}H${COLUMNS}M0 0V${ROWS}M${COLUMNS} 0V${ROWS}`]]),
    )
  })

  it('are none where there is no artery', () => {
    expect(outlines(new Uint8Array(COLUMNS * ROWS), COLUMNS, ROWS).size).toBe(0)
  })
})
