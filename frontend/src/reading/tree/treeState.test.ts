import { describe, expect, it } from 'vitest'
import { LATERAL, POSTEROANTERIOR } from '../../viewer/carm'
import { AS_RECORDED } from '../../viewer/headPose'
import { runManifest, volumeManifest } from '../../viewer/testing'
import { initialView, nextView, type ViewEvent } from '../viewState'
import { assumedOf } from './runView'
import { treeCommands } from './treeKeys'
import type { TreeOverDsa } from './treeState'

const SHAPE = {
  volume: volumeManifest([5, 7, 9], [2, 3, 1, 4, 0]),
  runs: [runManifest(), runManifest()],
}

function treeAfter(events: ViewEvent[], treeOverDsa?: TreeOverDsa) {
  const shape = { ...SHAPE, treeOverDsa }
  return events.reduce((view, event) => nextView(shape, view, event), initialView(shape)).tree
}

describe('the artery tree', () => {
  it('steps through the standard views, from the first', () => {
    const step: ViewEvent = { type: 'standard view stepped' }
    const poses = [1, 2, 3, 4, 5].map((count) => treeAfter(Array<ViewEvent>(count).fill(step)).aim)
    expect(poses[0]).toEqual({ from: 'preset', pose: POSTEROANTERIOR })
    expect(poses[1]).toEqual({ from: 'preset', pose: LATERAL })
    expect(poses[2]).toMatchObject({ pose: { primaryDeg: -30 } })
    expect(poses[3]).toMatchObject({ pose: { primaryDeg: 30 } })
    expect(poses[4]).toEqual(poses[0])
  })

  it('is seen by the C-arm again when the head is turned, and the head goes back by one key', () => {
    const turned = treeAfter([
      { type: 'tree aimed', aim: { from: 'preset', pose: LATERAL } },
      { type: 'head turned', axis: 'head', degrees: 1 },
      { type: 'head turned', axis: 'head', degrees: 1 },
      { type: 'head moved', by: [1, 0, -2] },
    ])
    expect(turned).toMatchObject({
      aim: { from: 'C-arm' },
      head: { headDeg: 2, leftMm: 1, headMm: -2 },
    })
    const back: ViewEvent = { type: 'head put back' }
    expect(treeAfter([{ type: 'head turned', axis: 'left', degrees: 3 }, back]).head).toEqual(
      AS_RECORDED,
    )
  })

  it('lies over the runs as the protocol says', () => {
    const toggle: ViewEvent = { type: 'tree over runs toggled' }
    expect(treeAfter([]).overRuns?.shown).toBe(false)
    expect(treeAfter([toggle]).overRuns?.shown).toBe(true)
    expect(treeAfter([], 'shown-at-first').overRuns?.shown).toBe(true)
    expect(treeAfter([toggle, { type: 'reset' }], 'shown-at-first').overRuns?.shown).toBe(true)
    expect(treeAfter([toggle], 'never').overRuns).toBeNull()
    const strengthened: ViewEvent = { type: 'tree over runs opacity set', opacity: 7 }
    expect(treeAfter([strengthened], 'never').overRuns).toBeNull()
    expect(treeAfter([strengthened]).overRuns).toEqual({ shown: true, opacity: 1 })
  })

  it('turns by the arrow under the finger', () => {
    const events: ViewEvent[] = []
    const commands = treeCommands(initialView(SHAPE), (event) => {
      events.push(event)
    })
    commands['head to the left']()
    commands['chin up']()
    commands['head tilted to the right']()
    expect(events).toEqual([
      { type: 'head turned', axis: 'head', degrees: 1 },
      { type: 'head turned', axis: 'left', degrees: -1 },
      { type: 'head turned', axis: 'posterior', degrees: -1 },
    ])
  })
})

describe('what of the place of a frame is assumed', () => {
  it.each([
    [{ isocentreKnown: true }, ''],
    [{}, 'Place assumed'],
    [{ isocentreKnown: true, primaryDeg: null }, 'Angles not known, seen from PA'],
    [{ sidMm: null, primaryDeg: null }, 'Angles not known, seen from PA. Size and place assumed'],
  ])('%o: %s', (changes, words) => {
    expect(assumedOf({ manifest: runManifest(changes), index: 0, frame: 0 })).toBe(words)
  })
})
