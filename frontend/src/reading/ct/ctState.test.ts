import { describe, expect, it } from 'vitest'
import { runManifest, volumeManifest } from '../../viewer/testing'
import { initialView, nextView, type ViewEvent, type ViewState } from '../viewState'
import { ctCommands, type CtCommand } from './ctKeys'

const SHAPE = { volume: volumeManifest([5, 7, 9], [2, 3, 1, 4, 0]), runs: [runManifest()] }
const LINE = {
  plane: 'axial',
  slice: 2,
  from: { column: 0, row: 0 },
  to: { column: 3, row: 4 },
} as const

/** The view after commands by key and other events. */
function after(...done: (CtCommand | ViewEvent)[]): ViewState {
  let view = initialView(SHAPE)
  const dispatch = (event: ViewEvent) => {
    view = nextView(SHAPE, view, event)
  }
  for (const one of done) {
    if (typeof one === 'string') ctCommands(view, dispatch)[one]()
    else dispatch(one)
  }
  return view
}

describe('the CT by keys', () => {
  it('goes from one slice to maximum, mean and back, and keeps the thickness', () => {
    expect(after('slab').ct.slab).toEqual({ mode: 'mip', thickness: 10 })
    expect(after('slab', 'thicker slab', 'slab').ct.slab).toEqual({ mode: 'mean', thickness: 12 })
    expect(after('slab', 'thicker slab', 'slab', 'slab').ct.slab).toEqual({
      mode: 'off',
      thickness: 12,
    })
  })

  it('shows the slab whose thickness is changed, from 1 to 30 mm', () => {
    expect(after('thinner slab').ct.slab).toEqual({ mode: 'mip', thickness: 8 })
    const often = (command: CtCommand) => Array.from({ length: 40 }, () => command)
    expect(after(...often('thinner slab')).ct.slab.thickness).toBe(1)
    expect(after(...often('thicker slab')).ct.slab.thickness).toBe(30)
    const seven: ViewEvent = { type: 'slab thickness set', thickness: 7 }
    expect(after(seven, 'thicker slab').ct.slab.thickness).toBe(8)
    expect(after(seven, 'thinner slab').ct.slab.thickness).toBe(6)
  })

  it('shows the overlay again when it is to be drawn another way', () => {
    const { overlay } = after('overlay', 'overlay style').ct
    expect(overlay).toMatchObject({ shown: true, drawn: 'outlined' })
    expect(after('overlay style', 'overlay stronger').ct.overlay.drawn).toBe('outlined')
    expect(after('overlay style', 'overlay style').ct.overlay.drawn).toBe('filled')
  })

  it('hides arteries one by one, and all or none', () => {
    const two: ViewEvent[] = [3, 5, 3, 4].map((artery) => ({ type: 'artery toggled', artery }))
    expect([...after(...two).ct.hiddenArteries].sort()).toEqual([4, 5])
    const none = after(...two, { type: 'arteries hidden', arteries: new Set() })
    expect(none.ct.hiddenArteries.size).toBe(0)
  })

  it('keeps distances while measuring, and drops them by the key or Escape', () => {
    const drawn: ViewEvent = { type: 'distance drawn', distance: LINE }
    expect(after('measure', drawn, drawn).ct).toMatchObject({
      measuring: true,
      distances: [LINE, LINE],
    })
    expect(after('measure', drawn, 'measure').ct).toMatchObject({ measuring: false, distances: [] })
    expect(after('measure', drawn, 'leave').ct).toMatchObject({ measuring: false, distances: [] })
  })

  it('closes the names of the arteries by their key or Escape', () => {
    expect(after('artery key').ct.arteryKeyShown).toBe(true)
    expect(after('artery key', 'artery key').ct.arteryKeyShown).toBe(false)
    expect(after('artery key', 'leave').ct.arteryKeyShown).toBe(false)
  })

  it('changes the layout there and back', () => {
    expect(after('layout').ct.layout).toBe('equal')
    expect(after('layout', 'layout').ct.layout).toBe('one large')
  })
})
