import { vi } from 'vitest'

export interface Sent {
  method: string
  path: string
  headers: Headers
  body: unknown
}

type Answer = (sent: Sent) => { status?: number; body?: unknown; headers?: Record<string, string> }

/** Replaces fetch by answers for "METHOD /path"; returns what was sent, in order. */
export function answerWith(answers: Record<string, Answer>): Sent[] {
  const sent: Sent[] = []
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    const request: Sent = {
      method: init.method ?? 'GET',
      path,
      headers: new Headers(init.headers),
      body: typeof init.body === 'string' ? (JSON.parse(init.body) as unknown) : null,
    }
    sent.push(request)
    const answer = answers[`${request.method} ${path}`]
    if (!answer) return Promise.reject(new TypeError('no such server'))
    const { status = 200, body, headers } = answer(request)
    const text = body === undefined ? null : JSON.stringify(body)
    return Promise.resolve(new Response(text, { status, headers: headers ?? {} }))
  })
  return sent
}
