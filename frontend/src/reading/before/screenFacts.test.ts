import { describe, expect, it } from 'vitest'
import { isChecked, screenFacts, screenWarnings, type ScreenTeller } from './screenFacts'

const DESKTOP: ScreenTeller = {
  innerWidth: 1904,
  innerHeight: 940,
  outerWidth: 1920,
  devicePixelRatio: 1,
  screen: { width: 1920, height: 1080, colorDepth: 24 },
}

function warned(changed: Partial<ScreenTeller>) {
  return screenWarnings(screenFacts({ ...DESKTOP, ...changed })).join(' ')
}

describe('what the browser tells of the screen', () => {
  it('is taken as it is', () => {
    expect(screenFacts(DESKTOP)).toEqual({
      screen_width: 1920,
      screen_height: 1080,
      window_width: 1904,
      window_height: 940,
      pixel_ratio: 1,
      colour_depth: 24,
      zoom_percent: 100,
    })
  })

  it('tells the zoom of the browser from the scale of the system', () => {
    const scaled = { ...DESKTOP, devicePixelRatio: 1.25 }
    expect(screenFacts(scaled).zoom_percent).toBe(100)
    expect(screenFacts({ ...scaled, innerWidth: 1523 }).zoom_percent).toBe(125)
    expect(screenFacts({ ...DESKTOP, innerWidth: 2560 }).zoom_percent).toBe(75)
  })

  it('knows no zoom where the widths tell none', () => {
    expect(screenFacts({ ...DESKTOP, innerWidth: 1358 }).zoom_percent).toBeNull()
    expect(screenFacts({ ...DESKTOP, outerWidth: 0 }).zoom_percent).toBeNull()
  })
})

describe('a screen for reading', () => {
  it('has nothing to say against it', () => {
    expect(warned({})).toBe('')
    const smallest = { width: 1366, height: 768, colorDepth: 24 }
    expect(
      warned({ innerWidth: 1366, innerHeight: 620, outerWidth: 1366, screen: smallest }),
    ).toBe('')
  })

  it('is not small, nor a corner of a large one', () => {
    expect(warned({ screen: { width: 1280, height: 720, colorDepth: 24 } })).toContain('small')
    expect(warned({ innerWidth: 900, outerWidth: 900 })).toContain('as large as it goes')
  })

  it('is not zoomed, and shows all greys', () => {
    expect(warned({ innerWidth: 1523 })).toContain('zoomed to 125 %')
    expect(warned({ screen: { width: 1920, height: 1080, colorDepth: 16 } })).toContain('16 bits')
  })
})

describe('a screen that was checked', () => {
  it('is known by its size and pixel ratio', () => {
    const facts = screenFacts(DESKTOP)
    const checked = { screen_width: 1920, screen_height: 1080, pixel_ratio: 1 }
    expect(isChecked(facts, [checked])).toBe(true)
    expect(isChecked(facts, [{ ...checked, pixel_ratio: 1.25 }])).toBe(false)
    expect(isChecked(facts, [])).toBe(false)
  })
})
