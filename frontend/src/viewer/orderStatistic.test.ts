import { expect, it } from 'vitest'
import { valueAt } from './orderStatistic'
import { randomNumbers } from './testing'

it('finds what sorting would put at each place', () => {
  const random = randomNumbers(5)
  for (const [length, kinds] of [
    [1, 1],
    [2, 2],
    [50, 3],
    [200, 1000],
  ] as const) {
    const values = Float32Array.from({ length }, () => Math.floor(random() * kinds) - kinds / 2)
    const sorted = values.slice().sort()
    for (let place = 0; place < length; place += 1) {
      expect(valueAt(values.slice(), place)).toBe(sorted[place])
    }
  }
})
