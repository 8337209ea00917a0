import { describe, expect, it } from 'vitest'
import { runManifest, volumeManifest } from '../../viewer/testing'
import { initialView, nextView, type ViewEvent } from '../viewState'
import { maskInUse, maskInWords, withMaskAt, withMaskFrame, withoutShift } from './maskChoice'

const SHIFTED = runManifest({ maskFrames: [0, 1], maskShift: [0.5, -1] })
const RUNS = [runManifest(), runManifest(), SHIFTED, runManifest()]

function shape(runs = RUNS) {
  return { volume: volumeManifest([1, 1, 1], [0]), runs }
}

function after(...events: ViewEvent[]) {
  return events.reduce((view, event) => nextView(shape(), view, event), initialView(shape())).runs
}

describe('the runs on screen', () => {
  it('are a run and its biplane partner, wherever that stands, or else the first two', () => {
    const apart = [runManifest({ partner: 2 }), runManifest(), runManifest({ partner: 0 })]
    expect(initialView(shape(apart)).runs.shown).toEqual([0, 2])
    expect(initialView(shape()).runs.shown).toEqual([0, 1])
    expect(initialView(shape([runManifest()])).runs.shown).toEqual([0])
  })

  it('change in the place in use, never to one that is on screen already', () => {
    const next: ViewEvent = { type: 'next run asked for' }
    expect(after(next).shown).toEqual([2, 1])
    expect(after(next, next).shown).toEqual([3, 1])
    expect(after(next, next, next).shown).toEqual([0, 1])
    expect(after({ type: 'run used', slot: 1 }, next).shown).toEqual([0, 2])
    expect(after({ type: 'run chosen', slot: 0, run: 1 }).shown).toEqual([1, 0])
  })

  it('come with their biplane partner when the next one is asked for', () => {
    const pairs = shape([0, 1, 2, 3].map((run) => runManifest({ partner: run ^ 1 })))
    const next: ViewEvent = { type: 'next run asked for' }
    const second = nextView(pairs, initialView(pairs), next)
    expect(second.runs.shown).toEqual([2, 3])
    expect(nextView(pairs, second, next).runs.shown).toEqual([0, 1])
  })

  it('stay where there is no other', () => {
    const two = shape(RUNS.slice(0, 2))
    expect(nextView(two, initialView(two), { type: 'next run asked for' }).runs.shown).toEqual([
      0, 1,
    ])
  })
})

describe('speed and projection', () => {
  it('step between a quarter and four times', () => {
    const slower: ViewEvent = { type: 'speed stepped', steps: -1 }
    const faster: ViewEvent = { type: 'speed stepped', steps: 1 }
    expect(after().speed).toBe(1)
    expect(after(slower, slower, slower, slower).speed).toBe(0.25)
    expect(after(faster, faster, faster, faster).speed).toBe(4)
  })

  it('ends when the frames move on', () => {
    expect(after({ type: 'projection toggled' }).projected).toBe(true)
    expect(after({ type: 'projection toggled' }, { type: 'frames moved on' }).projected).toBe(false)
  })
})

describe('the windows of a run', () => {
  it('are remembered apart, run by run', () => {
    const window = { centre: 5, width: 50 }
    const { choices } = after(
      { type: 'run window set', run: 0, subtracted: true, window },
      { type: 'run window set', run: 2, subtracted: false, window },
    )
    expect(choices[0]).toEqual({ subtractedWindow: window })
    expect(choices[2]).toEqual({ nativeWindow: window })
  })
})

describe('the mask', () => {
  const recorded = maskInUse(SHIFTED, after(), 2)

  it('is the recorded one, shifted step by step from where it was recorded', () => {
    const by: ViewEvent = { type: 'mask shifted', run: 2, by: [0.5, 0] }
    const runs = after({ type: 'subtraction toggled' }, by, by)
    expect(maskInUse(SHIFTED, runs, 2)).toEqual({
      frames: [0, 1],
      shift: [1.5, -1],
      proposed: false,
    })
    expect(runs.subtracted).toBe(true)
    expect(runs.choices[0]).toBeUndefined()
  })

  it('is this frame, and the recorded one when asked for again', () => {
    const here = withMaskAt(SHIFTED, recorded, 4)
    expect(here).toEqual({ frames: [4], shift: [0, 0], proposed: false })
    expect(here && withMaskAt(SHIFTED, here, 4)).toBeUndefined()
    expect(withMaskAt(runManifest(), maskInUse(runManifest(), after(), 0), 0)).toBeUndefined()
  })

  it('averages frames, one more or one less at a time', () => {
    const more = withMaskFrame(recorded, 4)
    expect(more?.frames).toEqual([0, 1, 4])
    expect(more && withMaskFrame(more, 1)?.frames).toEqual([0, 4])
    expect(withMaskFrame({ ...recorded, frames: [4] }, 4)).toBeUndefined()
  })

  it('previews a proposal without taking it, until something else is done', () => {
    const proposal = { run: 2, shift: [3, 4] } as const
    const previewed = after({ type: 'mask shift proposed', proposal })
    expect(maskInUse(SHIFTED, previewed, 2).shift).toEqual([3, 4])
    expect(maskInUse(RUNS[0] ?? SHIFTED, previewed, 0).shift).toEqual([0, 0])
    const rejected = after({ type: 'mask shift proposed', proposal }, { type: 'proposal rejected' })
    expect(maskInUse(SHIFTED, rejected, 2)).toEqual(recorded)
    const corrected = after(
      { type: 'mask shift proposed', proposal },
      { type: 'mask shifted', run: 2, by: [0, -0.5] },
    )
    expect(corrected.choices[2]?.mask).toMatchObject({ shift: [3, 3.5], proposed: false })
    expect(corrected.proposal).toBeNull()
  })

  it('goes back to its recorded shift; chosen frames to none', () => {
    expect(withoutShift(SHIFTED, { ...recorded, shift: [7, 7] })).toBeUndefined()
    const chosen = { frames: [4], shift: [7, 7], proposed: true } as const
    expect(withoutShift(SHIFTED, chosen)).toEqual({ frames: [4], shift: [0, 0], proposed: false })
  })

  it('is said in words', () => {
    const shift = [0, 0] as const
    expect(maskInWords({ frames: [0], shift, proposed: false })).toBe('Mask: frame 1')
    expect(maskInWords({ frames: [0, 1, 2, 6], shift: [0.5, -1], proposed: false })).toBe(
      'Mask: frames 1–3, 7, ↓ 0.5 ← 1.0 px',
    )
  })
})
