import { describe, expect, it } from 'vitest'
import { Pace } from './pace'

function paceOf(...readings: [seconds: number, bytes: number][]): Pace {
  const pace = new Pace()
  for (const [seconds, bytes] of readings) pace.note(bytes, seconds * 1000)
  return pace
}

describe('Pace', () => {
  it('says nothing before it can tell', () => {
    expect(paceOf([0, 0], [1, 5000]).bytesPerSecond).toBeNull()
  })

  it('tells the rate and how long the rest takes', () => {
    const pace = paceOf([0, 0], [3, 3000], [4, 4000])
    expect(pace.bytesPerSecond).toBe(1000)
    expect(pace.secondsLeft(3000)).toBe(3)
  })

  it('follows the last seconds, not the whole way', () => {
    const readings = Array.from({ length: 31 }, (_, s): [number, number] => [
      s,
      s <= 15 ? s * 1000 : 15_000 + (s - 15) * 100,
    ])
    expect(paceOf(...readings).bytesPerSecond).toBe(100)
  })

  it('begins anew where something is sent again', () => {
    const pace = paceOf([0, 0], [5, 5000], [6, 1000], [9, 4000])
    expect(pace.bytesPerSecond).toBe(1000)
  })

  it('knows no end while nothing moves', () => {
    expect(paceOf([0, 100], [5, 100]).secondsLeft(10)).toBeNull()
  })
})
