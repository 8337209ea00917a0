/** The case that was submitted a moment ago, as the next page speaks of it. */
import type { RaterProtocol, ReadingCase } from '../../api/types'
import { STAGE_WORDS } from '../stageWords'
import type { Rating } from './rating'

export interface JustSubmitted {
  code: string
  /** "Case 14 submitted: 3 Good". */
  words: string
}

export function justSubmitted(
  { code, stage, position }: ReadingCase,
  { answers }: Rating,
  { levels, unscorable_reasons: reasons }: RaterProtocol,
): JustSubmitted {
  const level = levels.find(({ value }) => value === answers.grade)
  const reason = reasons.find((one) => one.code === answers.unscorable_reason)
  const answer = level ? `${level.value} ${level.name}` : `cannot be scored, ${reason?.label ?? ''}`
  return { code, words: `${STAGE_WORDS[stage].oneCase} ${position} submitted: ${answer}` }
}

/** What a page was reached with: a browser keeps it over a reload, and older pages left none. */
export function justSubmittedIn(state: unknown): JustSubmitted | null {
  if (typeof state !== 'object' || state === null || !('justSubmitted' in state)) return null
  return state.justSubmitted as JustSubmitted | null
}

/** Nothing of the case was answered and no run opened, so that the one before can come back. */
export function isUntouched(
  reading: ReadingCase,
  { status, savedAt }: Rating,
  openedRuns: ReadonlySet<number>,
): boolean {
  const asReopened = reading.unlock_reason !== '' && reading.revision === 1
  const asFound = reading.revision === 0 && reading.opened_runs.length === 0
  return (
    (asFound || asReopened) &&
    (status === 'unchanged' || status === 'saved') &&
    savedAt === null &&
    openedRuns.size === reading.opened_runs.length
  )
}
