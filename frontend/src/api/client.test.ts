import { afterEach, describe, expect, it, vi } from 'vitest'
import { answerWith } from '../../tests/server'
import {
  type ApiError,
  csrfToken,
  listCases,
  listStudies,
  lockStudy,
  NO_CONNECTION,
  problemMessage,
  saveDraft,
} from './client'
import { NO_ANSWERS } from '../reading/rating/rating'

afterEach(() => {
  vi.unstubAllGlobals()
})

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail('this should have failed'),
    (error: unknown) => error as ApiError,
  )

describe('csrfToken', () => {
  it('finds the token among other cookies', () => {
    expect(csrfToken('a=1; csrftoken=Xy9; sessionid=2')).toBe('Xy9')
  })

  it('is empty without the cookie', () => {
    expect(csrfToken('xcsrftoken=no')).toBe('')
  })
})

describe('problemMessage', () => {
  it('prefers what the server says', () => {
    expect(problemMessage(409, { detail: 'The study is locked.' })).toBe('The study is locked.')
  })

  it('joins the messages of several fields', () => {
    expect(problemMessage(400, { username: ['Required.'], password: ['Required.'] })).toBe(
      'Required. Required.',
    )
  })

  it('says what to do after a server failure without a message', () => {
    expect(problemMessage(502, null)).toContain('Try again')
  })
})

describe('requests', () => {
  it('say in words that no connection was possible', async () => {
    answerWith({})
    expect(await failureOf(listStudies())).toMatchObject({ message: NO_CONNECTION, status: 0 })
  })

  it('survive an error page that is not JSON', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('<h1>Bad', { status: 502 })))
    expect(await failureOf(listStudies())).toMatchObject({ status: 502 })
  })

  it('carry the CSRF token and the confirmation when they change something', async () => {
    document.cookie = 'csrftoken=secret'
    const sent = answerWith({ 'POST /api/studies/s1/lock': () => ({ body: {} }) })
    await lockStudy('s1', 'Phantom heads')
    expect(sent[0]?.headers.get('X-CSRFToken')).toBe('secret')
    expect(sent[0]?.body).toEqual({ confirm_name: 'Phantom heads' })
  })

  it('hand on the newer draft of a conflict', async () => {
    const newer = { detail: 'Changed elsewhere.', revision: 4, answers: { grade: 2 } }
    answerWith({ 'PUT /api/reading/cases/K7/draft': () => ({ status: 409, body: newer }) })
    const draft = { ...NO_ANSWERS, grade: 3 }
    expect(await failureOf(saveDraft('K7', 3, draft))).toMatchObject({ status: 409, body: newer })
  })

  it('reuse the last answer while the server says that nothing changed', async () => {
    const sent = answerWith({
      'GET /api/studies/s1/cases': ({ headers }) =>
        headers.get('If-None-Match') === '"1"'
          ? { status: 304 }
          : { body: [{ code: 'P-001' }], headers: { ETag: '"1"' } },
    })
    const first = await listCases('s1')
    expect(await listCases('s1')).toBe(first)
    expect(sent).toHaveLength(2)
  })
})

describe('an action', () => {
  const lock = () => lockStudy('s1', 'Study')
  const keysOf = (sent: { headers: Headers }[]) =>
    sent.map(({ headers }) => headers.get('Idempotency-Key'))

  it('keeps its key until it is answered, so that sending it again does it once', async () => {
    const sent = answerWith({})
    vi.stubGlobal('fetch', failingOnce(fetch))
    await failureOf(lock())
    await failureOf(lock())
    expect(sent).toHaveLength(1)
    expect(keysOf(sent)).toEqual([firstKey])
  })

  it('has another key when it is done a second time', async () => {
    const sent = answerWith({ 'POST /api/studies/s1/lock': () => ({ body: {} }) })
    await lock()
    await lock()
    const [one, other] = keysOf(sent)
    expect(one).toMatch(/^[0-9a-f-]{36}$/)
    expect(one).not.toBe(other)
  })

  it('waits as long as the server says where too much was asked at once', async () => {
    vi.useFakeTimers()
    let asked = 0
    answerWith({
      'POST /api/studies/s1/lock': () => {
        asked += 1
        return asked === 1 ? { status: 429, headers: { 'Retry-After': '7' } } : { body: { id: 's1' } }
      },
    })
    const locked = lock()
    await vi.advanceTimersByTimeAsync(6_900)
    expect(asked).toBe(1)
    await vi.advanceTimersByTimeAsync(200)
    expect(await locked).toEqual({ id: 's1' })
    vi.useRealTimers()
  })
})

let firstKey: string | null = null

/** The first request gets lost on its way. */
function failingOnce(answer: typeof fetch): typeof fetch {
  let lost = false
  return (input, init) => {
    if (lost) return answer(input, init)
    lost = true
    firstKey = new Headers(init?.headers).get('Idempotency-Key')
    return Promise.reject(new TypeError('no network'))
  }
}
