// Finds in a new choice of files those of an upload that was interrupted. The browser keeps no
// list of them itself: folders bear patients' names, and the computer may be everybody's.
import type { SentFile, Upload } from '../../api/types'
import { clearlyNoDicom, type FoundFile, totalSize } from './chosenFiles'
import type { OutgoingFile } from './sending'

export interface Match {
  outgoing: OutgoingFile[]
  /** Names of files that the server has in part and that were not chosen. */
  missing: string[]
  /** Names of files that are now longer or shorter than the ones that were sent. */
  differing: string[]
  /** Files that nobody has chosen again and of which the server knows no name. */
  missingUnnamed: number
  /** Files that the upload did not have. */
  tooMany: number
}

/** What is to be sent of the chosen files so that the upload becomes complete. */
export function matchAgain(
  upload: Pick<Upload, 'file_count' | 'size_bytes'>,
  known: readonly SentFile[],
  chosen: readonly FoundFile[],
): Match {
  const byName = new Map(known.map((file) => [file.name, file]))
  const files = likeBefore(chosen, byName)
  const match: Match = { outgoing: [], missing: [], differing: [], missingUnnamed: 0, tooMany: 0 }
  let fresh: OutgoingFile[] = []
  for (const { path, file } of files) {
    const sent = byName.get(path)
    byName.delete(path)
    if (sent === undefined) fresh.push({ path, file, id: null, receivedBytes: 0 })
    else if (sent.size_bytes !== file.size) match.differing.push(path)
    else match.outgoing.push({ path, file, id: sent.id, receivedBytes: sent.received_bytes })
  }
  match.missing = [...byName.values()].filter(isIncomplete).map(({ name }) => name)
  const unknown = upload.file_count - known.length
  if (fresh.length > unknown) fresh = withoutNoDicom(fresh, unknown)
  match.missingUnnamed = Math.max(0, unknown - fresh.length)
  match.tooMany = Math.max(0, fresh.length - unknown)
  match.outgoing.push(...fresh)
  return match
}

/** Files that are no DICOM may have been left out the first time. */
function withoutNoDicom(files: OutgoingFile[], wanted: number): OutgoingFile[] {
  const odd = new Set<FoundFile>(clearlyNoDicom(files))
  const others = files.filter((file) => !odd.has(file))
  return others.length === wanted ? others : files
}

export function isIncomplete({ size_bytes, received_bytes }: SentFile): boolean {
  return received_bytes < size_bytes
}

/** Whether going on with these files makes the upload complete. */
export function fits(
  match: Match,
  upload: Pick<Upload, 'file_count' | 'size_bytes'>,
  known: readonly SentFile[],
): boolean {
  const fresh = match.outgoing.filter(({ id }) => id === null)
  const bytes = announcedBytes(known) + totalSize(fresh)
  return (
    match.missing.length + match.differing.length + match.missingUnnamed + match.tooMany === 0 &&
    bytes === upload.size_bytes
  )
}

export function announcedBytes(known: readonly SentFile[]): number {
  return known.reduce((sum, { size_bytes }) => sum + size_bytes, 0)
}

/**
 * The chosen files under the names of the first time: whoever dropped patients' folders then may
 * choose the folder around them now, or the other way round.
 */
function likeBefore(chosen: readonly FoundFile[], known: ReadonlyMap<string, unknown>): FoundFile[] {
  const renamed = (rename: (path: string) => string) =>
    chosen.map(({ path, file }) => ({ path: rename(path), file }))
  const around = [...new Set([...known.keys()].map((name) => name.split('/')[0] ?? name))]
  const choices = [
    [...chosen],
    renamed((path) => path.replace(/^[^/]+\//, '')),
    // Of many folders beside one another none lay around the others.
    ...(around.length === 1 ? [renamed((path) => `${around[0]}/${path}`)] : []),
  ]
  const count = (files: readonly FoundFile[]) => files.filter(({ path }) => known.has(path)).length
  return choices.reduce((best, choice) => (count(choice) > count(best) ? choice : best))
}
