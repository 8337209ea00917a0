// What a list of cases says of the files that were chosen, found as the server will find it.
import type { ManifestRow } from '../../api/types'
import type { FoundFile } from './chosenFiles'

export interface ManifestCover {
  /** Files that a row names, or whose folder a row names. */
  filesWithRow: number
  /** Rows none of whose files were chosen. */
  rowsWithoutFile: ManifestRow[]
}

export function coverOf(rows: readonly ManifestRow[], files: readonly FoundFile[]): ManifestCover {
  const byPath = new Map(rows.map((row) => [partsOf(row.path).join('/'), row]))
  const used = new Set<ManifestRow>()
  let filesWithRow = 0
  for (const { path } of files) {
    const row = rowFor(byPath, path)
    if (row === undefined) continue
    used.add(row)
    filesWithRow += 1
  }
  return { filesWithRow, rowsWithoutFile: rows.filter((row) => !used.has(row)) }
}

/** The row of the file or of the outermost named folder around it, wherever the path begins. */
function rowFor(byPath: ReadonlyMap<string, ManifestRow>, path: string): ManifestRow | undefined {
  const parts = partsOf(path)
  for (let start = 0; start < parts.length; start += 1) {
    for (let end = start + 1; end <= parts.length; end += 1) {
      const row = byPath.get(parts.slice(start, end).join('/'))
      if (row !== undefined) return row
    }
  }
  return undefined
}

/** Windows divides by backslashes and knows no capital letters; a Mac takes accents apart. */
function partsOf(path: string): string[] {
  return path
    .replaceAll('\\', '/')
    .normalize('NFC')
    .toLowerCase()
    .split('/')
    .filter((part) => part !== '' && part !== '.')
}

/** A list to start from, with a site of the study. */
export function exampleList(site: string): string {
  return [
    'case,site,side,segment,file',
    `S001,${site},left,M1,Patient 1`,
    `S002,${site},right,ICA,Patient 2`,
    `S003,${site},,,Patient 3.zip`,
    '',
  ].join('\r\n')
}

/** The lines of a text as people count them. */
export function linesOf(text: string): string[] {
  return text.split(/\r\n|\r|\n/)
}
