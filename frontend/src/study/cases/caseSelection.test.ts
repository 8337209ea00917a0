import { describe, expect, it } from 'vitest'
import type { StudyCase } from '../../api/types'
import { readSelection, selectCases, writeSelection } from './caseSelection'

const phantom: StudyCase = {
  id: '1',
  code: 'Case 1',
  site: 'A',
  state: 'ready',
  progress: 1,
  seconds_left: null,
  message: '',
  series: [{ kind: 'DSA', description: '', corrections: [], flags: [] }],
  artery_volume_ml: 9,
  ratings: { submitted: 0, expected: 2 },
}

const cases: StudyCase[] = [
  { ...phantom, id: '10', code: 'Case 10', artery_volume_ml: null, state: 'failed' },
  { ...phantom, id: '2', code: 'Case 2', site: 'B', state: 'segmenting', artery_volume_ml: null },
  { ...phantom, id: '3', code: 'Case 3', series: [], artery_volume_ml: 12 },
  phantom,
]

const codes = (address: string) =>
  selectCases(cases, readSelection(new URLSearchParams(address))).map(({ code }) => code)

describe('selectCases', () => {
  it('sorts codes by number, not by letter', () => {
    expect(codes('')).toEqual(['Case 1', 'Case 2', 'Case 3', 'Case 10'])
  })

  it.each([
    ['show=in-work', ['Case 2']],
    ['show=failed', ['Case 10']],
    ['show=without-dsa', ['Case 3']],
    ['site=B', ['Case 2']],
    ['text=case%201', ['Case 1', 'Case 10']],
    ['sort=state', ['Case 10', 'Case 2', 'Case 1', 'Case 3']],
    ['sort=volume&order=descending', ['Case 3', 'Case 1', 'Case 2', 'Case 10']],
    ['show=nonsense', ['Case 1', 'Case 2', 'Case 3', 'Case 10']],
  ])('follows the address %s', (address, expected) => {
    expect(codes(address)).toEqual(expected)
  })
})

describe('the address of a selection', () => {
  it('is empty for the usual selection', () => {
    expect(writeSelection(readSelection(new URLSearchParams())).toString()).toBe('')
  })

  it('survives a round trip', () => {
    const address = 'show=flagged&site=B&text=7&sort=volume&order=descending'
    expect(writeSelection(readSelection(new URLSearchParams(address))).toString()).toBe(address)
  })
})
