import { describe, expect, it } from 'vitest'
import { filterOf, FITTED, nextWindow, pan, placeIn, zoomAt } from './stageView'

const pane = { width: 1000, height: 500 }
const size = { columns: 1024, rows: 1024 }

describe('the picture in its pane', () => {
  it('fits and is centred', () => {
    expect(placeIn(pane, size, FITTED)).toEqual({ x: 250, y: 0, width: 500, height: 500 })
  })

  it('keeps what lies under the pointer when it is zoomed', () => {
    const view = zoomAt(FITTED, 4, pane, size, { x: 400, y: 100 })
    const place = placeIn(pane, size, view)
    expect((400 - place.x) / place.width).toBeCloseTo((400 - 250) / 500)
    expect((100 - place.y) / place.height).toBeCloseTo(100 / 500)
  })

  it('is not pushed out of the pane, and is back in the middle when it fits', () => {
    const zoomed = pan(zoomAt(FITTED, 4, pane, size, { x: 500, y: 250 }), 9999, 9999, pane, size)
    expect(placeIn(pane, size, zoomed)).toMatchObject({ x: 0, y: 0 })
    const whole = zoomAt(zoomed, 0.01, pane, size, { x: 0, y: 0 })
    expect(placeIn(pane, size, whole)).toEqual(placeIn(pane, size, FITTED))
  })
})

describe('its greys', () => {
  const shown = (value: number, filter: string) => {
    const [brightness = 1, contrast = 1] = [...filter.matchAll(/\(([\d.]+)\)/g)].map(([, number]) =>
      Number(number),
    )
    return Math.min(1, Math.max(0, (Math.min(1, (value / 255) * brightness) - 0.5) * contrast + 0.5))
  }

  it('are as stored at first', () => {
    expect(shown(0, filterOf(FITTED))).toBeCloseTo(0)
    expect(shown(100, filterOf(FITTED))).toBeCloseTo(100 / 255)
  })

  it('are spread over the dark, then over the bright, then as stored again', () => {
    const dark = nextWindow(FITTED)
    expect(shown(30, filterOf(dark))).toBeCloseTo(0.5)
    expect(shown(60, filterOf(dark))).toBeCloseTo(1)
    const bright = nextWindow(dark)
    expect(shown(195, filterOf(bright))).toBeCloseTo(0)
    expect(shown(225, filterOf(bright))).toBeCloseTo(0.5)
    expect(nextWindow(bright)).toEqual(FITTED)
  })

  it('are inverted last', () => {
    expect(filterOf({ ...FITTED, inverted: true })).toMatch(/invert\(1\)$/)
  })
})
