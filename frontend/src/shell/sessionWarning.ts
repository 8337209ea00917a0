import type { Session } from '../api/types'

export interface SessionWarning {
  text: string
  /** Whether nothing that the person does would help. */
  inAnyCase: boolean
  over: boolean
}

const BEFORE_IDLE_END_S = 120
const BEFORE_END_S = 600

function inWords(seconds: number): string {
  const minutes = Math.floor(seconds / 60)
  const rest = String(Math.floor(seconds % 60)).padStart(2, '0')
  return `${minutes}:${rest}`
}

/** What to say of a session that ends soon, so long after the server told how long it goes on. */
export function sessionWarning(
  session: Session | undefined,
  toldBeforeMs: number,
): SessionWarning | null {
  const idleEnd = session?.ends_in_s ?? null
  const lastEnd = session?.ends_in_any_case_in_s ?? null
  if (idleEnd === null || lastEnd === null) return null
  const passed = Math.max(0, toldBeforeMs / 1000)
  const left = idleEnd - passed
  const inAnyCase = lastEnd <= idleEnd
  if (left > (inAnyCase ? BEFORE_END_S : BEFORE_IDLE_END_S)) return null
  const text = inAnyCase
    ? `This session ends in ${inWords(Math.max(0, left))}: it has lasted as long as one may. ` +
      'You then log in again on this page; nothing on it is lost.'
    : `You will be logged out in ${inWords(Math.max(0, left))}, as nothing was done here for a while.`
  return { text, inAnyCase, over: left <= 0 }
}
