/** A rater's answers on one case in a few words. */
import type { RaterProtocol, SignedAnswers } from '../api/types'
import { countOf } from '../format'

export function answersInWords(answers: SignedAnswers, protocol: RaterProtocol): string {
  const level = protocol.levels.find(({ value }) => value === answers.grade)
  const reason = protocol.unscorable_reasons.find(({ code }) => code === answers.unscorable_reason)
  const grade =
    answers.grade === null
      ? `Unscorable: ${reason?.label ?? answers.unscorable_reason ?? ''}`
      : `${answers.grade} ${level?.name ?? ''}`.trim()
  const territories = Object.keys(answers.territory_grades ?? {}).length
  const questions = (protocol.questions ?? []).flatMap(({ code, label }) => {
    const answer = answers.question_answers?.[code]
    return answer === undefined ? [] : [`${label} ${answer ? 'Yes' : 'No'}`]
  })
  return [grade, ...(territories > 0 ? [countOf(territories, 'territory', 'territories')] : []), ...questions].join(
    ' · ',
  )
}
