import { describe, expect, it } from 'vitest'
import { countAxis, labelledEvery } from './chart'

describe('countAxis', () => {
  it.each([
    [[], 1],
    [[0, 0], 1],
    [[3], 3],
    [[23, 4], 30],
    [[112], 150],
    [[3001], 4000],
  ])('ends %j at the round number %d', (counts, high) => {
    expect(countAxis(counts).high).toBe(high)
  })

  it('has whole, even ticks', () => {
    expect(countAxis([112]).ticks).toEqual([0, 50, 100, 150])
  })
})

describe('labelledEvery', () => {
  it('leaves room between the labels', () => {
    expect(labelledEvery(5, 8)).toBe(1)
    expect(labelledEvery(17, 8)).toBe(3)
  })
})
