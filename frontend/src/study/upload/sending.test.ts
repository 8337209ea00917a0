import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from '../../api/client'
import { type OutgoingFile, Sending, type Server } from './sending'

const FILE_BYTES = 10

const outgoing = (count: number): OutgoingFile[] =>
  Array.from({ length: count }, (_, n) => ({
    path: `IM${n}`,
    file: new File(['x'.repeat(FILE_BYTES)], `IM${n}`),
    id: null,
    receivedBytes: 0,
  }))

/** A server in memory; `fail` decides what the next requests meet. */
class FakeServer implements Server {
  received = new Map<string, number>()
  fail: () => ApiError | null = () => null
  /** Files that are on their way until `letThrough`. */
  held: (() => void)[] = []
  holds = false
  mostAtOnce = 0
  completed = 0
  begunAt: [name: string, bytes: number][] = []
  private atOnce = 0

  sendFile: Server['sendFile'] = ({ path, file, receivedBytes }, { onBegun, onSent }) => {
    let stopped = false
    this.atOnce += 1
    this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce)
    this.begunAt.push([path, receivedBytes])
    const send = async () => {
      await Promise.resolve()
      onBegun(`id of ${path}`)
      onSent(FILE_BYTES / 2)
      this.received.set(path, FILE_BYTES / 2)
      if (this.holds) await new Promise<void>((resolve) => this.held.push(resolve))
      this.atOnce -= 1
      if (stopped) throw new ApiError('', 0)
      const problem = this.fail()
      if (problem) throw problem
      this.received.set(path, file.size)
    }
    return {
      finished: send(),
      stop: () => {
        stopped = true
      },
    }
  }

  listFiles = () => {
    const problem = this.fail()
    if (problem) return Promise.reject(problem)
    return Promise.resolve(
      [...this.received].map(([name, received_bytes]) => ({
        id: `id of ${name}`,
        name,
        size_bytes: FILE_BYTES,
        received_bytes,
      })),
    )
  }

  complete = () => {
    this.completed += 1
    return Promise.resolve()
  }
}

const stateOf = (sending: Sending) => sending.getSnapshot().state

describe('Sending', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const settle = () => vi.advanceTimersByTimeAsync(20)

  it('sends every file, a few at a time, and says so in the end', async () => {
    const server = new FakeServer()
    const sending = new Sending(server, outgoing(25))
    sending.start()
    await settle()
    expect(stateOf(sending)).toEqual({ kind: 'done' })
    expect(sending.getSnapshot()).toMatchObject({ filesSent: 25, sentBytes: 250, totalBytes: 250 })
    expect([server.mostAtOnce, server.completed]).toEqual([4, 1])
  })

  it('pauses, and goes on with each file from where the server has it', async () => {
    const server = new FakeServer()
    server.holds = true
    const sending = new Sending(server, outgoing(5))
    sending.start()
    await settle()
    await vi.advanceTimersByTimeAsync(300)
    expect(sending.getSnapshot().sentBytes).toBe(20)
    sending.pause()
    expect(stateOf(sending)).toEqual({ kind: 'paused' })
    // What was on its way is not there.
    expect(sending.getSnapshot().sentBytes).toBe(0)
    for (const letGo of server.held) letGo()
    server.holds = false
    await settle()
    expect(server.completed).toBe(0)
    server.begunAt = []
    sending.start()
    await settle()
    expect(stateOf(sending)).toEqual({ kind: 'done' })
    expect(server.begunAt.slice(0, 4).map(([, bytes]) => bytes)).toEqual([5, 5, 5, 5])
  })

  it('waits by itself where nobody answers, and goes on when somebody does', async () => {
    const server = new FakeServer()
    server.fail = () => new ApiError('no connection', 0)
    const sending = new Sending(server, outgoing(3))
    sending.start()
    await settle()
    expect(stateOf(sending)).toEqual({ kind: 'waiting', problem: '' })
    await vi.advanceTimersByTimeAsync(100_000)
    expect(stateOf(sending).kind).toBe('waiting')
    server.fail = () => null
    await vi.advanceTimersByTimeAsync(31_000)
    expect(stateOf(sending)).toEqual({ kind: 'done' })
  })

  it('goes on at once when the network is said to be back', async () => {
    const server = new FakeServer()
    server.fail = () => new ApiError('no connection', 0)
    const sending = new Sending(server, outgoing(3))
    sending.start()
    await vi.advanceTimersByTimeAsync(60_000)
    server.fail = () => null
    sending.hurry()
    await settle()
    expect(stateOf(sending)).toEqual({ kind: 'done' })
  })

  it('stops where the server is full, with its words, until it is told to try again', async () => {
    const server = new FakeServer()
    server.fail = () => (server.received.size < 2 ? null : new ApiError('No room.', 507))
    const sending = new Sending(server, outgoing(6))
    sending.start()
    await settle()
    expect(stateOf(sending)).toEqual({ kind: 'stopped', reason: 'full', problem: 'No room.' })
    await vi.advanceTimersByTimeAsync(300_000)
    expect(stateOf(sending).kind).toBe('stopped')
    server.fail = () => null
    sending.start()
    await settle()
    expect(stateOf(sending)).toEqual({ kind: 'done' })
  })

  it.each([
    [403, 'signed-out'],
    [410, 'gone'],
    [400, 'refused'],
  ])('stops at an answer %d: %s', async (status, reason) => {
    const server = new FakeServer()
    server.fail = () => new ApiError('words', status)
    const sending = new Sending(server, outgoing(1))
    sending.start()
    await settle()
    expect(stateOf(sending)).toMatchObject({ kind: 'stopped', reason })
  })

  it('looks again where the server has other bytes, but not for ever', async () => {
    const server = new FakeServer()
    const refuse = new ApiError('The study is locked.', 409)
    server.sendFile = () => ({ finished: Promise.reject(refuse), stop: vi.fn() })
    const sending = new Sending(server, outgoing(1))
    sending.start()
    await settle()
    expect(stateOf(sending).kind).toBe('waiting')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(stateOf(sending)).toMatchObject({ kind: 'stopped', problem: 'The study is locked.' })
  })

  it('names a file that can no longer be read, rather than to blame the network', async () => {
    const server = new FakeServer()
    server.sendFile = () => ({ finished: Promise.reject(new ApiError('', 0)), stop: vi.fn() })
    const [file] = outgoing(1)
    if (!file) throw new Error('no file')
    file.file.slice = () => {
      throw new DOMException('moved', 'NotReadableError')
    }
    const sending = new Sending(server, [file])
    sending.start()
    await settle()
    expect(stateOf(sending)).toMatchObject({ kind: 'stopped', reason: 'unreadable' })
  })

  it('starts a connection anew on which nothing has moved for a minute, as after sleep', async () => {
    const server = new FakeServer()
    server.holds = true
    const sending = new Sending(server, outgoing(1))
    sending.start()
    await vi.advanceTimersByTimeAsync(50_000)
    expect(stateOf(sending).kind).toBe('sending')
    server.holds = false
    await vi.advanceTimersByTimeAsync(20_000)
    expect(stateOf(sending)).toEqual({ kind: 'done' })
    expect(server.begunAt).toEqual([
      ['IM0', 0],
      ['IM0', 5],
    ])
  })

  it('counts what had arrived in files that were not chosen again', async () => {
    const sending = new Sending(new FakeServer(), outgoing(2), { files: 3, bytes: 300 })
    expect(sending.getSnapshot()).toMatchObject({ files: 5, filesSent: 3, sentBytes: 300 })
    sending.start()
    await settle()
    expect(sending.getSnapshot()).toMatchObject({ filesSent: 5, sentBytes: 320, totalBytes: 320 })
  })

  it('stays ended when it was given up', async () => {
    const server = new FakeServer()
    const sending = new Sending(server, outgoing(3))
    sending.start()
    sending.discard()
    await settle()
    expect(stateOf(sending)).toEqual({ kind: 'discarded' })
    expect(server.completed).toBe(0)
  })
})
