import { describe, expect, it } from 'vitest'
import { ct, run } from '../../../tests/images'
import { firstImageTime, groupSeries, pairPlanes, splitByPhase } from './seriesGroups'

const at = (minutes: number) => new Date(Date.UTC(2001, 2, 1, 10, minutes)).toISOString()
const early = run({ id: 11, position: 2, acquired_at: at(0), proposed_phase: 'before' })
const late = run({ id: 12, position: 1, acquired_at: at(40), phase: 'after' })
const timeless = run({ id: 13, position: 3, acquired_at: null })

describe('groupSeries', () => {
  it('puts the CT that is used first', () => {
    const thick = ct({ id: 1, used: false })
    const thin = ct({ id: 2, position: 2, used: true })
    expect(groupSeries([thick, thin]).ct).toEqual([thin, thick])
  })

  it('puts runs in the order of their times, those without a time last', () => {
    expect(groupSeries([timeless, late, early]).runs).toEqual([early, late, timeless])
  })
})

describe('pairPlanes', () => {
  it('sets biplane partners side by side, once', () => {
    const a = run({ id: 21, biplane_partner: 22 })
    const b = run({ id: 22, biplane_partner: 21 })
    expect(pairPlanes([a, early, b])).toEqual([[a, b], [early]])
  })

  it('keeps a run whose partner is not among the runs', () => {
    const lonely = run({ id: 21, biplane_partner: 99 })
    expect(pairPlanes([lonely])).toEqual([[lonely]])
  })
})

describe('splitByPhase', () => {
  it('divides before from after, by decision or else by proposal', () => {
    const parts = splitByPhase([early, late, timeless])
    expect(parts.map(({ phase, runs }) => [phase, runs.length])).toEqual([
      ['before', 1],
      ['after', 1],
      ['', 1],
    ])
  })
})

describe('firstImageTime', () => {
  it('is the earliest time of any series', () => {
    expect(firstImageTime([late, early, timeless])).toBe(Date.parse(at(0)))
    expect(firstImageTime([timeless])).toBeNull()
  })
})
