import type { StudyCase } from '../../api/types'
import { isWithdrawn } from '../cases/caseSelection'

const naturally = new Intl.Collator('en', { numeric: true })

interface Neighbours {
  former: StudyCase | undefined
  next: StudyCase | undefined
}

/** The cases before and after one, by their codes; withdrawn ones are passed over. */
export function neighboursOf(caseId: string, cases: readonly StudyCase[]): Neighbours {
  const inOrder = cases
    .filter((one) => one.id === caseId || !isWithdrawn(one))
    .sort((a, b) => naturally.compare(a.code, b.code))
  const here = inOrder.findIndex(({ id }) => id === caseId)
  if (here === -1) return { former: undefined, next: undefined }
  return { former: inOrder[here - 1], next: inOrder[here + 1] }
}
