/** HU in words, honest about the values that were cut off before they came here. */
import type { Slab } from './slab'

const NAMES = { mip: 'Max ', mean: 'Mean ' }

/**
 * The HU of the voxels behind a pixel, as it is read by a person.
 *
 * A value at an end of `clip` may have been beyond it, so a maximum or mean of such values is told as
 * the bound that it is.
 */
export function huWords(
  values: readonly number[],
  mode: Slab['mode'] | null,
  [low, high]: readonly [number, number],
): string {
  const cut = {
    low: values.some((value) => value <= low),
    high: values.some((value) => value >= high),
  }
  if (mode === 'mean' && values.length > 1) {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    return NAMES.mean + written(mean, cut)
  }
  const most = Math.max(...values)
  const name = mode === 'mip' && values.length > 1 ? NAMES.mip : ''
  return name + written(most, { low: most <= low, high: cut.high })
}

/** `cut` tells at which ends values were cut off that the figure is made of. */
function written(hu: number, cut: { low: boolean; high: boolean }): string {
  const rounded = Math.round(hu)
  const figure = `${rounded < 0 ? '−' : ''}${Math.abs(rounded)} HU`
  if (!cut.low && !cut.high) return figure
  const bound = cut.low && cut.high ? '≈' : cut.low ? '≤' : '≥'
  return `${bound} ${figure} (clipped)`
}
