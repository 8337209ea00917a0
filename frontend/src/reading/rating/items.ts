/** The protocol's territories and questions, as one list to be worked through. */
import type { Answers, Level, RaterProtocol, TerritoryGrade } from '../../api/types'
import { keyOfLevel } from '../shortcuts'

export const NOT_OPACIFIED = 'not-opacified'

interface Asked {
  code: string
  label: string
  required: boolean
}

export type Item =
  | (Asked & { kind: 'territory'; answer: TerritoryGrade | undefined })
  | (Asked & { kind: 'question'; answer: boolean | undefined })

export interface Choice {
  value: TerritoryGrade | boolean
  /** What stands on the button. */
  shown: string
  /** What it means, in full. */
  words: string
  key: string
}

const YES_OR_NO: readonly Choice[] = [
  { value: true, shown: 'Yes', words: 'Yes', key: 'y' },
  { value: false, shown: 'No', words: 'No', key: 'n' },
]

export function itemsOf({ territories, questions }: RaterProtocol, answers: Answers): Item[] {
  return [
    ...(territories ?? []).map((asked): Item => {
      return { ...asked, kind: 'territory', answer: answers.territory_grades[asked.code] }
    }),
    ...(questions ?? []).map((asked): Item => {
      return { ...asked, kind: 'question', answer: answers.question_answers[asked.code] }
    }),
  ]
}

/** "Territories", "Questions" or both: what the protocol asks for beside the grade. */
export function itemsInWords({ territories, questions }: RaterProtocol): string {
  const some = (list: readonly unknown[] | undefined) => (list?.length ?? 0) > 0
  if (some(territories) && some(questions)) return 'Territories, questions'
  return some(territories) ? 'Territories' : 'Questions'
}

export function choicesOf(item: Item, levels: readonly Level[]): readonly Choice[] {
  if (item.kind === 'question') return YES_OR_NO
  return [
    ...levels.map(({ value, name }) => ({
      value,
      shown: String(value),
      words: `${value} ${name}`,
      key: keyOfLevel(value),
    })),
    { value: NOT_OPACIFIED, shown: 'Not opacified', words: 'Not opacified', key: 'n' },
  ]
}

/** The change of the answers that gives this item its answer; undefined takes it back. */
export function answering(answers: Answers, item: Item, value: Item['answer']): Partial<Answers> {
  const field = item.kind === 'territory' ? 'territory_grades' : 'question_answers'
  const given = new Map<string, Item['answer']>(Object.entries(answers[field]))
  if (value === undefined) given.delete(item.code)
  else given.set(item.code, value)
  return { [field]: Object.fromEntries(given) }
}
