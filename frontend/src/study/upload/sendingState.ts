// What a sending can be doing, and which failures pass by themselves.
import { ApiError } from '../../api/client'

export type StopReason = 'full' | 'signed-out' | 'gone' | 'unreadable' | 'refused'

export type SendingState =
  | { kind: 'sending' | 'paused' | 'completing' | 'done' | 'discarded' }
  /** It tries again by itself; `problem` is what the server said, empty where none answers. */
  | { kind: 'waiting'; problem: string }
  /** Somebody must do something first. */
  | { kind: 'stopped'; reason: StopReason; problem: string }

export interface Snapshot {
  state: SendingState
  files: number
  filesSent: number
  totalBytes: number
  sentBytes: number
  bytesPerSecond: number | null
  secondsLeft: number | null
}

/** No answer, or a server that is overloaded or being restarted. */
export function passesByItself(error: unknown): boolean {
  return [0, 408, 423, 425, 429, 500, 502, 503, 504].includes(statusOf(error))
}

/** Browser and server differ about what has arrived, or it was damaged on the way. */
export function isDisagreement(error: unknown): boolean {
  return [409, 460].includes(statusOf(error))
}

export function statusOf(error: unknown): number {
  return error instanceof ApiError ? error.status : 0
}

export function stoppedBy(error: unknown): SendingState {
  return { kind: 'stopped', reason: reasonOf(statusOf(error)), problem: wordsOf(error) }
}

function reasonOf(status: number): StopReason {
  if (status === 507) return 'full'
  if (status === 401 || status === 403) return 'signed-out'
  return status === 404 || status === 410 ? 'gone' : 'refused'
}

export const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
