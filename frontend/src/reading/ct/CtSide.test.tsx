import { MantineProvider } from '@mantine/core'
import { act, fireEvent, render, screen, within } from '@testing-library/react'
import { useReducer } from 'react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { MediaState } from '../../viewer/caseMedia'
import type { MediaManifest } from '../../viewer/manifest'
import { emptyVolume } from '../../viewer/mediaPack'
import { volumeManifest } from '../../viewer/testing'
import { PredictedTreeContext, useTreeOfCase } from '../tree/predictedTree'
import { initialView, nextView, type ViewEvent, type ViewState } from '../viewState'
import { CtSide } from './CtSide'

/** 10 × 20 pixels of 2 × 2 mm, three slices 5 mm apart. */
const VOLUME = {
  ...volumeManifest([3, 20, 10], [1, 0, 2]),
  spacing: [5, 2, 2] as [number, number, number],
}
const PANE = { width: 100, height: 200, left: 0, top: 0 }

let drawings: number

/** jsdom lays nothing out and draws nothing: panes are 100 × 200 pixels, drawings are counted. */
beforeEach(() => {
  drawings = 0
  vi.stubGlobal(
    'ResizeObserver',
    class {
      constructor(private readonly heard: ResizeObserverCallback) {}
      observe(target: Element) {
        this.heard([{ contentRect: PANE, target } as ResizeObserverEntry], this)
      }
      unobserve() {
        // Nothing is kept.
      }
      disconnect() {
        // Nothing is kept.
      }
    },
  )
  vi.stubGlobal(
    'ImageData',
    class {
      readonly data: Uint8ClampedArray
      constructor(
        readonly width: number,
        readonly height: number,
      ) {
        this.data = new Uint8ClampedArray(4 * width * height)
      }
    },
  )
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue({
    putImageData: () => (drawings += 1),
    drawImage: () => undefined,
  } as never)
  vi.spyOn(Element.prototype, 'getBoundingClientRect').mockReturnValue(PANE as DOMRect)
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(PANE.width)
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(PANE.height)
  Element.prototype.setPointerCapture = () => undefined
  Element.prototype.hasPointerCapture = () => true
  vi.stubGlobal(
    'requestAnimationFrame',
    vi.fn((run: () => void) => {
      run()
      return 0
    }),
  )
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

interface Shown {
  names?: Record<string, string>
  /** HU and label of the voxel in the middle of each slice, from the feet. */
  hu?: [number, number, number]
  labels?: [number, number, number]
}

const MIDDLE = 10 * 10 + 5
/** The middle voxel of the axial slice, on its pane. */
const OVER_MIDDLE = { clientX: 55, clientY: 105 }

function showCt(shown: Shown) {
  const { names = { 1: 'R-M1', 2: 'L-M1' }, hu = [30, 37, 60], labels = [0, 1, 2] } = shown
  const manifest: MediaManifest = {
    volume: VOLUME,
    labels: { file: 'labels.bin', names, colours: { 1: '#ff0000', 2: '#00ff00' } },
    tree: null,
    runs: [],
    corrections: [],
  }
  const volume = emptyVolume(VOLUME)
  const voxels = new Uint8Array(volume.hu.length)
  hu.forEach((value, slice) => (volume.hu[slice * 200 + MIDDLE] = value))
  labels.forEach((label, slice) => (voxels[slice * 200 + MIDDLE] = label))
  const media: MediaState = {
    volume,
    slicesLoaded: 3,
    labels: voxels,
    tree: null,
    runs: [],
    problems: {},
  }
  const seen: { view: ViewState; send: (event: ViewEvent) => void } = {
    view: initialView(manifest),
    send: () => undefined,
  }
  function Host() {
    const [view, dispatch] = useReducer(
      (was: ViewState, event: ViewEvent) => (seen.view = nextView(manifest, was, event)),
      seen.view,
    )
    seen.send = dispatch
    const tree = useTreeOfCase(manifest, media, view, dispatch)
    return (
      <PredictedTreeContext value={tree}>
        <CtSide
          manifest={manifest}
          media={media}
          retry={() => undefined}
          view={view}
          followedRun={null}
          dispatch={dispatch}
          onTreeSettled={() => undefined}
        />
      </PredictedTreeContext>
    )
  }
  render(
    <MantineProvider>
      <Host />
    </MantineProvider>,
  )
  const axial = screen.getByRole('region', { name: 'Axial CT' })
  return {
    seen,
    axial,
    hu: within(axial).getByTestId('hu'),
    ground: () => within(axial).getByTestId('hu').parentElement ?? axial,
  }
}

const tool = (name: string) => screen.getByRole('button', { name })

describe('what is under the pointer', () => {
  it('is told in HU and by the name of the artery, without a new drawing', () => {
    const { hu, ground } = showCt({})
    const before = drawings
    fireEvent.pointerMove(ground(), OVER_MIDDLE)
    expect(hu.textContent).toBe('37 HU\nR-M1')
    fireEvent.pointerMove(ground(), { clientX: 5, clientY: 5 })
    expect(hu.textContent).toBe('≤ −200 HU (clipped)')
    fireEvent.pointerLeave(ground())
    expect(hu.textContent).toBe('')
    expect(before).toBeGreaterThan(0)
    expect(drawings).toBe(before)
  })

  it('follows the slab under a pointer that rests', () => {
    const { hu, ground, axial } = showCt({})
    fireEvent.pointerMove(ground(), OVER_MIDDLE)
    fireEvent.click(tool('Slab'))
    fireEvent.click(tool('Maximum'))
    expect(hu.textContent).toBe('Max 60 HU\nR-M1')
    expect(axial.textContent).toContain('MIP 10 mm')
    fireEvent.click(tool('Mean'))
    expect(hu.textContent).toBe('Mean 42 HU\nR-M1')
    fireEvent.change(screen.getByRole('slider', { name: /Thickness/ }), { target: { value: '2' } })
    expect(hu.textContent).toBe('37 HU\nR-M1')
    expect(axial.textContent).toContain('Mean 2 mm: one slice')
  })

  it('names no artery where there is but one', () => {
    const { hu, ground } = showCt({ names: { 1: 'artery' } })
    fireEvent.pointerMove(ground(), OVER_MIDDLE)
    expect(hu.textContent).toBe('37 HU')
    expect(screen.queryByRole('button', { name: /Names/ })).toBeNull()
  })
})

describe('the names of the arteries', () => {
  it('hide and show each; an artery behind a hidden one is seen', () => {
    const { hu, ground, seen } = showCt({})
    fireEvent.pointerMove(ground(), OVER_MIDDLE)
    fireEvent.click(tool('Slab'))
    fireEvent.click(tool('Maximum'))
    fireEvent.click(tool('Names and colours of the arteries'))
    fireEvent.click(tool('R-M1'))
    expect(hu.textContent).toBe('Max 60 HU\nL-M1')
    expect(tool('R-M1').getAttribute('aria-pressed')).toBe('false')
    expect(tool('1 hidden')).toBeTruthy()
    fireEvent.click(tool('Hide all'))
    expect(hu.textContent).toBe('Max 60 HU')
    fireEvent.click(tool('Show all'))
    expect(seen.view.ct.hiddenArteries.size).toBe(0)
    expect(hu.textContent).toBe('Max 60 HU\nR-M1')
  })

  it('say of which nothing was predicted', () => {
    showCt({ labels: [0, 1, 0] })
    fireEvent.click(tool('Names and colours of the arteries'))
    expect(tool('L-M1').title).toBe('Nothing was predicted of it')
    expect(tool('R-M1').title).toBe('Hide it')
  })
})

describe('outlines', () => {
  it('lie around the artery, one line for each side', () => {
    const { axial } = showCt({})
    expect(axial.querySelector('path')).toBeNull()
    fireEvent.click(tool('Artery outlines'))
    const path = axial.querySelector('path')
    expect(path?.getAttribute('d')).toBe('M5 10H6M5 11H6M5 10V11M6 10V11')
    expect(path?.getAttribute('stroke')).toBe('rgb(255 0 0)')
    expect(axial.querySelector('g')?.getAttribute('transform')).toBe('translate(0 0) scale(10 10)')
    fireEvent.click(tool('Artery overlay'))
    expect(axial.querySelector('path')).toBeNull()
  })
})

describe('measuring', () => {
  const drag = (axial: HTMLElement, [x, y]: number[], [toX, toY]: number[]) => {
    const layer = within(axial).getByTestId('measuring')
    fireEvent.pointerDown(layer, { clientX: x, clientY: y, button: 0 })
    fireEvent.pointerMove(layer, { clientX: toX, clientY: toY })
    fireEvent.pointerUp(layer)
  }

  it('gives the length of a drag in mm, on its slice alone', () => {
    const { axial, seen } = showCt({})
    fireEvent.click(tool('Measure distances: drag over the CT'))
    const { window } = seen.view.ct
    drag(axial, [20, 20], [50, 60])
    expect(axial.textContent).toContain('10.0 mm')
    expect(seen.view.ct.window).toBe(window)
    fireEvent.wheel(axial.querySelector('canvas') ?? axial, { deltaY: -40 })
    expect(seen.view.ct.voxel.z).toBe(2)
    expect(axial.textContent).not.toContain('10.0 mm')
  })

  it('takes a press in place for a slip, and ends with its lines', () => {
    const { axial, seen } = showCt({})
    fireEvent.click(tool('Measure distances: drag over the CT'))
    drag(axial, [20, 20], [21, 21])
    expect(seen.view.ct.distances).toEqual([])
    drag(axial, [20, 20], [50, 20])
    fireEvent.click(tool('Stop measuring'))
    expect(axial.textContent).not.toContain('6.0 mm')
    expect(within(axial).queryByTestId('measuring')).toBeNull()
  })
})

describe('a slice', () => {
  it('has a scale of its own length and is drawn in the size of its pane', () => {
    const { axial, seen } = showCt({})
    // 100 pixels show 20 mm.
    const scale = within(axial).getByTestId('scale')
    expect(scale.textContent).toBe('1 cm')
    expect(scale.querySelector('i')?.style.width).toBe('50px')
    act(() => {
      seen.send({ type: 'slice zoomed', plane: 'axial', zoom: { scale: 4, x: 0.5, y: 0.5 } })
    })
    expect(scale.textContent).toBe('2 mm')
    expect(scale.querySelector('i')?.style.width).toBe('40px')
    expect(axial.querySelector('canvas')?.style).toMatchObject({ width: '100px', height: '200px' })
  })
})

describe('the crosshair', () => {
  it('is dragged by its middle, all planes with it', () => {
    const { axial, seen } = showCt({})
    const handle = within(axial).getByTestId('crosshair')
    fireEvent.pointerDown(handle, { ...OVER_MIDDLE, button: 0 })
    fireEvent.pointerMove(handle, { clientX: 25, clientY: 45 })
    expect(seen.view.ct.voxel).toEqual({ x: 2, y: 4, z: 1 })
    expect(screen.getByRole('img', { name: 'Coronal CT slice 5 of 20' })).toBeTruthy()
  })

  it('is brought into sight on a slice that is zoomed', () => {
    const { seen } = showCt({})
    const zoom = { scale: 4, x: 0.5, y: 0.5 }
    act(() => {
      seen.send({ type: 'slice zoomed', plane: 'axial', zoom })
    })
    expect(seen.view.ct.zoom.axial).toEqual(zoom)
    act(() => {
      seen.send({ type: 'voxel chosen', plane: 'coronal', voxel: { x: 1, y: 18, z: 1 } })
    })
    expect(seen.view.ct.zoom.axial).toEqual({ scale: 4, x: 0.15, y: 0.875 })
  })

  it('leaves a zoomed slice where it is as long as it is in sight there', () => {
    const { seen } = showCt({})
    const zoom = { scale: 4, x: 0.5, y: 0.5 }
    act(() => {
      seen.send({ type: 'slice zoomed', plane: 'axial', zoom })
    })
    act(() => {
      seen.send({ type: 'voxel chosen', plane: 'coronal', voxel: { x: 5, y: 11, z: 1 } })
    })
    expect(seen.view.ct.zoom.axial).toEqual(zoom)
  })
})
