import { useQuery } from '@tanstack/react-query'
import { ApiError, checkManifest } from '../../api/client'
import { keys } from '../../api/queries'
import type { ManifestProblem, ManifestRow } from '../../api/types'
import type { FoundFile } from './chosenFiles'

export type CheckedList =
  | { kind: 'none' | 'checking' }
  | { kind: 'good'; text: string; rows: ManifestRow[] }
  /** `problems` is empty where the whole list could not be used, which `message` then explains. */
  | { kind: 'bad'; text: string; message: string; problems: ManifestProblem[] }

/** The list of cases, checked by the server before anything is sent. */
export function useCheckedList(studyId: string, list: FoundFile | null): CheckedList {
  const checked = useQuery({
    queryKey: [...keys.study(studyId), 'list', list?.path, list?.file.size, list?.file.lastModified],
    queryFn: () => check(studyId, list),
    enabled: list !== null,
    staleTime: Infinity,
    gcTime: 0,
  })
  if (list === null) return { kind: 'none' }
  if (checked.isPending) return { kind: 'checking' }
  if (checked.isError) return { kind: 'bad', text: '', message: checked.error.message, problems: [] }
  return checked.data
}

async function check(studyId: string, list: FoundFile | null): Promise<CheckedList> {
  if (list === null) return { kind: 'none' }
  const text = decoded(await list.file.arrayBuffer())
  try {
    const { rows } = await checkManifest(studyId, text)
    return { kind: 'good', text, rows }
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 400)) throw error
    return { kind: 'bad', text, message: error.message, problems: problemsIn(error.body) }
  }
}

function problemsIn(body: unknown): ManifestProblem[] {
  const listed = typeof body === 'object' && body !== null && 'errors' in body ? body.errors : []
  return Array.isArray(listed) ? (listed as ManifestProblem[]) : []
}

/** Excel on Windows writes umlauts in its own old way where it is not told to use UTF-8. */
export function decoded(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}
