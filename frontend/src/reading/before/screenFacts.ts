/** What the browser tells of the screen, and what is wrong with it for reading. */
import type { CheckedScreen, Screen } from '../../api/types'

/** The parts of `window` that tell of the screen. */
export interface ScreenTeller {
  innerWidth: number
  innerHeight: number
  outerWidth: number
  devicePixelRatio: number
  screen: { width: number; height: number; colorDepth: number }
}

export const SMALLEST_SCREEN = { width: 1366, height: 768 }
/** Of the smallest screen, what a browser with its bars leaves. */
const SMALLEST_WINDOW = { width: 1280, height: 600 }
const LEAST_COLOUR_DEPTH = 24
/** The steps that browsers zoom in. */
const ZOOM_STEPS = [
  25, 30, 33, 50, 67, 75, 80, 90, 100, 110, 120, 125, 133, 150, 170, 175, 200, 240, 250, 300, 400,
  500,
]
/** How far a window's frame may put the measured zoom off its step. */
const ZOOM_TOLERANCE_PERCENT = 3

export function screenFacts(teller: ScreenTeller = window): Screen {
  return {
    screen_width: Math.round(teller.screen.width),
    screen_height: Math.round(teller.screen.height),
    window_width: Math.round(teller.innerWidth),
    window_height: Math.round(teller.innerHeight),
    pixel_ratio: Math.round(teller.devicePixelRatio * 1000) / 1000,
    colour_depth: teller.screen.colorDepth,
    zoom_percent: zoomPercent(teller),
  }
}

/**
 * Zoom of the browser; null where it cannot be told from other causes.
 *
 * Chromium and Safari give the outer width in the screen's pixels and the inner width in the
 * page's. Firefox scales both: there, and beside a docked sidebar, the ratio is no zoom step.
 */
function zoomPercent({ innerWidth, outerWidth }: ScreenTeller): number | null {
  if (!innerWidth || !outerWidth) return null
  const measured = (100 * outerWidth) / innerWidth
  return ZOOM_STEPS.find((step) => Math.abs(step - measured) <= ZOOM_TOLERANCE_PERCENT) ?? null
}

/** What should be put right before reading, each in a sentence with what to do. */
export function screenWarnings(facts: Screen): string[] {
  const warnings = []
  const { screen_width: width, screen_height: height } = facts
  if (width < SMALLEST_SCREEN.width || height < SMALLEST_SCREEN.height) {
    warnings.push(
      `This screen is small: ${width} × ${height}. The images need ${SMALLEST_SCREEN.width} × ${SMALLEST_SCREEN.height} or more; use a larger screen if you can.`,
    )
  } else if (
    facts.window_width < SMALLEST_WINDOW.width ||
    facts.window_height < SMALLEST_WINDOW.height
  ) {
    warnings.push('This window fills a part of the screen only: make it as large as it goes.')
  }
  if (facts.zoom_percent !== null && facts.zoom_percent !== 100) {
    warnings.push(
      `The browser is zoomed to ${facts.zoom_percent} %, which blurs the images: Ctrl 0 sets it to 100 %.`,
    )
  }
  if (facts.colour_depth < LEAST_COLOUR_DEPTH) {
    warnings.push(
      `The screen shows ${facts.colour_depth} bits of colour, too few for all greys: set it, or the remote desktop, to 24 or more.`,
    )
  }
  return warnings
}

/** Whether one of the screens that were checked is this one. */
export function isChecked(facts: Screen, checked: readonly CheckedScreen[]): boolean {
  return checked.some(
    (one) =>
      one.screen_width === facts.screen_width &&
      one.screen_height === facts.screen_height &&
      one.pixel_ratio === facts.pixel_ratio,
  )
}

/** What tells one screen from another, as the server asks for it. */
export function screenQuery({ screen_width, screen_height, pixel_ratio }: CheckedScreen): string {
  const facts = { screen_width, screen_height, pixel_ratio }
  return Object.entries(facts)
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}
