/** Carries what the rater does to the images to the server: a batch every few seconds. */
import { ApiError } from '../api/client'
import type { SentViewUse } from '../api/types'
import { newRandomKey } from '../api/randomKey'
import type { ViewUse } from './viewUse'

const PAUSE_BEFORE_SENDING_MS = 3000
const PAUSE_BEFORE_RETRY_MS = 10_000
/** A key that is held down is one use. */
const ONE_USE_MS = 1000
/** As the server has it. */
const MOST_AT_ONCE = 100
/** What waited longer has no time that means anything. */
const LONGEST_WAIT_MS = 24 * 60 * 60 * 1000
/** A record that does not get through holds nobody up. */
const LONGEST_HOLD_UP_MS = 1500

interface NotedUse {
  key: string
  /** Milliseconds by this computer's clock; the server is told how long ago. */
  at: number
  use: ViewUse
}

type OverRun = Extract<ViewUse, { kind: 'tree-over-dsa' }>

export type SendUses = (code: string, uses: readonly SentViewUse[]) => Promise<unknown>

/** The record of one case on screen. What is not sent yet outlives a reload of the tab. */
export class ViewUseLog {
  private unsent: NotedUse[]
  /** How many of these are on their way. */
  private onTheirWay = 0
  private timer: ReturnType<typeof setTimeout> | null = null
  private request: Promise<void> | null = null
  private readonly overRuns = new Map<number, OverRun>()
  private left = false
  private readonly storageKey: string

  constructor(
    private readonly code: string,
    private readonly send: SendUses,
    private readonly storage: Storage,
    /** The case is submitted: nothing belongs to it any more. */
    private readonly isOver: () => boolean,
    private readonly now: () => number = Date.now,
  ) {
    this.storageKey = `uses ${code}`
    this.unsent = JSON.parse(storage.getItem(this.storageKey) ?? '[]') as NotedUse[]
  }

  readonly record = (use: ViewUse): void => {
    if (this.isOver()) return
    if (use.kind === 'tree-over-dsa') {
      if (use.shown) this.overRuns.set(use.run, use)
      else this.overRuns.delete(use.run)
    }
    this.note(use)
    this.sendIn(PAUSE_BEFORE_SENDING_MS)
  }

  /** The case is on screen (again), and so is what lay over its runs. */
  readonly enter = (): void => {
    if (this.left) for (const over of this.overRuns.values()) this.note(over)
    this.left = false
    if (this.unsent.length > 0) this.sendIn(PAUSE_BEFORE_SENDING_MS)
  }

  /** Nothing lies over a run that is not on screen. */
  readonly leave = (): void => {
    if (this.left) return
    this.left = true
    if (this.isOver()) {
      this.unsent = []
      this.keep()
    } else for (const over of this.overRuns.values()) this.note({ ...over, shown: false })
    void this.sendAll()
  }

  /** Send what there is before the case is submitted, and do not wait for it for long. */
  readonly settle = async (): Promise<void> => {
    const longest = new Promise((resolve) => setTimeout(resolve, LONGEST_HOLD_UP_MS))
    await Promise.race([this.sendAll(), longest])
  }

  private note(use: ViewUse): void {
    const last = this.unsent.at(-1)
    const waits = this.unsent.length > this.onTheirWay
    if (last && waits && this.now() - last.at < ONE_USE_MS && continues(last.use, use)) {
      last.use = use
    } else this.unsent.push({ key: newRandomKey(), at: this.now(), use })
    this.keep()
  }

  private async sendAll(): Promise<void> {
    this.forgetTimer()
    while (this.request) await this.request
    while (this.unsent.length > 0) {
      this.request = this.sendBatch()
      await this.request
      if (this.timer) return
    }
  }

  private async sendBatch(): Promise<void> {
    this.unsent = this.unsent.filter(({ at }) => this.now() - at < LONGEST_WAIT_MS)
    const batch = this.unsent.slice(0, MOST_AT_ONCE)
    this.onTheirWay = batch.length
    try {
      if (batch.length > 0) await this.send(this.code, batch.map(this.asSent))
      this.unsent = this.unsent.slice(batch.length)
    } catch (error) {
      if (mayWorkLater(error)) this.sendIn(PAUSE_BEFORE_RETRY_MS)
      else this.unsent = this.unsent.slice(batch.length)
    } finally {
      this.onTheirWay = 0
      this.request = null
      this.keep()
    }
  }

  private readonly asSent = ({ key, at, use }: NotedUse): SentViewUse => {
    const { kind, ...detail } = use
    return { key, kind, detail, ago_ms: Math.max(0, Math.round(this.now() - at)) }
  }

  private sendIn(ms: number): void {
    this.timer ??= setTimeout(() => {
      this.timer = null
      void this.sendAll()
    }, ms)
  }

  private forgetTimer(): void {
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
  }

  private keep(): void {
    if (this.unsent.length === 0) this.storage.removeItem(this.storageKey)
    else this.storage.setItem(this.storageKey, JSON.stringify(this.unsent))
  }
}

/** Whether a use only takes on what the one before began: the head turned on, the mask on. */
function continues(before: ViewUse, use: ViewUse): boolean {
  if (before.kind === 'tree-over-dsa') {
    return use.kind === before.kind && use.run === before.run && use.shown === before.shown
  }
  if (before.kind === 'head-pose') return use.kind === before.kind && isTurned(before, use)
  return (
    use.kind === before.kind &&
    use.run === before.run &&
    use.proposed === before.proposed &&
    use.frames.join() === before.frames.join()
  )
}

/** Turned back is not the same as never turned. */
function isTurned(...poses: ViewUse[]): boolean {
  return poses.every((pose) =>
    Object.values(pose).some((value) => typeof value === 'number' && value !== 0),
  )
}

function mayWorkLater(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false
  return error.status === 0 || error.status === 429 || error.status >= 500
}
