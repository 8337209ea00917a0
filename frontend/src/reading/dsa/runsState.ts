/** Which angiography runs are shown, and how. */
import { FITTED, zoomedBy, type ImageZoom } from '../../viewer/fit'
import type { Shape, ViewEvent, ViewState } from '../viewState'

export interface RunsState {
  /** Runs on screen, by index. */
  shown: readonly number[]
  subtracted: boolean
  inverted: boolean
  /** Of both runs: the planes of a biplane pair are looked at together. */
  zoom: ImageZoom
}

export type RunsEvent =
  | { type: 'run chosen'; slot: number; run: number }
  | { type: 'subtraction toggled' }
  | { type: 'inversion toggled' }
  | { type: 'runs zoomed'; zoom: ImageZoom }

export function initialRuns({ runs }: Shape): RunsState {
  return {
    shown: runs.map((_, run) => run).slice(0, 2),
    subtracted: true,
    inverted: false,
    zoom: FITTED,
  }
}

export function nextRuns(shape: Shape, view: ViewState, event: ViewEvent): RunsState {
  const { runs, sideInUse } = view
  switch (event.type) {
    case 'run chosen':
      return { ...runs, shown: runs.shown.with(event.slot, event.run) }
    case 'subtraction toggled':
      return { ...runs, subtracted: !runs.subtracted }
    case 'inversion toggled':
      return { ...runs, inverted: !runs.inverted }
    case 'runs zoomed':
      return { ...runs, zoom: event.zoom }
    case 'zoom stepped':
      return sideInUse === 'right' ? { ...runs, zoom: zoomedBy(runs.zoom, event.steps) } : runs
    case 'fitted':
      return sideInUse === 'right' ? { ...runs, zoom: FITTED } : runs
    case 'reset':
      return { ...initialRuns(shape), shown: runs.shown }
    default:
      return runs
  }
}
