/** Where the artery tree is looked at from. */
import type { BeamAxes, CArmPose } from '../../viewer/carm'
import type { Shape, ViewEvent, ViewState } from '../viewState'

/** What the tree is looked at from; the C-arm's place follows the run in use. */
export type TreeAim =
  { from: 'C-arm' } | { from: 'preset'; pose: CArmPose } | { from: 'anywhere'; axes: BeamAxes }

export interface TreeState {
  aim: TreeAim
  zoom: number
}

export type TreeEvent = { type: 'tree aimed'; aim: TreeAim } | { type: 'tree zoomed'; steps: number }

const ZOOM_PER_STEP = 1.12

export function initialTree(): TreeState {
  return { aim: { from: 'C-arm' }, zoom: 1 }
}

export function nextTree(_shape: Shape, view: ViewState, event: ViewEvent): TreeState {
  const { tree, left, sideInUse } = view
  const inUse = sideInUse === 'left' && left.inUse === 'tree'
  switch (event.type) {
    case 'tree aimed':
      return { aim: event.aim, zoom: event.aim.from === 'anywhere' ? tree.zoom : 1 }
    case 'tree zoomed':
      return zoomed(tree, event.steps)
    case 'zoom stepped':
      return inUse ? zoomed(tree, 2 * event.steps) : tree
    case 'fitted':
      return inUse ? { ...tree, zoom: 1 } : tree
    case 'reset':
      return initialTree()
    default:
      return tree
  }
}

function zoomed(tree: TreeState, steps: number): TreeState {
  const zoom = tree.zoom * ZOOM_PER_STEP ** steps
  return { ...tree, zoom: Math.min(8, Math.max(0.5, zoom)) }
}
