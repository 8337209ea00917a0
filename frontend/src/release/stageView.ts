/** How a picture lies in its pane, zoomed and moved, and how its greys are spread. */
import { letterbox, type Rect } from '../viewer/fit'
import type { Window } from '../viewer/windowLevel'
import type { Size } from './blackouts'

export interface StageView {
  /** 1 fits the picture into the pane. */
  zoom: number
  /** How far the picture's centre lies from the pane's, in pixels on screen. */
  x: number
  y: number
  window: Window
  inverted: boolean
}

export interface Pane {
  width: number
  height: number
}

const ALL_GREYS: Window = { centre: 127.5, width: 255 }
/** Faint text hides in the dark and in the bright. */
const WINDOWS: readonly Window[] = [
  ALL_GREYS,
  { centre: 30, width: 60 },
  { centre: 225, width: 60 },
]
const MOST_ZOOM = 12

export const FITTED: StageView = { zoom: 1, x: 0, y: 0, window: ALL_GREYS, inverted: false }

export function placeIn(pane: Pane, { columns, rows }: Size, view: StageView): Rect {
  const fitted = letterbox(pane.width, pane.height, columns, rows)
  const width = fitted.width * view.zoom
  const height = fitted.height * view.zoom
  return {
    x: (pane.width - width) / 2 + view.x,
    y: (pane.height - height) / 2 + view.y,
    width,
    height,
  }
}

/** Zoomed so that the point of the pane keeps what it shows. */
export function zoomAt(
  view: StageView,
  factor: number,
  pane: Pane,
  size: Size,
  point: { x: number; y: number },
): StageView {
  const zoom = Math.min(MOST_ZOOM, Math.max(1, view.zoom * factor))
  const grown = zoom / view.zoom
  const fromCentre = { x: point.x - pane.width / 2, y: point.y - pane.height / 2 }
  return keptInPane(
    {
      ...view,
      zoom,
      x: fromCentre.x - (fromCentre.x - view.x) * grown,
      y: fromCentre.y - (fromCentre.y - view.y) * grown,
    },
    pane,
    size,
  )
}

export function pan(view: StageView, dx: number, dy: number, pane: Pane, size: Size): StageView {
  return keptInPane({ ...view, x: view.x + dx, y: view.y + dy }, pane, size)
}

/** A picture larger than the pane fills it; a smaller one stays in its middle. */
function keptInPane(view: StageView, pane: Pane, size: Size): StageView {
  const { width, height } = placeIn(pane, size, view)
  const most = { x: Math.max(0, (width - pane.width) / 2), y: Math.max(0, (height - pane.height) / 2) }
  return {
    ...view,
    x: Math.min(most.x, Math.max(-most.x, view.x)),
    y: Math.min(most.y, Math.max(-most.y, view.y)),
  }
}

export function nextWindow(view: StageView): StageView {
  const now = WINDOWS.findIndex(
    ({ centre, width }) => centre === view.window.centre && width === view.window.width,
  )
  return { ...view, window: WINDOWS[(now + 1) % WINDOWS.length] ?? ALL_GREYS }
}

/** The CSS filter that spreads the greys of the window from black to white. */
export function filterOf({ window: { centre, width }, inverted }: StageView): string {
  const sum = Math.max(1, 2 * centre) / 255
  const spread = `brightness(${1 / sum}) contrast(${(sum * 255) / width})`
  return inverted ? `${spread} invert(1)` : spread
}
