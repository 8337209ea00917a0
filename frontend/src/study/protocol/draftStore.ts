/** Edits that are not saved yet, kept in this tab of the browser until they are. */
import { parseJson } from '../../api/client'
import type { ProtocolForm } from './protocolForm'

export interface Draft {
  /** The version that the edits began from. */
  basedOn: number
  form: ProtocolForm
  reason: string
}

/** Raised when the form changes its shape, so that an older draft is not misread. */
const SHAPE = 1

const keyOf = (studyId: string) => `protocol-draft-${SHAPE}:${studyId}`

export function readDraft(studyId: string): Draft | null {
  const stored = sessionStorage.getItem(keyOf(studyId))
  return stored === null ? null : (parseJson(stored) as Draft | null)
}

export function keepDraft(studyId: string, draft: Draft): void {
  try {
    sessionStorage.setItem(keyOf(studyId), JSON.stringify(draft))
  } catch {
    // A full or forbidden store costs the safety net, not the editing.
  }
}

export function dropDraft(studyId: string): void {
  sessionStorage.removeItem(keyOf(studyId))
}
