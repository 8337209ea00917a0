import { MantineProvider } from '@mantine/core'
import { act, fireEvent, render, screen, within } from '@testing-library/react'
import { useReducer, useRef } from 'react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { MediaState } from '../../viewer/caseMedia'
import type { MediaManifest, RunManifest } from '../../viewer/manifest'
import { emptyVolume, type FramePixels } from '../../viewer/mediaPack'
import { moved } from '../../viewer/pixelShift'
import { randomNumbers, runManifest, volumeManifest } from '../../viewer/testing'
import { useShortcuts } from '../useShortcuts'
import { viewCommands, type ViewCommand } from '../viewCommands'
import { initialView, nextView, type ViewEvent, type ViewState } from '../viewState'
import { ViewUseContext, type ViewUse } from '../viewUse'
import type { RunControl } from './runControl'
import { RunSide } from './RunSide'

const SIZE = 96
const FRAMES = 10
const FRAME_MS = 100

/** The patient moves after the first frame. */
function frames(): FramePixels[] {
  const random = randomNumbers(3)
  const texture = moved(
    Float32Array.from({ length: SIZE * SIZE }, () => 1000 + 2000 * random()),
    SIZE,
    SIZE,
    [0.5, 0.5],
  )
  const after = moved(texture, SIZE, SIZE, [3, -2])
  return Array.from({ length: FRAMES }, (_, frame) => Uint16Array.from(frame === 0 ? texture : after))
}

function run(number: number, changes: Partial<RunManifest> = {}): RunManifest {
  return runManifest({
    name: `Run ${number}`,
    rows: SIZE,
    columns: SIZE,
    window: [500, 3500],
    frames: Array.from({ length: FRAMES }, (_, i) => `${i}.bin`),
    frameStartsMs: Array.from({ length: FRAMES }, (_, i) => i * FRAME_MS),
    ...changes,
  })
}

let uses: ViewUse[]
let opened: number[]

function mediaOf(runs: RunManifest[]): { manifest: MediaManifest; media: MediaState } {
  const volume = volumeManifest([1, 1, 1], [0])
  return {
    manifest: { volume, labels: null, tree: null, runs, corrections: [] },
    media: {
      volume: emptyVolume(volume),
      slicesLoaded: 1,
      labels: null,
      tree: null,
      runs: runs.map(({ frames: { length } }) => ({
        frames: frames().slice(0, length),
        loaded: length,
      })),
      problems: {},
    },
  }
}

function Side({ manifest, media }: ReturnType<typeof mediaOf>) {
  const [view, dispatch] = useReducer(
    (state: ViewState, event: ViewEvent) => nextView(manifest, state, event),
    manifest,
    initialView,
  )
  const first = useRef<RunControl>(null)
  const second = useRef<RunControl>(null)
  useShortcuts([], {
    onCommand: (command) => {
      viewCommands(view, dispatch, (ask) => {
        for (const { current } of [first, second]) if (current) ask(current)
      })[command as ViewCommand]()
    },
    onGrade: () => undefined,
  })
  return (
    <RunSide
      manifest={manifest}
      media={media}
      retry={() => undefined}
      view={view}
      controls={[first, second]}
      openedRuns={new Set(opened)}
      onOpened={(one) => {
        opened.push(one)
      }}
      onFrame={() => undefined}
      dispatch={dispatch}
    />
  )
}

function show(...runs: RunManifest[]) {
  return render(
    <MantineProvider env="test">
      <ViewUseContext value={(use) => uses.push(use)}>
        <Side {...mediaOf(runs)} />
      </ViewUseContext>
    </MantineProvider>,
  )
}

const press = (key: string, held: object = {}) => fireEvent.keyDown(document.body, { key, ...held })
const shift = { shiftKey: true }
const pane = (name: string) => within(screen.getByRole('region', { name }))
const frameOf = (name: string) =>
  pane(name).getByRole('slider', { name: `${name}: frame` }).getAttribute('aria-valuetext')
const seek = (name: string, frame: number) =>
  fireEvent.change(pane(name).getByRole('slider', { name: `${name}: frame` }), {
    target: { value: String(frame - 1) },
  })
const pass = (ms: number) => {
  act(() => {
    vi.advanceTimersByTime(ms)
  })
}

beforeEach(() => {
  vi.useFakeTimers({
    toFake: [
      'requestAnimationFrame',
      'cancelAnimationFrame',
      'performance',
      'setTimeout',
      'clearTimeout',
    ],
  })
  uses = []
  opened = []
})
afterEach(() => {
  vi.useRealTimers()
})

describe('two runs', () => {
  it('play together from the moment of the run in use, at true speed', () => {
    show(run(1), run(2))
    seek('Run 1', 3)
    seek('Run 2', 9)
    press(' ')
    pass(FRAME_MS + 50)
    expect([frameOf('Run 1'), frameOf('Run 2')]).toEqual(['Frame 4 of 10', 'Frame 4 of 10'])
    expect(new Set(opened)).toEqual(new Set([0, 1]))
    press(' ')
    pass(500)
    expect(frameOf('Run 1')).toBe('Frame 4 of 10')
  })

  it('of different length keep time: the shorter waits for the longer', () => {
    const short = { frames: ['0', '1', '2'], frameStartsMs: [0, 100, 200] }
    show(run(1), run(2, short))
    seek('Run 1', 1)
    press(' ')
    pass(620)
    expect([frameOf('Run 1'), frameOf('Run 2')]).toEqual(['Frame 7 of 10', 'Frame 3 of 3'])
    pass(FRAMES * FRAME_MS - 500)
    expect([frameOf('Run 1'), frameOf('Run 2')]).toEqual(['Frame 2 of 10', 'Frame 2 of 3'])
  })

  it('play slower and faster', () => {
    show(run(1), run(2))
    seek('Run 1', 1)
    press('<', shift)
    press('<', shift)
    press(' ')
    pass(4 * FRAME_MS + 50)
    expect(frameOf('Run 1')).toBe('Frame 2 of 10')
    for (let i = 0; i < 4; i += 1) press('>', shift)
    pass(FRAME_MS + 10)
    expect(frameOf('Run 1')).toBe('Frame 6 of 10')
  })

  it('stop at the end where they are not to be repeated, and begin again from there', () => {
    show(run(1), run(2))
    press('L', shift)
    press(' ')
    pass(5000)
    expect(frameOf('Run 1')).toBe('Frame 10 of 10')
    expect(pane('Run 1').getByRole('button', { name: 'Play' })).toBeTruthy()
    press(' ')
    pass(FRAME_MS + 50)
    expect(frameOf('Run 1')).toBe('Frame 2 of 10')
  })

  it('step together by key, round their ends, however fast the key', () => {
    show(run(1), run(2))
    seek('Run 1', 9)
    act(() => {
      for (let i = 0; i < 3; i += 1) press('ArrowRight')
    })
    expect([frameOf('Run 1'), frameOf('Run 2')]).toEqual(['Frame 2 of 10', 'Frame 8 of 10'])
  })

  it('show a projection until the frames move on', () => {
    show(run(1), run(2))
    press('e')
    expect(screen.getAllByRole('img', { name: /minIP of frames/ })).toHaveLength(2)
    expect(screen.getAllByTestId('range')).toHaveLength(2)
    press('ArrowRight')
    expect(screen.queryByRole('img', { name: /minIP of frames/ })).toBeNull()
  })
})

describe('the range of the projection', () => {
  it('ends at the frame on screen, is marked, and goes back to what is proposed', async () => {
    vi.useRealTimers()
    show(run(1))
    seek('Run 1', 4)
    const choose = async (name: string) => {
      fireEvent.click(pane('Run 1').getByRole('button', { name: /speed/ }))
      fireEvent.click(await screen.findByText(name))
    }
    await choose('End at this frame')
    expect(screen.getByTestId('range').title).toBe('minIP of frames 2–4')
    press('e')
    expect(screen.getByRole('img', { name: 'Run 1, minIP of frames 2 to 4' })).toBeTruthy()
    await choose('Arterial phase, as proposed')
    expect(await screen.findByLabelText('Run 1, minIP of frames 2 to 10')).toBeTruthy()
  }, 20_000)
})

describe('the mask by keys', () => {
  const maskTools = () =>
    fireEvent.click(pane('Run 1').getByRole('button', { name: 'Mask: choose and shift it' }))

  it('is shifted in half pixels, in the run in use alone, and told once at rest', () => {
    show(run(1), run(2))
    maskTools()
    for (let i = 0; i < 3; i += 1) press('ArrowRight', shift)
    press('ArrowUp', shift)
    expect(pane('Run 1').getByText('Mask: frame 1, ↑ 0.5 → 1.5 px')).toBeTruthy()
    expect(pane('Run 2').getByText('Mask: frame 1')).toBeTruthy()
    expect(uses).toEqual([])
    pass(1000)
    expect(uses).toEqual([
      { kind: 'mask', run: 0, frames: [0], down: -0.5, right: 1.5, proposed: false },
    ])
    press('Q', shift)
    expect(pane('Run 1').getByText('Mask: frame 1')).toBeTruthy()
    pass(1000)
    expect(uses.at(-1)).toMatchObject({ down: 0, right: 0 })
  })

  it('is told when the case is left in the middle of it', () => {
    const { unmount } = show(run(1))
    press('ArrowDown', shift)
    unmount()
    expect(uses).toEqual([
      { kind: 'mask', run: 0, frames: [0], down: 0.5, right: 0, proposed: false },
    ])
  })

  it('is the frame on screen, and the recorded one again', () => {
    show(run(1))
    maskTools()
    seek('Run 1', 4)
    press('M', shift)
    expect(pane('Run 1').getByText('Mask: frame 4')).toBeTruthy()
    seek('Run 1', 6)
    fireEvent.click(
      pane('Run 1').getByRole('button', { name: 'Average this frame into the mask' }),
    )
    expect(pane('Run 1').getByText('Mask: frames 4, 6')).toBeTruthy()
    press('M', shift)
    press('M', shift)
    expect(pane('Run 1').getByText('Mask: frame 1')).toBeTruthy()
  })

  it('is proposed a shift, which is shown before it is taken', () => {
    show(run(1))
    seek('Run 1', 5)
    press('q')
    expect(screen.getByRole('status').textContent).toBe('Proposed: ↓ 3.0 ← 2.0 px')
    pass(1000)
    expect(uses).toEqual([])
    press('q')
    expect(screen.queryByRole('status')).toBeNull()
    pass(1000)
    expect(uses).toEqual([
      { kind: 'mask', run: 0, frames: [0], down: 3, right: -2, proposed: true },
    ])
    press('q')
    expect(screen.getByRole('status').textContent).toBe('No better shift was found')
  })

  it('keeps its shift where the proposal is rejected', () => {
    show(run(1))
    maskTools()
    seek('Run 1', 5)
    press('q')
    press('Q', shift)
    expect(screen.queryByRole('status')).toBeNull()
    expect(pane('Run 1').getByText('Mask: frame 1')).toBeTruthy()
    pass(1000)
    expect(uses).toEqual([])
  })

  it('does nothing on a run that was stored subtracted', () => {
    show(run(1, { alreadySubtracted: true }))
    for (const key of ['ArrowUp', 'M', 'Q']) press(key, shift)
    press('q')
    pass(1000)
    expect(uses).toEqual([])
    expect(
      pane('Run 1')
        .getByRole('button', { name: 'Subtracted before it was stored' })
        .hasAttribute('disabled'),
    ).toBe(true)
  })
})

describe('more than two runs', () => {
  it('stand in a list that tells which were viewed, and come by key', () => {
    show(run(1), run(2), run(3))
    const list = within(screen.getByRole('toolbar', { name: 'All runs' }))
    expect(list.getAllByRole('img', { name: /Not viewed yet/ })).toHaveLength(3)
    press('ArrowRight')
    press('n')
    expect(list.getAllByRole('img', { name: 'Viewed' })).toHaveLength(2)
    expect(screen.getByRole('region', { name: 'Run 3' })).toBeTruthy()
    expect(screen.queryByRole('region', { name: 'Run 1' })).toBeNull()
    fireEvent.click(list.getByRole('button', { name: /Run 1/ }))
    expect(screen.getByRole('region', { name: 'Run 1' })).toBeTruthy()
  })
})
