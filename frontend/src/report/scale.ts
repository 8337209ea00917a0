// Axes of the report's figures.
import type { Interval } from '../api/types'

export interface Axis {
  low: number
  high: number
  ticks: number[]
}

const SHARE_STEPS = [0.01, 0.02, 0.05, 0.1, 0.2]
const COEFFICIENT_STEPS = [0.02, 0.05, 0.1, 0.2, 0.5]
const MOST_STEPS = 8

/** Maps a value of the axis to a position between `from` and `to`. */
export function positionOn(axis: Axis, from: number, to: number): (value: number) => number {
  return (value) => from + ((value - axis.low) / (axis.high - axis.low)) * (to - from)
}

/** The shortest axis with round ticks that holds all shares; never beyond 0 and 1. */
export function shareAxis(shares: readonly number[]): Axis {
  const axis = roundAxis(extent(shares), SHARE_STEPS)
  return { ...axis, low: Math.max(0, axis.low), high: Math.min(1, axis.high) }
}

/** The same for coefficients of agreement, which lie between −1 and 1. */
export function coefficientAxis(values: readonly number[]): Axis {
  return roundAxis(extent(values), COEFFICIENT_STEPS)
}

function extent(values: readonly number[]): Interval {
  return values.length === 0 ? [0, 1] : [Math.min(...values), Math.max(...values)]
}

function roundAxis([smallest, largest]: Interval, steps: readonly number[]): Axis {
  const step =
    steps.find((candidate) => stepsBetween(smallest, largest, candidate) <= MOST_STEPS) ??
    Math.max(...steps)
  const first = stepsBelow(smallest, step)
  const last = Math.max(stepsAbove(largest, step), first + 1)
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => tidy((first + index) * step))
  return { low: tidy(first * step), high: tidy(last * step), ticks }
}

// Binary fractions: 0.3 / 0.1 is just below 3, and must still count as 3 steps.
const ROUNDING = 1e-9
const stepsBelow = (value: number, step: number) => Math.floor(value / step + ROUNDING)
const stepsAbove = (value: number, step: number) => Math.ceil(value / step - ROUNDING)
const stepsBetween = (low: number, high: number, step: number) =>
  stepsAbove(high, step) - stepsBelow(low, step)
const tidy = (value: number) => Number(value.toFixed(6))
