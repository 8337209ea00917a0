import { afterEach, describe, expect, it, vi } from 'vitest'
import { askEarly, earlyAnswer } from './early'

/** Answer every request so; returns what was asked for and whether an answer was let go unread. */
function answerWith(status: number) {
  const asked: string[] = []
  const letGo = vi.fn()
  vi.stubGlobal('fetch', (url: string) => {
    asked.push(url)
    const body = new ReadableStream({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode('{"is": "here"}'))
        if (status === 200) controller.close()
      },
      cancel: letGo,
    })
    return Promise.resolve(new Response(body, { status }))
  })
  return { asked, letGo }
}

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('an answer that was asked for early', () => {
  it('is known at once and goes to whoever asks for it next, once', async () => {
    const { asked } = answerWith(200)
    expect(await askEarly('/a', '?on=condition')).toEqual({ is: 'here' })
    expect(asked).toEqual(['/a?on=condition'])
    expect(await (await earlyAnswer('/a'))?.json()).toEqual({ is: 'here' })
    expect(earlyAnswer('/a')).toBeUndefined()
  })

  it('is let go where it is a refusal, and its connection with it', async () => {
    const { letGo } = answerWith(404)
    expect(await askEarly('/b')).toBeNull()
    expect(earlyAnswer('/b')).toBeUndefined()
    await vi.waitFor(() => {
      expect(letGo).toHaveBeenCalledOnce()
    })
  })

  it('is none where there is nothing yet', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(null, { status: 204 })))
    expect(await askEarly('/d')).toBeNull()
    expect(earlyAnswer('/d')).toBeUndefined()
  })

  it('stays with whoever has taken it, also a refusal', async () => {
    const { letGo } = answerWith(404)
    const early = askEarly('/c')
    const taken = earlyAnswer('/c')
    expect(await early).toBeNull()
    expect((await taken)?.bodyUsed).toBe(false)
    expect(letGo).not.toHaveBeenCalled()
  })
})
