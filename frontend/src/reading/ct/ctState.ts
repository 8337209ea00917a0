/** How the CT is looked at: slice, slab, window, overlay, zoom, and what is measured on it. */
import type { Distance } from '../../viewer/distance'
import { FITTED, zoomedBy, type ImageZoom } from '../../viewer/fit'
import { centreVoxel, PLANES, stepSlice, type Plane, type Voxel } from '../../viewer/mpr'
import { LEAST_THICKNESS_MM, MOST_THICKNESS_MM, type Slab } from '../../viewer/slab'
import { CT_WINDOWS, type Window } from '../../viewer/windowLevel'
import type { Shape, ViewEvent, ViewState } from '../viewState'

export interface CtState {
  voxel: Voxel
  /** The window; the same in all three planes. */
  window: Window
  /** Several slices seen as one, the same in all three planes; the thickness outlasts the slab. */
  slab: { mode: SlabMode; thickness: number }
  overlay: { shown: boolean; opacity: number; drawn: 'filled' | 'outlined' }
  /** Labels of the arteries that the overlay leaves out. */
  hiddenArteries: ReadonlySet<number>
  arteryKeyShown: boolean
  measuring: boolean
  distances: readonly Distance[]
  layout: 'one large' | 'equal'
  /** The plane that the slice keys move. */
  plane: Plane
  zoom: Readonly<Record<Plane, ImageZoom>>
}

export type SlabMode = 'off' | Slab['mode']

export const SLAB_MODES: readonly SlabMode[] = ['off', 'mip', 'mean']

export type CtEvent =
  | { type: 'slices stepped'; plane: Plane; steps: number }
  | { type: 'voxel chosen'; plane: Plane; voxel: Voxel }
  | { type: 'window set'; window: Window }
  | { type: 'window stepped'; steps: number }
  | { type: 'overlay toggled' }
  | { type: 'overlay opacity set'; opacity: number }
  | { type: 'overlay style toggled' }
  | { type: 'slab mode set'; mode: SlabMode }
  | { type: 'slab mode stepped' }
  | { type: 'slab thickness set'; thickness: number }
  | { type: 'slab thickness stepped'; steps: number }
  | { type: 'artery key toggled' }
  | { type: 'artery toggled'; artery: number }
  | { type: 'arteries hidden'; arteries: ReadonlySet<number> }
  | { type: 'measuring toggled' }
  /** Measuring ends, what lies over the images closes. */
  | { type: 'tools left' }
  | { type: 'distance drawn'; distance: Distance }
  | { type: 'layout toggled' }
  | { type: 'slice zoomed'; plane: Plane; zoom: ImageZoom }

/** Thicknesses that the keys step through, mm: finer where a millimetre matters more. */
const THICKNESS_STEPS = [LEAST_THICKNESS_MM, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, MOST_THICKNESS_MM]

const BRAIN: Window = { width: 80, centre: 40 }

export function initialCt({ volume }: Shape): CtState {
  return {
    voxel: centreVoxel(volume.shape),
    window: BRAIN,
    slab: { mode: 'off', thickness: 10 },
    overlay: { shown: true, opacity: 0.5, drawn: 'filled' },
    hiddenArteries: new Set(),
    arteryKeyShown: false,
    measuring: false,
    distances: [],
    layout: 'one large',
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
      return { ...ct, overlay: { ...ct.overlay, shown: true, opacity } }
    }
    case 'overlay style toggled': {
      const drawn = ct.overlay.drawn === 'filled' ? 'outlined' : 'filled'
      return { ...ct, overlay: { ...ct.overlay, shown: true, drawn } }
    }
    case 'slab mode set':
      return { ...ct, slab: { ...ct.slab, mode: event.mode } }
    case 'slab mode stepped': {
      const next = SLAB_MODES[(SLAB_MODES.indexOf(ct.slab.mode) + 1) % SLAB_MODES.length]
      return { ...ct, slab: { ...ct.slab, mode: next ?? 'off' } }
    }
    case 'slab thickness set':
      return withThickness(ct, event.thickness)
    case 'slab thickness stepped':
      return withThickness(ct, steppedThickness(ct.slab.thickness, event.steps))
    case 'artery key toggled':
      return { ...ct, arteryKeyShown: !ct.arteryKeyShown }
    case 'artery toggled': {
      const hidden = new Set(ct.hiddenArteries)
      if (!hidden.delete(event.artery)) hidden.add(event.artery)
      return { ...ct, hiddenArteries: hidden }
    }
    case 'arteries hidden':
      return { ...ct, hiddenArteries: event.arteries }
    case 'measuring toggled':
      return { ...ct, measuring: !ct.measuring, distances: [] }
    case 'tools left':
      return { ...ct, measuring: false, distances: [], arteryKeyShown: false }
    case 'distance drawn':
      return { ...ct, distances: [...ct.distances, event.distance] }
    case 'layout toggled':
      return { ...ct, layout: ct.layout === 'equal' ? 'one large' : 'equal' }
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

/** A slab that is set to some thickness is meant to be seen. */
function withThickness(ct: CtState, thickness: number): CtState {
  const within = Math.min(MOST_THICKNESS_MM, Math.max(LEAST_THICKNESS_MM, thickness))
  const mode = ct.slab.mode === 'off' ? 'mip' : ct.slab.mode
  return { ...ct, slab: { mode, thickness: within } }
}

function steppedThickness(thickness: number, steps: number): number {
  const onwards =
    steps > 0
      ? THICKNESS_STEPS.filter((step) => step > thickness)
      : THICKNESS_STEPS.filter((step) => step < thickness).reverse()
  return onwards[Math.abs(steps) - 1] ?? onwards.at(-1) ?? thickness
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
