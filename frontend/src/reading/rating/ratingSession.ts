/** Carries a rater's answers to the server: soon after each change, one request at a time. */
import { ApiError } from '../../api/client'
import type { Answers, CaseSubmitted, DraftSaved, ReadingCase } from '../../api/types'
import {
  initialRating,
  isClosed,
  nextRating,
  NO_ANSWERS,
  sameAnswers,
  type OtherAnswers,
  type Rating,
  type RatingEvent,
} from './rating'
import { newRandomKey } from '../../api/randomKey'

export interface ReadingServer {
  saveDraft: (code: string, revision: number, answers: Answers) => Promise<DraftSaved>
  submitCase: (
    code: string,
    revision: number,
    answers: Answers,
    submissionKey: string,
  ) => Promise<CaseSubmitted>
  markRunOpened: (code: string, run: number) => Promise<unknown>
  getReadingCase: (code: string) => Promise<Pick<ReadingCase, 'state' | 'draft'>>
}

/** Answers that the server has not confirmed, as the tab keeps them. */
interface KeptAnswers extends OtherAnswers {
  /** Of a submission whose answer has not come. */
  submissionKey: string | null
  /** Answers that were sent and may have arrived. */
  sent: readonly Answers[]
}

const PAUSE_BEFORE_SAVING_MS = 700
const PAUSE_BEFORE_RETRY_MS = 5000

/** One case being rated in this tab. Listeners hear of every change of {@link snapshot}. */
export class RatingSession {
  private rating: Rating
  private readonly listeners = new Set<() => void>()
  private timer: ReturnType<typeof setTimeout> | null = null
  /** Each request needs the revision that the one before it brought back. */
  private lastRequest: Promise<unknown> = Promise.resolve()
  private readonly openedRuns: Set<number>
  private readonly unsentRuns = new Set<number>()
  /** The same for every attempt to send one submission; null while none is on its way. */
  private submissionKey: string | null = null
  /** What was sent since the server last answered: if it holds one of these, it is ours. */
  private sent: readonly Answers[] = []
  private left = false
  private readonly code: string
  private readonly storageKey: string
  private beforeSubmission: () => Promise<void> = () => Promise.resolve()

  constructor(
    reading: Pick<ReadingCase, 'code' | 'draft' | 'revision' | 'state' | 'opened_runs'>,
    private readonly server: ReadingServer,
    private readonly storage: Storage,
  ) {
    this.code = reading.code
    this.storageKey = `answers ${reading.code}`
    this.openedRuns = new Set(reading.opened_runs)
    this.rating = initialRating(reading.draft, reading.revision, reading.state === 'submitted')
    this.recoverKeptAnswers()
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  readonly snapshot = (): Rating => this.rating

  readonly edit = (answers: Partial<Answers>): void => {
    if (isClosed(this.rating)) return
    this.apply({ type: 'edited', answers })
    this.keep()
    this.sendIn(PAUSE_BEFORE_SAVING_MS)
  }

  /** Tell the server that a run was looked at; kept for later where it cannot be reached. */
  readonly openRun = (run: number): void => {
    if (this.openedRuns.has(run)) return
    this.openedRuns.add(run)
    this.unsentRuns.add(run)
    // What fails here goes along with the next save.
    void this.enqueue(() => this.sendOpenedRuns().catch(() => undefined))
  }

  readonly keepMine = (): void => {
    this.apply({ type: 'kept mine' })
    this.sendIn(0)
  }

  readonly takeTheirs = (): void => {
    this.apply({ type: 'took theirs' })
    this.storage.removeItem(this.storageKey)
  }

  /** Send at once what the server has not confirmed, as when the network is back. */
  readonly sendNow = (): void => {
    this.forgetTimer()
    void this.enqueue(() => (this.submissionKey === null ? this.save() : this.sendSubmission()))
  }

  /** What goes out before the case is closed. It must not fail. */
  readonly setBeforeSubmission = (send: () => Promise<void>): void => {
    this.beforeSubmission = send
  }

  /** The case is on screen (again). */
  readonly enter = (): void => {
    this.left = false
    if (this.hasUnsent()) this.sendIn(0)
  }

  /** Send a last time; what does not get through waits in the tab for the next visit. */
  readonly leave = (): void => {
    this.left = true
    this.sendNow()
  }

  /** Not handed in: the server would want this first. */
  readonly tellMissing = (missing: readonly string[]): void => {
    if (isClosed(this.rating)) return
    this.apply({ type: 'found missing', missing })
  }

  /** Hand the case in. What is missing or in the way stands in the snapshot afterwards. */
  readonly submit = (): Promise<void> => {
    this.forgetTimer()
    return this.enqueue(() => this.sendSubmission())
  }

  /** Something tells that the case may be closed: learn whether another window submitted it. */
  readonly lookAgain = (): Promise<void> => this.enqueue(() => this.learnWhetherSubmitted())

  private async save(): Promise<void> {
    const { answers, revision } = this.rating
    if (!this.hasUnsent()) return
    this.apply({ type: 'save started' })
    try {
      await this.sendOpenedRuns()
      this.noteSent(answers)
      const saved = await this.server.saveDraft(this.code, revision, answers)
      this.sent = []
      this.apply({ type: 'saved', revision: saved.revision, savedAt: saved.saved_at, answers })
      this.keep()
    } catch (error) {
      await this.failed(error)
    }
  }

  private async sendSubmission(): Promise<void> {
    const { answers, revision, status } = this.rating
    if (status === 'submitted' || status === 'conflict') return
    this.submissionKey ??= newRandomKey()
    this.apply({ type: 'submit started' })
    this.keep()
    try {
      await this.sendOpenedRuns()
      await this.beforeSubmission()
      this.noteSent(answers)
      const receipt = await this.server.submitCase(this.code, revision, answers, this.submissionKey)
      this.finish({ type: 'submitted', receipt })
    } catch (error) {
      await this.failed(error)
    }
  }

  private async sendOpenedRuns(): Promise<void> {
    for (const run of this.unsentRuns) {
      await this.server.markRunOpened(this.code, run)
      this.unsentRuns.delete(run)
    }
  }

  private async failed(error: unknown): Promise<void> {
    if (!(error instanceof ApiError)) throw error
    if (error.status === 0 || error.status >= 500) {
      this.apply({ type: 'not reached' })
      this.sendIn(PAUSE_BEFORE_RETRY_MS)
      return
    }
    const theirs = error.status === 409 ? newerAnswers(error.body) : null
    const ours = theirs !== null && this.sent.some((sent) => sameAnswers(sent, theirs.answers))
    this.sent = []
    if (ours) {
      this.apply({ type: 'arrived after all', held: theirs })
      this.keep()
      await (this.submissionKey === null ? this.save() : this.sendSubmission())
      return
    }
    // The server has answered: whatever was on its way is not any more.
    const handingIn = this.submissionKey !== null
    this.submissionKey = null
    if (theirs) {
      this.apply({ type: 'conflicted', theirs })
    } else {
      const missing = missingAnswers(error.body)
      this.apply({ type: 'refused', problem: error.message, missing })
      if (error.status === 409) await this.learnWhetherSubmitted()
    }
    if (isClosed(this.rating)) return
    this.keep()
    if (handingIn && this.rating.status === 'changed') this.sendIn(0)
  }

  private async learnWhetherSubmitted(): Promise<void> {
    if (isClosed(this.rating)) return
    try {
      const held = await this.server.getReadingCase(this.code)
      if (held.state === 'submitted') {
        this.finish({ type: 'submitted elsewhere', answers: held.draft ?? NO_ANSWERS })
      }
    } catch {
      // What was said before stands: the next answer of the server tells more.
    }
  }

  private finish(event: RatingEvent): void {
    this.forgetTimer()
    this.submissionKey = null
    this.storage.removeItem(this.storageKey)
    this.apply(event)
  }

  private hasUnsent(): boolean {
    const { status } = this.rating
    return status === 'changed' || status === 'offline' || status === 'submission unconfirmed'
  }

  private sendIn(ms: number): void {
    if (this.left) return
    this.forgetTimer()
    this.timer = setTimeout(this.sendNow, ms)
  }

  private forgetTimer(): void {
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
  }

  private enqueue<T>(request: () => Promise<T>): Promise<T> {
    const answer = this.lastRequest.then(request)
    // The next request waits for this one, whether or not it succeeds.
    this.lastRequest = answer.catch(() => undefined)
    return answer
  }

  private apply(event: RatingEvent): void {
    this.rating = nextRating(this.rating, event)
    for (const listener of this.listeners) listener()
  }

  private noteSent(answers: Answers): void {
    this.sent = [...this.sent.filter((sent) => !sameAnswers(sent, answers)), answers]
    this.keep()
  }

  /** Unconfirmed answers outlive a reload of this tab, and nothing else. */
  private keep(): void {
    const { answers, revision, status } = this.rating
    const { submissionKey, sent } = this
    if (status === 'saved') this.storage.removeItem(this.storageKey)
    else {
      const kept: KeptAnswers = { revision, answers, submissionKey, sent }
      this.storage.setItem(this.storageKey, JSON.stringify(kept))
    }
  }

  private recoverKeptAnswers(): void {
    const stored = this.storage.getItem(this.storageKey)
    if (stored === null) return
    const kept = JSON.parse(stored) as KeptAnswers
    const held = { revision: this.rating.revision, answers: this.rating.answers }
    if (isClosed(this.rating)) {
      this.storage.removeItem(this.storageKey)
      const mine = { ...this.rating, answers: kept.answers }
      this.rating = nextRating(mine, { type: 'submitted elsewhere', answers: held.answers })
      return
    }
    const ours = kept.sent.some((sent) => sameAnswers(sent, held.answers))
    this.rating = nextRating(this.rating, { type: 'edited', answers: kept.answers })
    this.submissionKey = kept.submissionKey
    if (kept.revision !== held.revision && !ours) {
      this.submissionKey = null
      this.rating = nextRating(this.rating, { type: 'conflicted', theirs: held })
    } else if (kept.submissionKey !== null) {
      this.rating = { ...this.rating, status: 'submission unconfirmed' }
    } else if (sameAnswers(kept.answers, held.answers)) {
      this.storage.removeItem(this.storageKey)
      this.rating = { ...this.rating, status: 'saved' }
    }
  }
}

function newerAnswers(body: unknown): OtherAnswers | null {
  if (typeof body !== 'object' || body === null) return null
  if (!('answers' in body) || typeof body.answers !== 'object') return null
  if (!('revision' in body) || typeof body.revision !== 'number') return null
  return { revision: body.revision, answers: (body.answers as Answers | null) ?? NO_ANSWERS }
}

function missingAnswers(body: unknown): string[] {
  if (typeof body !== 'object' || body === null || !('missing' in body)) return []
  return Array.isArray(body.missing) ? body.missing.map(String) : []
}
