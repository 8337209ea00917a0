/** Carries a rater's answers to the server: soon after each change, one request at a time. */
import { ApiError } from '../api/client'
import type { Answers, CaseSubmitted, DraftSaved, ReadingCase } from '../api/types'
import {
  initialRating,
  isClosed,
  nextRating,
  NO_ANSWERS,
  type Rating,
  type RatingEvent,
} from './rating'

export interface ReadingServer {
  saveDraft: (code: string, revision: number, answers: Answers) => Promise<DraftSaved>
  submitCase: (code: string, revision: number, answers: Answers) => Promise<CaseSubmitted>
  markRunOpened: (code: string, run: number) => Promise<unknown>
}

/** Answers that the server has not confirmed, as the tab keeps them. */
interface KeptAnswers {
  revision: number
  answers: Answers
}

const PAUSE_BEFORE_SAVING_MS = 700
const PAUSE_BEFORE_RETRY_MS = 5000

const SUBMISSION_KEPT =
  'The server cannot be reached. Your answers are kept in this tab: submit again when it is back.'

/** One case being rated in this tab. Listeners hear of every change of {@link snapshot}. */
export class RatingSession {
  private rating: Rating
  private readonly listeners = new Set<() => void>()
  private timer: ReturnType<typeof setTimeout> | null = null
  /** Each request needs the revision that the one before it brought back. */
  private lastRequest: Promise<unknown> = Promise.resolve()
  private readonly openedRuns: Set<number>
  private readonly unsentRuns = new Set<number>()
  private left = false
  private readonly code: string
  private readonly storageKey: string

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
    this.saveIn(PAUSE_BEFORE_SAVING_MS)
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
    this.saveIn(0)
  }

  readonly takeTheirs = (): void => {
    this.apply({ type: 'took theirs' })
    this.storage.removeItem(this.storageKey)
  }

  /** Save at once what has not been saved, as when the network is back. */
  readonly saveNow = (): void => {
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
    void this.enqueue(() => this.save())
  }

  /** The case is on screen (again). */
  readonly enter = (): void => {
    this.left = false
  }

  /** Save a last time; what does not get through waits in the tab for the next visit. */
  readonly leave = (): void => {
    this.left = true
    this.saveNow()
  }

  /** Hand the case in; null where something is missing or in the way, which is then said. */
  readonly submit = (): Promise<CaseSubmitted | null> => {
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
    return this.enqueue(() => this.sendSubmission())
  }

  private async save(): Promise<void> {
    const { answers, revision, status } = this.rating
    if (status !== 'changed' && status !== 'offline') return
    this.apply({ type: 'save started' })
    try {
      await this.sendOpenedRuns()
      const saved = await this.server.saveDraft(this.code, revision, answers)
      this.apply({ type: 'saved', revision: saved.revision, savedAt: saved.saved_at, answers })
      this.keep()
    } catch (error) {
      this.failed(error)
    }
  }

  private async sendSubmission(): Promise<CaseSubmitted | null> {
    const { answers, revision } = this.rating
    if (isClosed(this.rating) || this.rating.status === 'conflict') return null
    this.apply({ type: 'submit started' })
    try {
      await this.sendOpenedRuns()
      const submitted = await this.server.submitCase(this.code, revision, answers)
      this.apply({ type: 'submitted' })
      this.storage.removeItem(this.storageKey)
      return submitted
    } catch (error) {
      this.failed(error, SUBMISSION_KEPT)
      if (this.rating.status === 'changed') this.saveIn(0)
      return null
    }
  }

  private async sendOpenedRuns(): Promise<void> {
    for (const run of this.unsentRuns) {
      await this.server.markRunOpened(this.code, run)
      this.unsentRuns.delete(run)
    }
  }

  private failed(error: unknown, whenNotReached = ''): void {
    if (!(error instanceof ApiError)) throw error
    const theirs = error.status === 409 ? newerAnswers(error.body) : null
    if (theirs) {
      this.apply({ type: 'conflicted', theirs })
    } else if (error.status === 0 || error.status >= 500) {
      this.apply({ type: 'not reached', problem: whenNotReached })
      this.saveIn(PAUSE_BEFORE_RETRY_MS)
    } else {
      const missing = missingAnswers(error.body)
      this.apply({ type: 'refused', problem: error.message, missing })
    }
  }

  private saveIn(ms: number): void {
    if (this.left) return
    if (this.timer) clearTimeout(this.timer)
    this.timer = setTimeout(this.saveNow, ms)
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

  /** Unsaved answers outlive a reload of this tab, and nothing else. */
  private keep(): void {
    const { answers, revision, status } = this.rating
    if (status === 'saved') this.storage.removeItem(this.storageKey)
    else this.storage.setItem(this.storageKey, JSON.stringify({ revision, answers }))
  }

  private recoverKeptAnswers(): void {
    const kept = this.storage.getItem(this.storageKey)
    if (kept === null || isClosed(this.rating)) return
    const { revision, answers } = JSON.parse(kept) as KeptAnswers
    const theirs = { revision: this.rating.revision, answers: this.rating.answers }
    this.rating = nextRating(this.rating, { type: 'edited', answers })
    if (revision === theirs.revision) this.saveIn(0)
    else this.rating = nextRating(this.rating, { type: 'conflicted', theirs })
  }
}

function newerAnswers(body: unknown): KeptAnswers | null {
  if (typeof body !== 'object' || body === null) return null
  if (!('answers' in body) || typeof body.answers !== 'object') return null
  if (!('revision' in body) || typeof body.revision !== 'number') return null
  return { revision: body.revision, answers: (body.answers as Answers | null) ?? NO_ANSWERS }
}

function missingAnswers(body: unknown): string[] {
  if (typeof body !== 'object' || body === null || !('missing' in body)) return []
  return Array.isArray(body.missing) ? body.missing.map(String) : []
}
