import type { WaitingSeries } from '../api/types'

/** A decision of this visit. */
export interface Decided {
  series: WaitingSeries
  words: string
  /** Not while its images are being painted over. */
  canBeUndone: boolean
}
