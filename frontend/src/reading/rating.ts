/** What a rater has answered about one case, and how far it is on its way to the server. */
import type { Answers } from '../api/types'

export type SaveStatus =
  'unchanged' | 'changed' | 'saving' | 'saved' | 'offline' | 'conflict' | 'submitting' | 'submitted'

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
}

export type RatingEvent =
  | { type: 'edited'; answers: Partial<Answers> }
  | { type: 'save started' }
  | { type: 'saved'; revision: number; savedAt: string; answers: Answers }
  | { type: 'not reached'; problem: string }
  | { type: 'refused'; problem: string; missing: readonly string[] }
  | { type: 'conflicted'; theirs: OtherAnswers }
  | { type: 'kept mine' }
  | { type: 'took theirs' }
  | { type: 'submit started' }
  | { type: 'submitted' }

export const NO_ANSWERS: Answers = { grade: null, unscorable_reason: null, comment: '' }

export function initialRating(draft: Answers | null, revision: number, submitted: boolean): Rating {
  return {
    answers: draft ?? NO_ANSWERS,
    revision,
    status: submitted ? 'submitted' : draft ? 'saved' : 'unchanged',
    savedAt: null,
    missing: [],
    problem: '',
    theirs: null,
  }
}

/** Nothing can be answered any more, or not just now. */
export function isClosed({ status }: Rating): boolean {
  return status === 'submitting' || status === 'submitted'
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
      return { ...rating, status: 'offline', problem: event.problem }
    case 'refused':
      return { ...rating, status: 'changed', problem: event.problem, missing: event.missing }
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
      return { ...rating, status: 'submitted' }
  }
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
