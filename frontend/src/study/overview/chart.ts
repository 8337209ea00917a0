// Axes of the dashboard's small charts, which count things.
import type { Axis } from '../../report/scale'

const COUNT_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
const MOST_COUNT_STEPS = 4

/** From 0 to a round number at or above the greatest count, in whole steps. */
export function countAxis(counts: readonly number[]): Axis {
  const most = Math.max(1, ...counts)
  const step = COUNT_STEPS.find((one) => most / one <= MOST_COUNT_STEPS) ?? most
  const high = Math.ceil(most / step) * step
  const ticks = Array.from({ length: high / step + 1 }, (_, index) => index * step)
  return { low: 0, high, ticks }
}

/** Which of many labels have room: the first and then every n-th. */
export function labelledEvery(count: number, most: number): number {
  return Math.max(1, Math.ceil(count / most))
}
