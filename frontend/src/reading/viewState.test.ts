import { describe, expect, it } from 'vitest'
import { runManifest, volumeManifest } from '../viewer/testing'
import { initialView, nextView, type ViewEvent, type ViewState } from './viewState'

const SHAPE = {
  volume: volumeManifest([5, 7, 9], [2, 3, 1, 4, 0]),
  runs: [runManifest(), runManifest(), runManifest()],
}

function after(...events: ViewEvent[]): ViewState {
  return events.reduce((view, event) => nextView(SHAPE, view, event), initialView(SHAPE))
}

describe('the views of a case', () => {
  it('begin in the middle, with the first two runs', () => {
    expect(after()).toMatchObject({
      ct: { voxel: { x: 4, y: 3, z: 2 }, plane: 'axial' },
      runs: { shown: [0, 1] },
    })
  })

  it('scroll the plane in use and remember it', () => {
    const view = after({ type: 'slices stepped', plane: 'coronal', steps: 2 })
    expect(view).toMatchObject({ ct: { voxel: { x: 4, y: 5, z: 2 }, plane: 'coronal' } })
    expect(nextView(SHAPE, view, { type: 'left pane used', pane: 'tree' }).ct.plane).toBe('coronal')
  })

  it('go round the planes and the tree by key', () => {
    const step: ViewEvent = { type: 'left pane stepped' }
    const panes = [[], [step], [step, step], [step, step, step], [step, step, step, step]].map(
      (steps) => after(...steps).left.inUse,
    )
    expect(panes).toEqual(['axial', 'coronal', 'sagittal', 'tree', 'axial'])
  })

  it('step through the windows, starting over from a window set by hand', () => {
    expect(after({ type: 'window stepped', steps: 1 }).ct.window).toMatchObject({ width: 40 })
    expect(after({ type: 'window stepped', steps: -1 }).ct.window).toMatchObject({ width: 2500 })
    expect(
      after(
        { type: 'window set', window: { width: 77, centre: 3 } },
        { type: 'window stepped', steps: 1 },
      ).ct.window,
    ).toMatchObject({ width: 80, centre: 40 })
  })

  it('show the overlay again when its strength is changed', () => {
    const view = after({ type: 'overlay toggled' }, { type: 'overlay opacity set', opacity: 3 })
    expect(view.ct.overlay).toMatchObject({ shown: true, opacity: 1 })
  })

  it('fit the tree again when the C-arm view is asked for', () => {
    const turned = after({ type: 'tree zoomed', steps: 3 })
    expect(turned.tree.zoom).toBeGreaterThan(1)
    expect(nextView(SHAPE, turned, { type: 'tree aimed', aim: { from: 'C-arm' } }).tree.zoom).toBe(
      1,
    )
  })

  it('enlarge the view in use on either side, and back', () => {
    const view = after({ type: 'run used', slot: 1 }, { type: 'enlarged', side: 'right' })
    expect(view.right).toEqual({ inUse: 1, enlarged: true })
    expect(nextView(SHAPE, view, { type: 'enlarged', side: 'right' }).right.enlarged).toBe(false)
  })

  it('zoom where the reader is, both runs together', () => {
    const larger: ViewEvent = { type: 'zoom stepped', steps: 2 }
    const ct = after({ type: 'left pane used', pane: 'coronal' }, larger)
    expect(ct.ct.zoom.coronal.scale).toBeGreaterThan(1)
    expect(ct.ct.zoom.axial.scale).toBe(1)
    const runs = nextView(SHAPE, nextView(SHAPE, ct, { type: 'run used', slot: 1 }), larger)
    expect(runs.runs.zoom.scale).toBeGreaterThan(1)
    expect(nextView(SHAPE, runs, { type: 'fitted' }).runs.zoom.scale).toBe(1)
  })

  it('are reset but for the choice of runs', () => {
    const view = after(
      { type: 'run chosen', slot: 1, run: 2 },
      { type: 'slices stepped', plane: 'axial', steps: 1 },
      { type: 'inversion toggled' },
      { type: 'reset' },
    )
    expect(view).toEqual({
      ...after(),
      runs: { ...after().runs, shown: [0, 2] },
      resets: 1,
    })
  })
})
