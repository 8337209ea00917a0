import { act, renderHook } from '@testing-library/react'
import type { ReactNode } from 'react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { runManifest, volumeManifest } from '../../viewer/testing'
import { ViewUseContext, type ViewUse } from '../viewUse'
import { initialView, nextView, type ViewEvent, type ViewState } from '../viewState'
import type { TreeOverDsa } from './treeState'
import { useToldUses } from './useToldUses'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A case on whose images events can be let loose, and what the study was told. */
function caseUnder(treeOverDsa: TreeOverDsa) {
  const shape = {
    volume: volumeManifest([5, 7, 9], [2, 3, 1, 4, 0]),
    runs: [runManifest(), runManifest(), runManifest()],
    treeOverDsa,
  }
  const told: ViewUse[] = []
  const tell = (use: ViewUse) => told.push(use)
  const wrapper = ({ children }: { children: ReactNode }) => (
    <ViewUseContext value={tell}>{children}</ViewUseContext>
  )
  let view = initialView(shape)
  const { rerender } = renderHook(
    (shown: ViewState) => {
      useToldUses(shown)
    },
    { wrapper, initialProps: view },
  )
  const after = (ms: number, ...events: ViewEvent[]) => {
    view = events.reduce((state, event) => nextView(shape, state, event), view)
    rerender(view)
    act(() => {
      vi.advanceTimersByTime(ms)
    })
    return told.splice(0)
  }
  return after
}

const TURN: ViewEvent = { type: 'head turned', axis: 'head', degrees: 1 }
const TOGGLE: ViewEvent = { type: 'tree over runs toggled' }

describe('what the study is told', () => {
  it('is the pose of the head once it rests, and that it was put back', () => {
    const after = caseUnder('hidden-at-first')
    expect(after(2000)).toEqual([])
    expect(after(600, TURN)).toEqual([])
    expect(after(600, TURN, { type: 'head moved', by: [0.26, 0, -3] })).toEqual([])
    expect(after(600)).toEqual([
      {
        kind: 'head-pose',
        left: 0,
        posterior: 0,
        head: 2,
        leftMm: 0.3,
        posteriorMm: 0,
        headMm: -3,
      },
    ])
    expect(after(1100, { type: 'head put back' })).toMatchObject([{ head: 0, headMm: 0 }])
  })

  it('is over which runs the tree lay, however short, and how strong in the end', () => {
    const after = caseUnder('hidden-at-first')
    expect(after(10, TOGGLE)).toEqual([
      { kind: 'tree-over-dsa', run: 0, shown: true, opacity: 0.8 },
      { kind: 'tree-over-dsa', run: 1, shown: true, opacity: 0.8 },
    ])
    expect(after(10, { type: 'run chosen', slot: 1, run: 2 })).toMatchObject([
      { run: 2, shown: true },
      { run: 1, shown: false },
    ])
    expect(after(500, { type: 'tree over runs opacity set', opacity: 0.5 })).toEqual([])
    expect(after(1100, { type: 'tree over runs opacity set', opacity: 0.4 })).toMatchObject([
      { run: 0, opacity: 0.4 },
      { run: 2, opacity: 0.4 },
    ])
    expect(after(10, TOGGLE)).toMatchObject([
      { run: 0, shown: false },
      { run: 2, shown: false },
    ])
  })

  it('is also what the protocol shows by itself, and nothing where it never does', () => {
    expect(caseUnder('shown-at-first')(10)).toMatchObject([
      { run: 0, shown: true },
      { run: 1, shown: true },
    ])
    expect(caseUnder('never')(1100, TOGGLE)).toEqual([])
  })
})
