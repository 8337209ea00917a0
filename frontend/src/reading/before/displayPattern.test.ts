import { describe, expect, it } from 'vitest'
import {
  drawEmptyPatches,
  EMPTY_PATCHES,
  greyOf,
  markOf,
  PATCHES,
  patchBeside,
  rangeOf,
} from './displayPattern'

const ALL = Array.from({ length: PATCHES }, (_, patch) => patch)

describe('the test pattern', () => {
  it('goes from black to white in even steps of whole grey levels', () => {
    expect(ALL.map(greyOf)).toEqual(ALL.map((patch) => 15 * patch))
  })

  it('has a mark of 5 levels in each patch, and of 5 % at black and white', () => {
    expect(ALL.map((patch) => markOf(patch) - greyOf(patch))).toEqual([
      13,
      ...Array<number>(16).fill(5),
      -13,
    ])
  })

  it('leaves out other marks each time, and never the darkest and brightest', () => {
    const draws = Array.from({ length: 300 }, () => drawEmptyPatches())
    for (const drawn of draws) expect(new Set(drawn).size).toBe(EMPTY_PATCHES)
    const ever = new Set(draws.flat())
    expect([...ever].sort((a, b) => a - b)).toEqual(ALL.slice(3, -3))
  })

  it('is of three ranges, each a row of six', () => {
    expect(ALL.map(rangeOf)).toEqual([
      ...Array<string>(6).fill('dark'),
      ...Array<string>(6).fill('middle'),
      ...Array<string>(6).fill('bright'),
    ])
  })

  it('is walked by the arrow keys, row after row', () => {
    expect(patchBeside(5, 'ArrowRight')).toBe(6)
    expect(patchBeside(2, 'ArrowDown')).toBe(8)
    expect(patchBeside(2, 'ArrowUp')).toBeNull()
    expect(patchBeside(17, 'ArrowRight')).toBeNull()
    expect(patchBeside(2, 'a')).toBeNull()
  })
})
