// Sends the files of one upload, a few at a time, and goes on by itself where that can help.
import { ApiError } from '../../api/client'
import type { SentFile } from '../../api/types'
import type { FoundFile } from './chosenFiles'
import { Pace } from './pace'
import {
  isDisagreement,
  passesByItself,
  type SendingState,
  type Snapshot,
  statusOf,
  stoppedBy,
  wordsOf,
} from './sendingState'

export interface OutgoingFile extends FoundFile {
  /** The server's name for the file; null until it has heard of it. */
  id: string | null
  /** What the server has. */
  receivedBytes: number
}

/** What a sending needs of the server. Every failure is an ApiError. */
export interface Server {
  /** Sends one file from where the server has it. */
  sendFile: (file: OutgoingFile, events: TransferEvents) => Transfer
  listFiles: () => Promise<SentFile[]>
  /** Says that all has been sent. */
  complete: () => Promise<void>
}

export interface TransferEvents {
  onBegun: (id: string) => void
  /** How far the file is on its way; what has left is not there yet. */
  onSent: (bytes: number) => void
  onReceived: (bytes: number) => void
}

export interface Transfer {
  /** All of the file is there. */
  finished: Promise<void>
  stop: () => void
}

const FILES_AT_ONCE = 4
const TOLD_EVERY_MS = 250
const WATCHED_EVERY_MS = 5_000
/** A connection that died in a laptop's sleep may otherwise never say so. */
const STALLED_AFTER_MS = 60_000
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 30_000
const MOST_DISAGREEMENTS = 4

export class Sending {
  private state: SendingState = { kind: 'paused' }
  private left: OutgoingFile[] = []
  private readonly active = new Map<OutgoingFile, Transfer>()
  /** How far the active files are on their way. */
  private readonly onTheWay = new Map<OutgoingFile, number>()
  private readonly listeners = new Set<() => void>()
  private readonly pace = new Pace()
  /** Failures since something last arrived. */
  private failures = 0
  private lastNews = 0
  private retry: ReturnType<typeof setTimeout> | undefined
  private telling: ReturnType<typeof setTimeout> | undefined
  private watch: ReturnType<typeof setInterval> | undefined
  private snapshot: Snapshot

  /** `before` is what the server has in files that need not be chosen again. */
  constructor(
    private readonly server: Server,
    private readonly files: readonly OutgoingFile[],
    private readonly before = { files: 0, bytes: 0 },
  ) {
    this.snapshot = this.count()
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener)
    return () => {
      this.listeners.delete(listener)
    }
  }

  readonly getSnapshot = (): Snapshot => this.snapshot

  /** Begins, or goes on after a pause or after what was in the way. */
  start(): void {
    if (this.state.kind !== 'paused' && this.state.kind !== 'stopped') return
    this.failures = 0
    this.become({ kind: 'sending' })
    void this.lookAndSend()
  }

  pause(): void {
    if (this.state.kind !== 'sending' && this.state.kind !== 'waiting') return
    this.stopTransfers()
    this.become({ kind: 'paused' })
  }

  /** Ends it for good; the caller destroys what has been sent. */
  discard(): void {
    this.stopTransfers()
    this.become({ kind: 'discarded' })
  }

  /** Tries again at once: the network is said to be back. */
  hurry(): void {
    if (this.state.kind !== 'waiting') return
    clearTimeout(this.retry)
    void this.lookAndSend()
  }

  /** Asks what the server has, since the answer to a request may have been lost, and goes on. */
  private async lookAndSend(): Promise<void> {
    const state = this.state
    try {
      const known = new Map((await this.server.listFiles()).map((file) => [file.name, file]))
      // Paused or discarded meanwhile.
      if (this.state !== state) return
      for (const file of this.files) {
        const sent = known.get(file.path)
        file.id = sent?.id ?? null
        file.receivedBytes = sent?.received_bytes ?? 0
      }
      this.left = this.files.filter((file) => !isSent(file))
      this.pace.forget()
      this.noteNews()
      this.watch ??= setInterval(this.lookForStall, WATCHED_EVERY_MS)
      this.become({ kind: 'sending' })
      this.fill()
    } catch (error) {
      if (this.state === state) this.fail(error)
    }
  }

  private fill(): void {
    while (this.state.kind === 'sending' && this.active.size < FILES_AT_ONCE) {
      const file = this.left.shift()
      if (file === undefined) break
      this.sendOne(file)
    }
    if (this.state.kind === 'sending' && this.active.size === 0) void this.complete()
  }

  private sendOne(file: OutgoingFile): void {
    const isCurrent = () => this.active.get(file) === transfer
    const transfer = this.server.sendFile(file, {
      onBegun: (id) => {
        if (isCurrent()) file.id = id
      },
      onSent: (bytes) => {
        if (!isCurrent()) return
        this.onTheWay.set(file, bytes)
        this.noteNews()
        this.tell()
      },
      onReceived: (bytes) => {
        if (isCurrent()) file.receivedBytes = bytes
      },
    })
    this.active.set(file, transfer)
    transfer.finished.then(
      () => {
        if (!isCurrent()) return
        this.active.delete(file)
        this.onTheWay.delete(file)
        file.receivedBytes = file.file.size
        this.failures = 0
        this.noteNews()
        this.tell()
        this.fill()
      },
      (error: unknown) => {
        if (!isCurrent()) return
        this.fail(error)
        if (statusOf(error) === 0) void this.stopIfUnreadable(file)
      },
    )
  }

  private async complete(): Promise<void> {
    this.stopTransfers()
    const completing: SendingState = { kind: 'completing' }
    this.become(completing)
    try {
      await this.server.complete()
      if (this.state === completing) this.become({ kind: 'done' })
    } catch (error) {
      if (this.state === completing) this.fail(error)
    }
  }

  private fail(error: unknown): void {
    this.stopTransfers()
    const isStubborn = isDisagreement(error) && this.failures >= MOST_DISAGREEMENTS
    if (isStubborn || !(passesByItself(error) || isDisagreement(error))) {
      this.become(stoppedBy(error))
      return
    }
    const delay = Math.min(FIRST_WAIT_MS * 2 ** this.failures, LONGEST_WAIT_MS)
    this.failures += 1
    this.become({ kind: 'waiting', problem: statusOf(error) === 0 ? '' : wordsOf(error) })
    this.retry = setTimeout(() => void this.lookAndSend(), delay)
  }

  /** A file that was moved or changed looks like a broken connection to a browser. */
  private async stopIfUnreadable({ path, file }: OutgoingFile): Promise<void> {
    try {
      await file.slice(0, 1).arrayBuffer()
    } catch {
      this.stopTransfers()
      this.become({
        kind: 'stopped',
        reason: 'unreadable',
        problem: `${path} can no longer be read. It was moved or changed, or its drive was removed.`,
      })
    }
  }

  private stopTransfers(): void {
    clearTimeout(this.retry)
    clearInterval(this.watch)
    this.watch = undefined
    const transfers = [...this.active.values()]
    this.active.clear()
    this.onTheWay.clear()
    for (const transfer of transfers) transfer.stop()
  }

  private readonly lookForStall = () => {
    if (Date.now() - this.lastNews < STALLED_AFTER_MS) return
    this.fail(new ApiError('The server has not answered for a minute.', 0))
  }

  private noteNews(): void {
    this.lastNews = Date.now()
  }

  private become(state: SendingState): void {
    this.state = state
    this.tellNow()
  }

  private tell(): void {
    this.telling ??= setTimeout(this.tellNow, TOLD_EVERY_MS)
  }

  private readonly tellNow = () => {
    clearTimeout(this.telling)
    this.telling = undefined
    this.snapshot = this.count()
    for (const listener of this.listeners) listener()
  }

  private count(): Snapshot {
    const sizes = this.files.map(({ file }) => file.size)
    const totalBytes = sum(sizes) + this.before.bytes
    const sent = this.files.map((file) => this.onTheWay.get(file) ?? file.receivedBytes)
    const sentBytes = sum(sent) + this.before.bytes
    const sending = this.state.kind === 'sending'
    if (sending) this.pace.note(sentBytes, Date.now())
    return {
      state: this.state,
      files: this.files.length + this.before.files,
      filesSent: this.files.filter(isSent).length + this.before.files,
      totalBytes,
      sentBytes,
      bytesPerSecond: sending ? this.pace.bytesPerSecond : null,
      secondsLeft: sending ? this.pace.secondsLeft(totalBytes - sentBytes) : null,
    }
  }
}

const isSent = ({ file, receivedBytes }: OutgoingFile) => receivedBytes >= file.size

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
