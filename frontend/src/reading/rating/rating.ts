/** What a rater has answered about one case, and how far it is on its way to the server. */
import type { Answers, CaseSubmitted } from '../../api/types'

export type SaveStatus =
  | 'unchanged'
  | 'changed'
  | 'saving'
  | 'saved'
  | 'offline'
  | 'conflict'
  | 'submitting'
  /** Submitted, as far as this window knows: no answer came, so it is sent again. */
  | 'submission unconfirmed'
  | 'submitted'

/** The server's newer answers to the same case. */
export interface OtherAnswers {
  revision: number
  answers: Answers
}

export interface Rating {
  answers: Answers
  /** Revision of the draft that the server holds, as far as this tab knows. */
  revision: number
  status: SaveStatus
  /** ISO time of the last save. */
  savedAt: string | null
  /** What the server still wants before it accepts the case, in words. */
  missing: readonly string[]
  /** Why the last request was refused, in words; empty when it was not. */
  problem: string
  theirs: OtherAnswers | null
  /** What this window said of a case that another one submitted with other answers. */
  outrun: Answers | null
  /** What came back when the case was handed in from this window. */
  receipt: CaseSubmitted | null
}

export type RatingEvent =
  | { type: 'edited'; answers: Partial<Answers> }
  | { type: 'save started' }
  | { type: 'saved'; revision: number; savedAt: string; answers: Answers }
  | { type: 'not reached' }
  | { type: 'refused'; problem: string; missing: readonly string[] }
  | { type: 'found missing'; missing: readonly string[] }
  /** An earlier request of this window arrived after all; only its answer did not. */
  | { type: 'arrived after all'; held: OtherAnswers }
  | { type: 'conflicted'; theirs: OtherAnswers }
  | { type: 'kept mine' }
  | { type: 'took theirs' }
  | { type: 'submit started' }
  | { type: 'submitted'; receipt: CaseSubmitted }
  | { type: 'submitted elsewhere'; answers: Answers }

export const NO_ANSWERS: Answers = {
  grade: null,
  unscorable_reason: null,
  comment: '',
  territory_grades: {},
  question_answers: {},
}

export function initialRating(draft: Answers | null, revision: number, submitted: boolean): Rating {
  return {
    answers: draft ?? NO_ANSWERS,
    revision,
    status: submitted ? 'submitted' : draft ? 'saved' : 'unchanged',
    savedAt: null,
    missing: [],
    problem: '',
    theirs: null,
    outrun: null,
    receipt: null,
  }
}

/** Nothing can be answered any more, or not just now. */
export function isClosed({ status }: Rating): boolean {
  return status === 'submitting' || status === 'submission unconfirmed' || status === 'submitted'
}

/** Closing the window now would lose something. */
export function isAtRisk({ status }: Rating): boolean {
  return status === 'offline' || status === 'conflict' || status === 'submission unconfirmed'
}

export function sameAnswers(one: Answers, other: Answers): boolean {
  return inOrder(one) === inOrder(other)
}

function inOrder(answers: Answers): string {
  const sorted = (items: object) => Object.entries(items).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([
    answers.grade,
    answers.unscorable_reason,
    answers.comment,
    sorted(answers.territory_grades),
    sorted(answers.question_answers),
  ])
}

export function nextRating(rating: Rating, event: RatingEvent): Rating {
  switch (event.type) {
    case 'edited':
      return isClosed(rating) ? rating : edited(rating, event.answers)
    case 'save started':
      return { ...rating, status: 'saving' }
    case 'saved':
      return {
        ...rating,
        revision: event.revision,
        savedAt: event.savedAt,
        problem: rating.missing.length > 0 ? rating.problem : '',
        status: rating.answers === event.answers ? 'saved' : 'changed',
      }
    case 'not reached':
      return {
        ...rating,
        status: isClosed(rating) ? 'submission unconfirmed' : 'offline',
        problem: '',
      }
    case 'refused':
      return { ...rating, status: 'changed', problem: event.problem, missing: event.missing }
    case 'found missing':
      return { ...rating, missing: event.missing }
    case 'arrived after all':
      return {
        ...rating,
        revision: event.held.revision,
        status: sameAnswers(event.held.answers, rating.answers) ? 'saved' : 'changed',
      }
    case 'conflicted':
      return { ...rating, status: 'conflict', theirs: event.theirs }
    case 'kept mine':
      if (!rating.theirs) return rating
      return { ...rating, status: 'changed', revision: rating.theirs.revision, theirs: null }
    case 'took theirs':
      if (!rating.theirs) return rating
      return { ...rating, status: 'saved', ...rating.theirs, theirs: null }
    case 'submit started':
      return { ...rating, status: 'submitting', problem: '', missing: [] }
    case 'submitted':
      return { ...rating, status: 'submitted', receipt: event.receipt }
    case 'submitted elsewhere':
      return {
        ...rating,
        status: 'submitted',
        answers: event.answers,
        outrun: outrunBy(event.answers, rating.answers),
        theirs: null,
        problem: '',
        missing: [],
      }
  }
}

function outrunBy(theirs: Answers, mine: Answers): Answers | null {
  return sameAnswers(theirs, mine) || sameAnswers(mine, NO_ANSWERS) ? null : mine
}

/** A case has a grade or a reason why it cannot be graded, never both. */
function edited(rating: Rating, change: Partial<Answers>): Rating {
  const answers = { ...rating.answers, ...change }
  if (change.grade != null) answers.unscorable_reason = null
  if (change.unscorable_reason != null) answers.grade = null
  return {
    ...rating,
    answers,
    status: rating.status === 'conflict' ? 'conflict' : 'changed',
    missing: [],
    problem: '',
  }
}
