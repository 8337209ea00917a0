/** Where the artery tree is looked at from, and how it is laid over the angiography. */
import type { BeamAxes, CArmPose } from '../../viewer/carm'
import { AS_RECORDED, moved, turned, type HeadAxis, type HeadPose } from '../../viewer/headPose'
import { nextStandardView } from '../../viewer/standardViews'
import type { Vec3 } from '../../viewer/vector'
import type { Shape, ViewEvent, ViewState } from '../viewState'

/** What the tree is looked at from; the C-arm's place follows the run in use. */
export type TreeAim =
  { from: 'C-arm' } | { from: 'preset'; pose: CArmPose } | { from: 'anywhere'; axes: BeamAxes }

/** What the protocol says of the predicted tree over the angiography. */
export type TreeOverDsa = 'hidden-at-first' | 'shown-at-first' | 'never'

export interface TreeState {
  aim: TreeAim
  zoom: number
  /** How the head lay on the table, against the CT; the same for all runs. */
  head: HeadPose
  /** The tree's outline over the runs; opacity 0–1. Null where the protocol has none. */
  overRuns: { shown: boolean; opacity: number } | null
}

export type TreeEvent =
  | { type: 'tree aimed'; aim: TreeAim }
  | { type: 'tree zoomed'; steps: number }
  | { type: 'standard view stepped' }
  | { type: 'head turned'; axis: HeadAxis; degrees: number }
  /** LPS, mm. */
  | { type: 'head moved'; by: Vec3 }
  | { type: 'head put back' }
  | { type: 'tree over runs toggled' }
  | { type: 'tree over runs opacity set'; opacity: number }

const ZOOM_PER_STEP = 1.12
const LEAST_OPACITY = 0.1
const OPACITY_AT_FIRST = 0.8

export function initialTree({ treeOverDsa = 'hidden-at-first' }: Shape): TreeState {
  return {
    aim: { from: 'C-arm' },
    zoom: 1,
    head: AS_RECORDED,
    overRuns:
      treeOverDsa === 'never'
        ? null
        : { shown: treeOverDsa === 'shown-at-first', opacity: OPACITY_AT_FIRST },
  }
}

export function nextTree(shape: Shape, view: ViewState, event: ViewEvent): TreeState {
  const { tree, left, sideInUse } = view
  const inUse = sideInUse === 'left' && left.inUse === 'tree'
  switch (event.type) {
    case 'tree aimed':
      return { ...tree, aim: event.aim, zoom: event.aim.from === 'anywhere' ? tree.zoom : 1 }
    case 'standard view stepped': {
      const { aim } = tree
      const pose = nextStandardView(aim.from === 'preset' ? aim.pose : null)
      return { ...tree, aim: { from: 'preset', pose }, zoom: 1 }
    }
    case 'tree zoomed':
      return zoomed(tree, event.steps)
    // Only the C-arm's view depends on how the head lay: so it is what comes into view.
    case 'head turned':
      return { ...tree, head: turned(tree.head, event.axis, event.degrees), aim: { from: 'C-arm' } }
    case 'head moved':
      return { ...tree, head: moved(tree.head, event.by), aim: { from: 'C-arm' } }
    case 'head put back':
      return { ...tree, head: AS_RECORDED }
    case 'tree over runs toggled':
      return withOverRuns(tree, { shown: !tree.overRuns?.shown })
    case 'tree over runs opacity set':
      return withOverRuns(tree, {
        shown: true,
        opacity: Math.min(1, Math.max(LEAST_OPACITY, event.opacity)),
      })
    case 'zoom stepped':
      return inUse ? zoomed(tree, 2 * event.steps) : tree
    case 'fitted':
      return inUse ? { ...tree, zoom: 1 } : tree
    case 'reset':
      return initialTree(shape)
    default:
      return tree
  }
}

function withOverRuns(
  tree: TreeState,
  change: Partial<NonNullable<TreeState['overRuns']>>,
): TreeState {
  return tree.overRuns ? { ...tree, overRuns: { ...tree.overRuns, ...change } } : tree
}

function zoomed(tree: TreeState, steps: number): TreeState {
  const zoom = tree.zoom * ZOOM_PER_STEP ** steps
  return { ...tree, zoom: Math.min(8, Math.max(0.5, zoom)) }
}
