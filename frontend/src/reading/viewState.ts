/** How the images of one case are looked at: slices, windows, overlay, what is enlarged. */
import type { MediaManifest } from '../viewer/manifest'
import type { BeamAxes, CArmPose } from '../viewer/carm'
import { centreVoxel, PLANES, stepSlice, type Plane, type Voxel } from '../viewer/mpr'
import { CT_WINDOWS, type Window } from '../viewer/windowLevel'

export type LeftPane = Plane | 'tree'

/** What the tree is looked at from; the C-arm's place follows the run in use. */
export type TreeAim =
  { from: 'C-arm' } | { from: 'preset'; pose: CArmPose } | { from: 'anywhere'; axes: BeamAxes }

export interface ViewState {
  voxel: Voxel
  /** The CT window; the same in all three planes. */
  window: Window
  overlay: { shown: boolean; opacity: number }
  /** The plane that the slice keys move. */
  plane: Plane
  /** The view last used on each side, and whether it fills its side. */
  left: { inUse: LeftPane; enlarged: boolean }
  right: { inUse: number; enlarged: boolean }
  sideInUse: 'left' | 'right'
  tree: { aim: TreeAim; zoom: number }
  /** Runs on screen, by index. */
  runs: readonly number[]
  subtracted: boolean
  inverted: boolean
  /** How often everything was reset; a new number starts the runs afresh. */
  resets: number
}

export type ViewEvent =
  | { type: 'slices stepped'; plane: Plane; steps: number }
  | { type: 'voxel chosen'; plane: Plane; voxel: Voxel }
  | { type: 'window set'; window: Window }
  | { type: 'window stepped'; steps: number }
  | { type: 'overlay toggled' }
  | { type: 'overlay opacity set'; opacity: number }
  | { type: 'left pane used'; pane: LeftPane }
  | { type: 'left pane stepped' }
  | { type: 'tree aimed'; aim: TreeAim }
  | { type: 'tree zoomed'; steps: number }
  | { type: 'run used'; slot: number }
  | { type: 'run chosen'; slot: number; run: number }
  | { type: 'enlarged'; side: 'left' | 'right' }
  | { type: 'subtraction toggled' }
  | { type: 'inversion toggled' }
  | { type: 'reset' }

type Shape = Pick<MediaManifest, 'volume' | 'runs'>

const LEFT_PANES: readonly LeftPane[] = [...PLANES, 'tree']

const ZOOM_PER_STEP = 1.12

const BRAIN: Window = { width: 80, centre: 40 }

export function initialView({ volume, runs }: Shape): ViewState {
  return {
    voxel: centreVoxel(volume.shape),
    window: BRAIN,
    overlay: { shown: true, opacity: 0.5 },
    plane: 'axial',
    left: { inUse: 'axial', enlarged: false },
    right: { inUse: 0, enlarged: false },
    sideInUse: 'left',
    tree: { aim: { from: 'C-arm' }, zoom: 1 },
    runs: runs.map((_, run) => run).slice(0, 2),
    subtracted: true,
    inverted: false,
    resets: 0,
  }
}

export function nextView(shape: Shape, view: ViewState, event: ViewEvent): ViewState {
  switch (event.type) {
    case 'slices stepped':
      return {
        ...usingPane(view, event.plane),
        voxel: stepSlice(view.voxel, shape.volume, event.plane, event.steps),
      }
    case 'voxel chosen':
      return { ...usingPane(view, event.plane), voxel: event.voxel }
    case 'window set':
      return { ...view, window: event.window }
    case 'window stepped':
      return { ...view, window: neighbouringPreset(view.window, event.steps) }
    case 'overlay toggled':
      return { ...view, overlay: { ...view.overlay, shown: !view.overlay.shown } }
    case 'overlay opacity set': {
      const opacity = Math.min(1, Math.max(0.1, event.opacity))
      return { ...view, overlay: { shown: true, opacity } }
    }
    case 'left pane used':
      return usingPane(view, event.pane)
    case 'left pane stepped': {
      const next = LEFT_PANES[(LEFT_PANES.indexOf(view.left.inUse) + 1) % LEFT_PANES.length]
      return usingPane(view, next ?? 'axial')
    }
    case 'tree aimed': {
      const zoom = event.aim.from === 'anywhere' ? view.tree.zoom : 1
      return { ...view, tree: { aim: event.aim, zoom } }
    }
    case 'tree zoomed': {
      const zoom = view.tree.zoom * ZOOM_PER_STEP ** event.steps
      return { ...view, tree: { ...view.tree, zoom: Math.min(8, Math.max(0.5, zoom)) } }
    }
    case 'run used':
      return { ...view, sideInUse: 'right', right: { ...view.right, inUse: event.slot } }
    case 'run chosen':
      return {
        ...view,
        sideInUse: 'right',
        right: { ...view.right, inUse: event.slot },
        runs: view.runs.with(event.slot, event.run),
      }
    case 'enlarged':
      return {
        ...view,
        sideInUse: event.side,
        [event.side]: { ...view[event.side], enlarged: !view[event.side].enlarged },
      }
    case 'subtraction toggled':
      return { ...view, subtracted: !view.subtracted }
    case 'inversion toggled':
      return { ...view, inverted: !view.inverted }
    case 'reset':
      return { ...initialView(shape), runs: view.runs, resets: view.resets + 1 }
  }
}

function usingPane(view: ViewState, pane: LeftPane): ViewState {
  return {
    ...view,
    sideInUse: 'left',
    left: { ...view.left, inUse: pane },
    plane: pane === 'tree' ? view.plane : pane,
  }
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
