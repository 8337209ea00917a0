/** How the CT is looked at: slice, window, overlay, zoom. */
import { FITTED, zoomedBy, type ImageZoom } from '../../viewer/fit'
import { centreVoxel, PLANES, stepSlice, type Plane, type Voxel } from '../../viewer/mpr'
import { CT_WINDOWS, type Window } from '../../viewer/windowLevel'
import type { Shape, ViewEvent, ViewState } from '../viewState'

export interface CtState {
  voxel: Voxel
  /** The window; the same in all three planes. */
  window: Window
  overlay: { shown: boolean; opacity: number }
  /** The plane that the slice keys move. */
  plane: Plane
  zoom: Readonly<Record<Plane, ImageZoom>>
}

export type CtEvent =
  | { type: 'slices stepped'; plane: Plane; steps: number }
  | { type: 'voxel chosen'; plane: Plane; voxel: Voxel }
  | { type: 'window set'; window: Window }
  | { type: 'window stepped'; steps: number }
  | { type: 'overlay toggled' }
  | { type: 'overlay opacity set'; opacity: number }
  | { type: 'slice zoomed'; plane: Plane; zoom: ImageZoom }

const BRAIN: Window = { width: 80, centre: 40 }

export function initialCt({ volume }: Shape): CtState {
  return {
    voxel: centreVoxel(volume.shape),
    window: BRAIN,
    overlay: { shown: true, opacity: 0.5 },
    plane: 'axial',
    zoom: { axial: FITTED, coronal: FITTED, sagittal: FITTED },
  }
}

export function nextCt(shape: Shape, view: ViewState, event: ViewEvent): CtState {
  const { ct } = view
  switch (event.type) {
    case 'slices stepped': {
      const voxel = stepSlice(ct.voxel, shape.volume, event.plane, event.steps)
      return { ...ct, plane: event.plane, voxel }
    }
    case 'voxel chosen':
      return { ...ct, plane: event.plane, voxel: event.voxel }
    case 'window set':
      return { ...ct, window: event.window }
    case 'window stepped':
      return { ...ct, window: neighbouringPreset(ct.window, event.steps) }
    case 'overlay toggled':
      return { ...ct, overlay: { ...ct.overlay, shown: !ct.overlay.shown } }
    case 'overlay opacity set': {
      const opacity = Math.min(1, Math.max(0.1, event.opacity))
      return { ...ct, overlay: { shown: true, opacity } }
    }
    case 'slice zoomed':
      return { ...ct, zoom: { ...ct.zoom, [event.plane]: event.zoom } }
    case 'zoom stepped':
      return changeZoomInUse(view, (zoom) => zoomedBy(zoom, event.steps))
    case 'fitted':
      return changeZoomInUse(view, () => FITTED)
    case 'left pane used':
      return event.pane === 'tree' ? ct : { ...ct, plane: event.pane }
    case 'reset':
      return initialCt(shape)
    default:
      return ct
  }
}

function changeZoomInUse({ ct, left, sideInUse }: ViewState, change: (was: ImageZoom) => ImageZoom) {
  const plane = PLANES.find((one) => one === left.inUse)
  if (sideInUse !== 'left' || !plane) return ct
  return { ...ct, zoom: { ...ct.zoom, [plane]: change(ct.zoom[plane]) } }
}

function neighbouringPreset(window: Window, steps: number): Window {
  const current = CT_WINDOWS.findIndex((preset) => isSameWindow(preset, window))
  const count = CT_WINDOWS.length
  const next = current === -1 ? 0 : (current + steps + count) % count
  return CT_WINDOWS[next] ?? BRAIN
}

export function isSameWindow(a: Window, b: Window): boolean {
  return a.width === b.width && a.centre === b.centre
}
