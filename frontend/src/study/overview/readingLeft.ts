// What is still to be read, in one sentence for all raters.
import type { RaterRow } from '../../api/types'
import { countOf, formatDay } from '../../format'

export function ratersStillReading(raters: readonly RaterRow[]): RaterRow[] {
  return raters.filter(({ submitted, total }) => submitted < total)
}

/** Empty when all has been read. */
export function readingLeftInWords(raters: readonly RaterRow[], now = new Date()): string {
  const still = ratersStillReading(raters)
  if (still.length === 0) return ''
  const left = still.reduce((sum, { submitted, total }) => sum + total - submitted, 0)
  const who = countOf(still.length, 'rater has', 'raters have')
  return `${who} ${countOf(left, 'case')} still to read. ${endInWords(still, now)}`
}

function endInWords(still: readonly RaterRow[], now: Date): string {
  const days = still.flatMap(({ finish_on }) => finish_on ?? []).sort()
  const last = days.at(-1)
  if (last === undefined) return 'When they are done cannot be told yet.'
  const unknown = still.length - days.length
  const by = `At this pace the last one is done by ${formatDay(last, now)}`
  return unknown === 0 ? `${by}.` : `${by} (${unknown} not known yet).`
}
