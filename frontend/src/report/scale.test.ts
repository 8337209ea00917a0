import { describe, expect, it } from 'vitest'
import { coefficientAxis, positionOn, shareAxis } from './scale'

describe('shareAxis', () => {
  it('holds rates near 100 % without wasting room', () => {
    expect(shareAxis([0.9524, 0.9969])).toEqual({
      low: 0.95,
      high: 1,
      ticks: [0.95, 0.96, 0.97, 0.98, 0.99, 1],
    })
  })

  it('spans 0 to 1 for a rate of nothing among few', () => {
    const axis = shareAxis([0, 0.17, 0.6, 1])
    expect(axis.ticks).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
  })

  it('is complete without data', () => {
    expect(shareAxis([]).ticks[0]).toBe(0)
  })

  it('takes 0.3 for three steps of 0.1', () => {
    expect(shareAxis([0.3, 0.9])).toMatchObject({ low: 0.3, high: 0.9 })
  })
})

describe('coefficientAxis', () => {
  it('reaches below zero', () => {
    expect(coefficientAxis([-0.13, 0.9])).toMatchObject({ low: -0.2, high: 1 })
  })

  it('keeps a length where every resample gave the same value', () => {
    const axis = coefficientAxis([1, 1])
    expect(axis.high).toBeGreaterThan(axis.low)
  })
})

describe('positionOn', () => {
  it('maps the ends of the axis to the ends of the drawing', () => {
    const x = positionOn({ low: 0.9, high: 1, ticks: [] }, 200, 600)
    expect([x(0.9), x(0.95), x(1)].map(Math.round)).toEqual([200, 400, 600])
  })
})
