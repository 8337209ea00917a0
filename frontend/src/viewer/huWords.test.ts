import { describe, expect, it } from 'vitest'
import { huWords } from './huWords'

const CLIP = [-200, 1000] as const

describe('HU in words', () => {
  it('are those of the voxel', () => {
    expect(huWords([37], null, CLIP)).toBe('37 HU')
    expect(huWords([-12], null, CLIP)).toBe('−12 HU')
    expect(huWords([0], null, CLIP)).toBe('0 HU')
  })

  it('say where a value was cut off', () => {
    expect(huWords([-200], null, CLIP)).toBe('≤ −200 HU (clipped)')
    expect(huWords([1000], null, CLIP)).toBe('≥ 1000 HU (clipped)')
    expect(huWords([-199], null, CLIP)).toBe('−199 HU')
    expect(huWords([999], null, CLIP)).toBe('999 HU')
  })

  it('are the maximum of a slab, clipped only where the maximum is', () => {
    expect(huWords([30, 55, -200], 'mip', CLIP)).toBe('Max 55 HU')
    expect(huWords([30, 1000], 'mip', CLIP)).toBe('Max ≥ 1000 HU (clipped)')
    expect(huWords([-200, -200], 'mip', CLIP)).toBe('Max ≤ −200 HU (clipped)')
  })

  it('are the mean of a slab, a bound where values of it were cut off', () => {
    expect(huWords([30, 35, 41], 'mean', CLIP)).toBe('Mean 35 HU')
    expect(huWords([-0.2, 0], 'mean', CLIP)).toBe('Mean 0 HU')
    expect(huWords([-200, 40], 'mean', CLIP)).toBe('Mean ≤ −80 HU (clipped)')
    expect(huWords([1000, 40], 'mean', CLIP)).toBe('Mean ≥ 520 HU (clipped)')
    expect(huWords([-200, 1000], 'mean', CLIP)).toBe('Mean ≈ 400 HU (clipped)')
  })

  it('are plainly those of the voxel where the slab is one slice', () => {
    expect(huWords([37], 'mip', CLIP)).toBe('37 HU')
    expect(huWords([37], 'mean', CLIP)).toBe('37 HU')
  })
})
