import { describe, expect, it } from 'vitest'
import { canvasPoint, FITTED, imagePoint, panned, zoomedBy, zoomedRect } from './fit'

const CANVAS = [300, 200] as const
const SHAPE = [100, 100] as const

describe('a zoomed image', () => {
  it('is fitted and centred at first', () => {
    expect(zoomedRect(...CANVAS, ...SHAPE, FITTED)).toEqual({ x: 50, y: 0, width: 200, height: 200 })
  })

  it('keeps the point under the pointer', () => {
    const before = zoomedRect(...CANVAS, ...SHAPE, FITTED)
    const pixel = imagePoint(before, 100, 100, 140, 120)
    const point = { x: (140 - before.x) / before.width, y: (120 - before.y) / before.height }
    const zoom = zoomedBy(FITTED, 3, point)
    const after = zoomedRect(...CANVAS, ...SHAPE, zoom)
    const { x, y } = canvasPoint(after, 100, 100, pixel.column, pixel.row)
    expect(x).toBeCloseTo(140, 6)
    expect(y).toBeCloseTo(120, 6)
  })

  it('follows the pointer when moved, but not out of the pane', () => {
    const zoom = zoomedBy(FITTED, 6)
    const rect = zoomedRect(...CANVAS, ...SHAPE, zoom)
    const moved = zoomedRect(...CANVAS, ...SHAPE, panned(zoom, 10, -5, rect))
    expect(moved.x - rect.x).toBeCloseTo(10, 6)
    expect(moved.y - rect.y).toBeCloseTo(-5, 6)
    const far = panned(zoom, 1e6, 1e6, rect)
    expect(far.x).toBeCloseTo(0.5 / zoom.scale, 6)
  })

  it('fits again when zoomed out all the way', () => {
    expect(zoomedBy(zoomedBy(FITTED, 2, { x: 0.1, y: 0.2 }), -9)).toBe(FITTED)
  })
})
