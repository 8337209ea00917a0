/** What the server will want before it takes a case, said without asking it. */
import type { Answers, RaterProtocol } from '../../api/types'

/** In the words of the server (`reading/answering.py`), which decides. */
export function missingIn(
  protocol: RaterProtocol,
  answers: Answers,
  runs: number,
  openedRuns: ReadonlySet<number>,
): string[] {
  const { grade, unscorable_reason: reason } = answers
  const missing = []
  if (grade === null && !reason) missing.push('a grade, or the reason why there is none')
  if (!reason) {
    const ungraded = (protocol.territories ?? [])
      .filter(({ required, code }) => required && answers.territory_grades[code] === undefined)
      .map(({ label }) => label)
    if (ungraded.length > 0) missing.push(`a grade for ${listed(ungraded)}`)
    for (const { required, code, label } of protocol.questions ?? []) {
      if (required && answers.question_answers[code] === undefined)
        missing.push(`an answer to “${label}”`)
    }
  }
  if (protocol.require_all_runs_opened) {
    const unopened = Array.from({ length: runs }, (_, run) => run)
      .filter((run) => !openedRuns.has(run))
      .map((run) => String(run + 1))
    if (unopened.length > 0) {
      const which = unopened.length === 1 ? `run ${unopened[0]} has` : `runs ${listed(unopened)} have`
      missing.push(`DSA ${which} not been opened`)
    }
  }
  return missing
}

function listed(words: readonly string[]): string {
  return words.length > 1
    ? `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
    : words.join('')
}
