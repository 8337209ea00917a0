import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from '../api/client'
import type { Answers, CaseSubmitted, DraftSaved } from '../api/types'
import { NO_ANSWERS } from './rating'
import { RatingSession } from './ratingSession'

const CASE = { code: 'K7Q2-9FXD', draft: null, revision: 0, state: 'new' as const, opened_runs: [] }
const OFFLINE = new ApiError('The server cannot be reached.', 0)

/** A server that keeps one draft; `fails` makes the next requests fail. */
function newServer() {
  let revision = 0
  const fails: ApiError[] = []
  const refuse = () => {
    const failure = fails.shift()
    if (failure) throw failure
  }
  return {
    fails,
    saveDraft: vi.fn((_code: string, sent: number, answers: Answers): Promise<DraftSaved> => {
      refuse()
      if (sent !== revision) {
        throw new ApiError('Stale.', 409, { revision, answers: { ...answers, comment: 'theirs' } })
      }
      revision += 1
      return Promise.resolve({ revision, saved_at: '2026-03-01T12:03:00Z' })
    }),
    submitCase: vi.fn((): Promise<CaseSubmitted> => {
      refuse()
      return Promise.resolve({ next: 'NEXT', submitted: 1, total: 2 })
    }),
    markRunOpened: vi.fn(() => {
      refuse()
      return Promise.resolve()
    }),
  }
}

function open(server = newServer(), changes: object = {}) {
  return { server, session: new RatingSession({ ...CASE, ...changes }, server, sessionStorage) }
}

beforeEach(() => {
  sessionStorage.clear()
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const aMoment = () => vi.advanceTimersByTimeAsync(1000)

describe('a rating session', () => {
  it('saves soon after the last change, once', async () => {
    const { server, session } = open()
    session.edit({ grade: 3 })
    session.edit({ comment: 'a' })
    session.edit({ comment: 'ab' })
    expect(server.saveDraft).not.toHaveBeenCalled()
    await aMoment()
    expect(server.saveDraft).toHaveBeenCalledExactlyOnceWith('K7Q2-9FXD', 0, {
      grade: 3,
      unscorable_reason: null,
      comment: 'ab',
    })
    expect(session.snapshot()).toMatchObject({ status: 'saved', revision: 1 })
  })

  it('sends the revision of the save before', async () => {
    const { server, session } = open()
    session.edit({ grade: 3 })
    await aMoment()
    session.edit({ grade: 4 })
    await session.submit()
    expect(server.submitCase).toHaveBeenCalledWith('K7Q2-9FXD', 1, { ...NO_ANSWERS, grade: 4 })
    expect(session.snapshot().status).toBe('submitted')
  })

  it('keeps answers in the tab while the server is away, and tries again', async () => {
    const { server, session } = open()
    server.fails.push(OFFLINE)
    session.edit({ grade: 2 })
    await aMoment()
    expect(session.snapshot().status).toBe('offline')
    await vi.advanceTimersByTimeAsync(6000)
    expect(session.snapshot().status).toBe('saved')
  })

  it('finds unsaved answers again after a reload', async () => {
    const { server, session } = open()
    server.fails.push(OFFLINE)
    session.edit({ grade: 2, comment: 'kept' })
    await vi.advanceTimersByTimeAsync(800)
    const { session: reloaded } = open(newServer())
    expect(reloaded.snapshot().answers.comment).toBe('kept')
    await aMoment()
    expect(reloaded.snapshot().status).toBe('saved')
    expect(sessionStorage).toHaveLength(0)
  })

  it('asks whose answers count when they differ after a reload', () => {
    const { session } = open()
    session.edit({ comment: 'mine' })
    const draft = { ...NO_ANSWERS, grade: 1 }
    const { session: reloaded } = open(newServer(), { draft, revision: 4, state: 'draft' })
    expect(reloaded.snapshot()).toMatchObject({
      status: 'conflict',
      answers: { comment: 'mine' },
      theirs: { revision: 4, answers: draft },
    })
  })

  it('saves mine over the other answers only when told to', async () => {
    const server = newServer()
    const { session: elsewhere } = open(server)
    elsewhere.edit({ grade: 1 })
    await aMoment()
    const { session } = open(server)
    session.edit({ grade: 4 })
    await aMoment()
    expect(session.snapshot()).toMatchObject({ status: 'conflict', answers: { grade: 4 } })
    expect(await session.submit()).toBeNull()
    session.keepMine()
    await aMoment()
    expect(session.snapshot()).toMatchObject({ status: 'saved', revision: 2, theirs: null })
  })

  it('says what is missing when a submission is refused, and saves the draft', async () => {
    const { server, session } = open()
    session.edit({ grade: 2 })
    server.fails.push(new ApiError('Not complete.', 400, { missing: ['Run 2 was not viewed'] }))
    expect(await session.submit()).toBeNull()
    await aMoment()
    expect(session.snapshot()).toMatchObject({
      status: 'saved',
      missing: ['Run 2 was not viewed'],
    })
  })

  it('says that a submission did not get through', async () => {
    const { server, session } = open()
    session.edit({ grade: 2 })
    server.fails.push(OFFLINE)
    expect(await session.submit()).toBeNull()
    expect(session.snapshot()).toMatchObject({ status: 'offline', answers: { grade: 2 } })
    expect(session.snapshot().problem).toContain('submit again')
  })

  it('tells of an opened run later when the server was away', async () => {
    const { server, session } = open()
    server.fails.push(OFFLINE)
    session.openRun(1)
    await aMoment()
    session.edit({ grade: 2 })
    await session.submit()
    expect(server.markRunOpened.mock.calls).toEqual([
      ['K7Q2-9FXD', 1],
      ['K7Q2-9FXD', 1],
    ])
  })

  it('tells of each run once', async () => {
    const { server, session } = open(newServer(), { opened_runs: [0] })
    for (const run of [0, 1, 1]) session.openRun(run)
    await aMoment()
    expect(server.markRunOpened).toHaveBeenCalledExactlyOnceWith('K7Q2-9FXD', 1)
  })

  it('saves once more when the case is left, and then rests', async () => {
    const { server, session } = open()
    server.fails.push(OFFLINE)
    session.edit({ grade: 2 })
    session.leave()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(server.saveDraft).toHaveBeenCalledOnce()
    expect(sessionStorage).toHaveLength(1)
  })

  it('leaves a submitted case alone', async () => {
    const { server, session } = open(newServer(), { state: 'submitted', draft: NO_ANSWERS })
    session.edit({ grade: 4 })
    expect(await session.submit()).toBeNull()
    await aMoment()
    expect(server.saveDraft).not.toHaveBeenCalled()
    expect(server.submitCase).not.toHaveBeenCalled()
  })
})
