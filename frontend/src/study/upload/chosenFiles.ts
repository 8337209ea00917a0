// What somebody chose to send: the names under which files go, and what is not sent.

/** A file with its place inside the folder that was chosen or dropped. */
export interface FoundFile {
  path: string
  file: File
}

export interface Choice {
  /** To be sent; no two have the same path. */
  files: FoundFile[]
  /** Lists of cases (CSV), which are not images and go along apart. */
  lists: FoundFile[]
  /** Left out: what operating systems put beside people's files. */
  systemFiles: number
  emptyFiles: number
  /** Left out: chosen a second time. */
  twice: number
}

export const NOTHING_CHOSEN: Choice = {
  files: [],
  lists: [],
  systemFiles: 0,
  emptyFiles: 0,
  twice: 0,
}

/** What a file input holds, with the paths of a chosen folder. */
export function fromInput(files: readonly File[]): FoundFile[] {
  return files.map((file) => ({ path: file.webkitRelativePath || file.name, file }))
}

/** The choice with more files added to it. */
export function withMore(choice: Choice, found: readonly FoundFile[]): Choice {
  const more = { ...choice, files: [...choice.files], lists: [...choice.lists] }
  const taken = new Map(choice.files.map(({ path, file }) => [path, file]))
  for (const { path, file } of found) {
    if (isSystemFile(path)) more.systemFiles += 1
    else if (/\.csv$/i.test(path)) more.lists.push({ path, file })
    else if (file.size === 0) more.emptyFiles += 1
    else {
      const name = freeName(path, file, taken)
      if (name === null) more.twice += 1
      else {
        taken.set(name, file)
        more.files.push({ path: name, file })
      }
    }
  }
  return more
}

function isSystemFile(path: string): boolean {
  return /(^|\/)(\.[^/]*|__MACOSX\/.*|Thumbs\.db|desktop\.ini)$/i.test(path)
}

/** The path, numbered where another file has it already; null for the same file once more. */
function freeName(path: string, file: File, taken: ReadonlyMap<string, File>): string | null {
  let name = path
  for (let number = 2; ; number += 1) {
    const there = taken.get(name)
    if (there === undefined) return name
    if (there.size === file.size && there.lastModified === file.lastModified) return null
    name = numbered(path, number)
  }
}

function numbered(path: string, number: number): string {
  const [, stem = path, ending = ''] = /^(.*?)(\.[^./]*)?$/s.exec(path) ?? []
  return `${stem} (${number})${ending}`
}

export function totalSize(files: readonly FoundFile[]): number {
  return files.reduce((sum, { file }) => sum + file.size, 0)
}

export interface ChosenFolder {
  path: string
  files: number
  bytes: number
}

/** The folders at the first level at which they part; '' stands for files in no folder. */
export function foldersOf(files: readonly FoundFile[]): ChosenFolder[] {
  const deepest = files.reduce((most, { path }) => Math.max(most, depthOf(path)), 0)
  let level = 1
  let folders = foldersAt(files, level)
  while (folders.size === 1 && level < deepest) {
    level += 1
    folders = foldersAt(files, level)
  }
  return [...folders.values()].sort((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }))
}

const depthOf = (path: string) => path.split('/').length - 1

function foldersAt(files: readonly FoundFile[], level: number): Map<string, ChosenFolder> {
  const folders = new Map<string, ChosenFolder>()
  for (const { path, file } of files) {
    const name = path.split('/').slice(0, -1).slice(0, level).join('/')
    const folder = folders.get(name) ?? { path: name, files: 0, bytes: 0 }
    folder.files += 1
    folder.bytes += file.size
    folders.set(name, folder)
  }
  return folders
}

const NEVER_DICOM =
  /\.(jpe?g|png|gif|bmp|tiff?|webp|heic|pdf|docx?|xlsx?|pptx?|txt|rtf|html?|xml|json|mp4|mov|avi|wmv|exe|dll|msi|bat|lnk|inf|js|css)$/i

/** Files that are no DICOM by their name; an ingest says so too, but only after sending. */
export function clearlyNoDicom(files: readonly FoundFile[]): FoundFile[] {
  return files.filter(({ path }) => NEVER_DICOM.test(path))
}

const LONGEST_NAME = 255

/** What people know an upload by. */
export function nameOf(files: readonly FoundFile[]): string {
  const tops = [...new Set(files.map(({ path }) => path.split('/')[0] ?? path))]
  const more = tops.length > 1 ? ` and ${tops.length - 1} more` : ''
  return (tops[0] ?? '').slice(0, LONGEST_NAME - more.length) + more
}
