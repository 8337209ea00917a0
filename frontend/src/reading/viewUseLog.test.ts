import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from '../api/client'
import type { SentViewUse } from '../api/types'
import type { ViewUse } from './viewUse'
import { ViewUseLog } from './viewUseLog'

const OFFLINE = new ApiError('The server cannot be reached.', 0)
const REFUSED = new ApiError('This case was submitted and is locked.', 409)

const over = (change: object = {}): ViewUse => {
  return { kind: 'tree-over-dsa', run: 0, shown: true, opacity: 0.6, ...change }
}
const mask = (down: number): ViewUse => {
  return { kind: 'mask', run: 0, frames: [0], down, right: 0, proposed: false }
}

let submitted: boolean
let sent: SentViewUse[][]
let fails: Error[]

function send(_code: string, uses: readonly SentViewUse[]): Promise<unknown> {
  sent.push([...uses])
  const failure = fails.shift()
  return failure ? Promise.reject(failure) : Promise.resolve()
}

function open() {
  const log = new ViewUseLog('K7Q2-9FXD', send, sessionStorage, () => submitted)
  log.enter()
  return log
}

const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1000)
const told = () => sent.flat().map(({ kind, detail }) => ({ kind, ...detail }))

beforeEach(() => {
  sessionStorage.clear()
  vi.useFakeTimers()
  submitted = false
  sent = []
  fails = []
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the record of what is done to the images', () => {
  it('goes out in batches, each use with how long ago it was', async () => {
    const log = open()
    log.record(over())
    await seconds(2)
    log.record(over({ shown: false }))
    expect(sent).toEqual([])
    await seconds(1)
    expect(sent).toHaveLength(1)
    expect(sent[0]?.map(({ ago_ms }) => ago_ms)).toEqual([3000, 1000])
    expect(told()).toEqual([over(), over({ shown: false })])
    await seconds(60)
    expect(sent).toHaveLength(1)
    expect(sessionStorage).toHaveLength(0)
  })

  it('is sent again under the same keys while the server is away', async () => {
    const log = open()
    fails.push(OFFLINE, new ApiError('Too many.', 429))
    log.record(over())
    await seconds(3)
    expect(sessionStorage).toHaveLength(1)
    log.record(mask(0.5))
    await seconds(30)
    const [first, second, third] = sent
    expect(second?.[0]?.key).toBe(first?.[0]?.key)
    expect(third?.map(({ kind }) => kind)).toEqual(['tree-over-dsa', 'mask'])
    expect(third?.[0]?.ago_ms).toBeGreaterThan(first?.[0]?.ago_ms ?? 0)
    expect(sessionStorage).toHaveLength(0)
  })

  it('outlives a reload', async () => {
    fails.push(OFFLINE)
    open().record(mask(0.5))
    await seconds(3)
    open()
    await seconds(3)
    expect(told().at(-1)).toEqual(mask(0.5))
    expect(sessionStorage).toHaveLength(0)
  })

  it('takes a key that is held down for one use, and a moment later for another', async () => {
    const log = open()
    for (const down of [0.5, 1, 1.5]) log.record(mask(down))
    await seconds(1)
    log.record(mask(2))
    await seconds(3)
    expect(told()).toEqual([mask(1.5), mask(2)])
  })

  it('never takes turning back for not having turned, or hiding for showing', async () => {
    const log = open()
    const pose = (left: number): ViewUse => ({ kind: 'head-pose', left, posterior: 0, head: 0 }) as never
    for (const left of [2, 4, 0]) log.record(pose(left))
    log.record(over())
    log.record(over({ opacity: 0.3 }))
    log.record(over({ shown: false }))
    await seconds(3)
    expect(told()).toEqual([pose(4), pose(0), over({ opacity: 0.3 }), over({ shown: false })])
  })

  it('ends what lies over a run when the case is left, and begins it again on return', async () => {
    const log = open()
    log.record(over({ run: 1 }))
    await seconds(10)
    log.leave()
    await seconds(0)
    expect(told()).toEqual([over({ run: 1 }), over({ run: 1, shown: false })])
    await seconds(10)
    log.enter()
    await seconds(3)
    expect(told().at(-1)).toEqual(over({ run: 1 }))
  })

  it('forgets what the server refuses, and what belongs to a submitted case', async () => {
    const log = open()
    fails.push(REFUSED)
    log.record(mask(0.5))
    await seconds(20)
    expect(sent).toHaveLength(1)
    log.record(over())
    submitted = true
    log.record(mask(1))
    log.leave()
    await seconds(20)
    expect(sent).toHaveLength(1)
    expect(sessionStorage).toHaveLength(0)
  })

  it('goes out before a submission, and does not hold it up', async () => {
    const log = open()
    log.record(over())
    await log.settle()
    expect(told()).toEqual([over()])
    fails.push(OFFLINE)
    log.record(mask(1))
    await log.settle()
    const silent = new ViewUseLog('A', () => new Promise(() => undefined), sessionStorage, () => false)
    silent.record(mask(1))
    const settled = vi.fn()
    void silent.settle().then(settled)
    await seconds(1.6)
    expect(settled).toHaveBeenCalled()
  })

  it('sends a hundred at most at once', async () => {
    const log = open()
    for (let at = 0; at < 130; at += 1) log.record(over({ shown: at % 2 === 0 }))
    await seconds(3)
    expect(sent.map((batch) => batch.length)).toEqual([100, 30])
    expect(new Set(sent.flat().map(({ key }) => key)).size).toBe(130)
  })
})
