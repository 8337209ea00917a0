import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from '../../api/client'
import type { Answers, CaseSubmitted, DraftSaved } from '../../api/types'
import { NO_ANSWERS } from './rating'
import { RatingSession } from './ratingSession'

const CASE = { code: 'K7Q2-9FXD', draft: null, revision: 0, state: 'new' as const, opened_runs: [] }
const OFFLINE = new ApiError('The server cannot be reached.', 0)

const LOCKED = new ApiError('This case was submitted and is locked.', 409, {
  detail: 'This case was submitted and is locked.',
})
const RECEIPT: CaseSubmitted = {
  next: 'NEXT',
  stage: 'main',
  attempt: 1,
  submitted: 1,
  total: 2,
  opened: null,
}

/** The answers of {@link CASE} as they come back once they are stored. */
const stored = (answers: Answers) => ({ draft: answers, revision: 1, state: 'draft' as const })

/**
 * A server that keeps one case. `fails` makes the next requests fail; with `loseAnswer` one
 * arrives, and its answer is lost on the way.
 */
function newServer() {
  let revision = 0
  let held: Answers | null = null
  let submitted: { answers: Answers; key: string } | null = null
  const fails: ApiError[] = []
  const loses: boolean[] = []
  const refuse = () => {
    const failure = fails.shift()
    if (failure) throw failure
  }
  return {
    fails,
    loseAnswer: () => loses.push(true),
    saveDraft: vi.fn((_code: string, sent: number, answers: Answers): Promise<DraftSaved> => {
      refuse()
      if (submitted) throw LOCKED
      if (sent !== revision) {
        const theirs = held ?? { ...answers, comment: 'theirs' }
        throw new ApiError('Stale.', 409, { revision, answers: theirs })
      }
      revision += 1
      held = answers
      if (loses.pop()) throw OFFLINE
      return Promise.resolve({ revision, saved_at: '2026-03-01T12:03:00Z' })
    }),
    submitCase: vi.fn(
      (_code: string, sent: number, answers: Answers, key: string): Promise<CaseSubmitted> => {
        refuse()
        if (submitted && submitted.key !== key) throw LOCKED
        if (!submitted && sent !== revision) {
          throw new ApiError('Stale.', 409, { revision, answers: held })
        }
        submitted ??= { answers, key }
        if (loses.pop()) throw OFFLINE
        return Promise.resolve(RECEIPT)
      },
    ),
    getReadingCase: vi.fn(() => {
      refuse()
      return Promise.resolve(
        submitted
          ? { state: 'submitted' as const, draft: submitted.answers }
          : { state: 'draft' as const, draft: null },
      )
    }),
    markRunOpened: vi.fn(() => {
      refuse()
      return Promise.resolve()
    }),
  }
}

function open(server = newServer(), changes: object = {}) {
  const session = new RatingSession({ ...CASE, ...changes }, server, sessionStorage)
  session.enter()
  return { server, session }
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
      ...NO_ANSWERS,
      grade: 3,
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
    const answers = { ...NO_ANSWERS, grade: 4 }
    expect(server.submitCase).toHaveBeenCalledWith('K7Q2-9FXD', 1, answers, expect.any(String))
    expect(session.snapshot()).toMatchObject({ status: 'submitted', receipt: RECEIPT })
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
    await session.submit()
    expect(server.submitCase).not.toHaveBeenCalled()
    session.keepMine()
    await aMoment()
    expect(session.snapshot()).toMatchObject({ status: 'saved', revision: 2, theirs: null })
  })

  it('says what is missing when a submission is refused, and saves the draft', async () => {
    const { server, session } = open()
    session.edit({ grade: 2 })
    server.fails.push(new ApiError('Not complete.', 400, { missing: ['Run 2 was not viewed'] }))
    await session.submit()
    expect(session.snapshot().status).toBe('changed')
    await aMoment()
    expect(session.snapshot()).toMatchObject({
      status: 'saved',
      missing: ['Run 2 was not viewed'],
    })
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
    await session.submit()
    await aMoment()
    expect(server.saveDraft).not.toHaveBeenCalled()
    expect(server.submitCase).not.toHaveBeenCalled()
  })
})

describe('a save whose answer is lost', () => {
  const mine = { ...NO_ANSWERS, grade: 2 }

  it('is no conflict of the rater with themselves', async () => {
    const { server, session } = open()
    server.loseAnswer()
    session.edit({ grade: 2 })
    await aMoment()
    expect(session.snapshot().status).toBe('offline')
    await vi.advanceTimersByTimeAsync(6000)
    expect(session.snapshot()).toMatchObject({ status: 'saved', theirs: null, answers: mine })
    expect(sessionStorage).toHaveLength(0)
  })

  it('is none after a reload', async () => {
    const { server, session } = open()
    server.loseAnswer()
    session.edit({ grade: 2 })
    await aMoment()
    session.leave()
    const { session: reloaded } = open(server, stored(mine))
    expect(reloaded.snapshot()).toMatchObject({ status: 'saved', revision: 1, answers: mine })
    expect(sessionStorage).toHaveLength(0)
  })

  it('is none where the rater went on writing', async () => {
    const { server, session } = open()
    server.loseAnswer()
    session.edit({ grade: 2 })
    await aMoment()
    session.edit({ comment: 'and more' })
    await aMoment()
    expect(session.snapshot()).toMatchObject({ status: 'saved', revision: 2, theirs: null })
    expect(server.saveDraft.mock.lastCall?.[2].comment).toBe('and more')
  })

  it('is none where the rater went on writing and reloaded', async () => {
    const { server, session } = open()
    server.loseAnswer()
    session.edit({ grade: 2 })
    await aMoment()
    session.edit({ comment: 'and more' })
    server.fails.push(OFFLINE)
    await aMoment()
    session.leave()
    const { session: reloaded } = open(server, stored(mine))
    expect(reloaded.snapshot()).toMatchObject({ theirs: null, answers: { comment: 'and more' } })
    await aMoment()
    expect(reloaded.snapshot()).toMatchObject({ status: 'saved', revision: 2 })
  })

  it('does not hinder the submission', async () => {
    const { server, session } = open()
    server.loseAnswer()
    session.edit({ grade: 2 })
    await aMoment()
    await session.submit()
    await aMoment()
    expect(session.snapshot()).toMatchObject({ status: 'submitted', receipt: RECEIPT })
  })
})

describe('a submission whose answer is lost', () => {
  const keysOf = ({ submitCase }: ReturnType<typeof newServer>) =>
    submitCase.mock.calls.map(([, , , key]) => key)

  it('is sent again under the same key, and succeeds', async () => {
    const { server, session } = open()
    session.edit({ grade: 2 })
    server.loseAnswer()
    await session.submit()
    expect(session.snapshot().status).toBe('submission unconfirmed')
    session.edit({ grade: 4 })
    await vi.advanceTimersByTimeAsync(6000)
    expect(session.snapshot()).toMatchObject({ status: 'submitted', receipt: RECEIPT })
    const [first, second] = keysOf(server)
    expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(second).toBe(first)
    expect(server.submitCase.mock.lastCall?.[2].grade).toBe(2)
    expect(sessionStorage).toHaveLength(0)
  })

  it('is sent again under the same key after a reload', async () => {
    const { server, session } = open()
    session.edit({ grade: 2 })
    server.fails.push(OFFLINE)
    await session.submit()
    session.leave()
    server.fails.push(OFFLINE)
    await aMoment()
    const { session: reloaded } = open(server)
    await aMoment()
    expect(reloaded.snapshot().status).toBe('submitted')
    expect(new Set(keysOf(server)).size).toBe(1)
  })

  it('is at rest where the reload shows that it arrived', async () => {
    const { server, session } = open()
    session.edit({ grade: 2 })
    server.loseAnswer()
    await session.submit()
    session.leave()
    const draft = { ...NO_ANSWERS, grade: 2 }
    const { session: reloaded } = open(newServer(), { draft, revision: 1, state: 'submitted' })
    expect(reloaded.snapshot()).toMatchObject({ status: 'submitted', outrun: null })
    expect(sessionStorage).toHaveLength(0)
  })

  it('takes a new key once the server has refused it', async () => {
    const { server, session } = open()
    server.fails.push(new ApiError('Not complete.', 400, { missing: ['a grade'] }))
    await session.submit()
    session.edit({ grade: 2 })
    await session.submit()
    expect(new Set(keysOf(server)).size).toBe(2)
  })
})

describe('a case that another window submitted', () => {
  async function submittedElsewhere() {
    const server = newServer()
    const { session: elsewhere } = open(server)
    elsewhere.edit({ grade: 1 })
    await elsewhere.submit()
    return server
  }

  it('is told at the next save, with what this window said', async () => {
    const server = await submittedElsewhere()
    const { session } = open(server)
    session.edit({ grade: 4, comment: 'mine' })
    await aMoment()
    expect(session.snapshot()).toMatchObject({
      status: 'submitted',
      answers: { grade: 1 },
      outrun: { grade: 4, comment: 'mine' },
    })
    expect(sessionStorage).toHaveLength(0)
  })

  it('is told when this window submits it too', async () => {
    const { session } = open(await submittedElsewhere())
    session.edit({ grade: 4 })
    await session.submit()
    expect(session.snapshot()).toMatchObject({ status: 'submitted', outrun: { grade: 4 } })
    expect(session.snapshot().receipt).toBeNull()
  })

  it('is told to a window that only waits', async () => {
    const { session } = open(await submittedElsewhere())
    await session.lookAgain()
    expect(session.snapshot()).toMatchObject({ status: 'submitted', outrun: null })
  })

  it('is told after a reload', async () => {
    const { server, session } = open()
    server.fails.push(OFFLINE)
    session.edit({ grade: 4 })
    await aMoment()
    const draft = { ...NO_ANSWERS, grade: 1 }
    const { session: reloaded } = open(newServer(), { draft, revision: 1, state: 'submitted' })
    expect(reloaded.snapshot()).toMatchObject({ answers: { grade: 1 }, outrun: { grade: 4 } })
  })
})
