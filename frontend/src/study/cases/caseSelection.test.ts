import { describe, expect, it } from 'vitest'
import type { StudyCase } from '../../api/types'
import { pageCount, pageOf, readSelection, selectCases, writeSelection } from './caseSelection'

const phantom: StudyCase = {
  id: '1',
  code: 'Case 1',
  site: 'A',
  state: 'ready',
  progress: 1,
  seconds_left: null,
  message: '',
  series: [{ kind: 'DSA', description: '', corrections: [], flags: [] }],
  ct_waits: false,
  dsa_waits: false,
  artery_volume_ml: 9,
  ratings: { submitted: 0, expected: 2 },
  purpose: 'study',
  reference_grade: null,
  occlusion_side: '',
  occlusion_segment: '',
  deleted: false,
  withdrawn_at: null,
  withdrawn_reason: '',
  on_lists: true,
  rater_codes: ['K7Q2-9FXD'],
}

const cases: StudyCase[] = [
  { ...phantom, id: '10', code: 'Case 10', artery_volume_ml: null, state: 'failed' },
  { ...phantom, id: '2', code: 'Case 2', site: 'B', state: 'segmenting', artery_volume_ml: null },
  {
    ...phantom,
    id: '3',
    code: 'Case 3',
    series: [],
    artery_volume_ml: 12,
    purpose: 'calibration',
    reference_grade: 4,
    rater_codes: ['P3MM-2222'],
  },
  phantom,
]

const withdrawn: StudyCase = {
  ...phantom,
  id: '4',
  code: 'Case 4',
  withdrawn_at: '2026-03-02T10:05:00Z',
  withdrawn_reason: 'No consent.',
  on_lists: false,
}

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
    ['text=p3mm', ['Case 3']],
    ['purpose=calibration', ['Case 3']],
    ['sort=state', ['Case 10', 'Case 2', 'Case 1', 'Case 3']],
    ['sort=volume&order=descending', ['Case 3', 'Case 1', 'Case 2', 'Case 10']],
    ['show=nonsense', ['Case 1', 'Case 2', 'Case 3', 'Case 10']],
  ])('follows the address %s', (address, expected) => {
    expect(codes(address)).toEqual(expected)
  })
})

describe('a case whose runs wait for their release', () => {
  it('is not without DSA', () => {
    const waiting = { ...phantom, series: [], dsa_waits: true }
    expect(selectCases([waiting], readSelection(new URLSearchParams('show=without-dsa')))).toEqual([])
  })
})

describe('a withdrawn case', () => {
  const shown = (address: string) =>
    selectCases([withdrawn, phantom], readSelection(new URLSearchParams(address))).map(
      ({ code }) => code,
    )

  it('shows only where withdrawn cases are asked for', () => {
    expect(shown('')).toEqual(['Case 1'])
    expect(shown('show=ready')).toEqual(['Case 1'])
    expect(shown('show=withdrawn')).toEqual(['Case 4'])
  })

  it('does not wait to be given out', () => {
    expect(shown('show=not-given-out')).toEqual([])
  })
})

describe('pages', () => {
  const many = Array.from({ length: 120 }, (_, index) => ({ ...phantom, id: String(index) }))

  it('hold all cases, each once', () => {
    const all = [1, 2, 3].flatMap((page) => pageOf(many, page).map(({ id }) => id))
    expect(pageCount(many)).toBe(3)
    expect(new Set(all).size).toBe(120)
  })

  it('end with the last one, whatever the address says', () => {
    expect(pageOf(many, 99)).toEqual(pageOf(many, 3))
    expect(readSelection(new URLSearchParams('page=-2')).page).toBe(1)
    expect(readSelection(new URLSearchParams('page=x')).page).toBe(1)
  })
})

describe('the address of a selection', () => {
  it('is empty for the usual selection', () => {
    expect(writeSelection(readSelection(new URLSearchParams())).toString()).toBe('')
  })

  it('survives a round trip', () => {
    const address =
      'show=flagged&site=B&purpose=calibration&text=7&sort=volume&order=descending&page=2'
    expect(writeSelection(readSelection(new URLSearchParams(address))).toString()).toBe(address)
  })
})
