import type { PairReport, Report } from '../api/types'

/** Every pair of raters; the report of two raters is that of their one pair. */
export function pairsOf(report: Report): PairReport[] {
  const { pairs = [], raters, table } = report
  const [first, second] = raters
  if (table === null || first === undefined || second === undefined) return pairs
  return [{ ...report, raters: [first, second], table }]
}

export const isOfMany = (report: Report) => report.raters.length > 2

export const nameOfPair = ({ raters }: PairReport) => raters.join(' and ')

/** Names in a sentence: A, B and C. */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? ''
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${last}` : last
}

const WORDS = ['', '', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight']

export const titleOf = ({ raters }: Report) =>
  `Quality rates and agreement of ${WORDS[raters.length] ?? raters.length} raters`
