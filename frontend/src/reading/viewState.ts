/** How the images of one case are looked at, and which view is in use or enlarged. */
import type { MediaManifest } from '../viewer/manifest'
import { PLANES, type Plane } from '../viewer/mpr'
import { initialCt, nextCt, type CtEvent, type CtState } from './ct/ctState'
import { initialRuns, nextRuns, type RunsEvent, type RunsState } from './dsa/runsState'
import {
  initialTree,
  nextTree,
  type TreeEvent,
  type TreeOverDsa,
  type TreeState,
} from './tree/treeState'

export type LeftPane = Plane | 'tree'

interface Panes {
  /** The view last used on each side, and whether it fills its side. */
  left: { inUse: LeftPane; enlarged: boolean }
  right: { inUse: number; enlarged: boolean }
  sideInUse: 'left' | 'right'
  /** How often everything was reset; a new number starts the runs afresh. */
  resets: number
}

export interface ViewState extends Panes {
  ct: CtState
  tree: TreeState
  runs: RunsState
}

type PaneEvent =
  | { type: 'left pane used'; pane: LeftPane }
  | { type: 'left pane stepped' }
  | { type: 'run used'; slot: number }
  | { type: 'enlarged'; side: 'left' | 'right' }
  /** Of the view in use, by keys. */
  | { type: 'zoom stepped'; steps: number }
  | { type: 'fitted' }
  | { type: 'reset' }

/** Every part of the view hears of every event and takes what concerns it. */
export type ViewEvent = PaneEvent | CtEvent | TreeEvent | RunsEvent

/** What the views of a case depend on. */
export type Shape = Pick<MediaManifest, 'volume' | 'runs'> & {
  /** Of the protocol; an older one says nothing. */
  treeOverDsa?: TreeOverDsa | undefined
}

const LEFT_PANES: readonly LeftPane[] = [...PLANES, 'tree']

export function initialView(shape: Shape): ViewState {
  return {
    left: { inUse: 'axial', enlarged: false },
    right: { inUse: 0, enlarged: false },
    sideInUse: 'left',
    resets: 0,
    ct: initialCt(shape),
    tree: initialTree(shape),
    runs: initialRuns(shape),
  }
}

export function nextView(shape: Shape, view: ViewState, event: ViewEvent): ViewState {
  if (event.type === 'left pane stepped') {
    const next = LEFT_PANES[(LEFT_PANES.indexOf(view.left.inUse) + 1) % LEFT_PANES.length]
    return nextView(shape, view, { type: 'left pane used', pane: next ?? 'axial' })
  }
  return {
    ...nextPanes(view, event),
    ct: nextCt(shape, view, event),
    tree: nextTree(shape, view, event),
    runs: nextRuns(shape, view, event),
  }
}

function nextPanes(view: ViewState, event: ViewEvent): Panes {
  const { left, right, sideInUse, resets } = view
  const panes = { left, right, sideInUse, resets }
  switch (event.type) {
    case 'slices stepped':
    case 'voxel chosen':
      return { ...panes, sideInUse: 'left', left: { ...left, inUse: event.plane } }
    case 'left pane used':
      return { ...panes, sideInUse: 'left', left: { ...left, inUse: event.pane } }
    case 'run used':
    case 'run chosen':
      return { ...panes, sideInUse: 'right', right: { ...right, inUse: event.slot } }
    case 'enlarged': {
      const { side } = event
      return {
        ...panes,
        sideInUse: side,
        [side]: { ...panes[side], enlarged: !panes[side].enlarged },
      }
    }
    case 'reset':
      return {
        left: { inUse: 'axial', enlarged: false },
        right: { inUse: 0, enlarged: false },
        sideInUse: 'left',
        resets: resets + 1,
      }
    default:
      return panes
  }
}
