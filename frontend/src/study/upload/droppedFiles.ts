// Reads what was dropped on the page, folders and all, without holding up the page.
import type { FoundFile } from './chosenFiles'

/**
 * The entries of a drop. They must be taken while the event is handled: afterwards the browser
 * empties the list.
 */
export function entriesOf(items: DataTransferItemList): FileSystemEntry[] {
  return Array.from(items)
    .filter(({ kind }) => kind === 'file')
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null)
}

const FILES_AT_ONCE = 64

/** Every file below the entries; `onFound` hears how many there are so far. */
export async function readEntries(
  entries: readonly FileSystemEntry[],
  onFound: (count: number) => void,
  signal: AbortSignal,
): Promise<FoundFile[]> {
  const found: FoundFile[] = []
  const waiting = [...entries].reverse()
  const files: FileSystemFileEntry[] = []
  const readFiles = async () => {
    found.push(...(await Promise.all(files.splice(0).map(readFile))))
    onFound(found.length)
  }
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    signal.throwIfAborted()
    if (isDirectory(entry)) waiting.push(...(await readDirectory(entry)).reverse())
    else if (isFile(entry)) files.push(entry)
    if (files.length >= FILES_AT_ONCE) await readFiles()
  }
  await readFiles()
  return found
}

const isDirectory = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry =>
  entry.isDirectory
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile

/** A reader gives at most a hundred entries at a time, and none at the end. */
async function readDirectory(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader()
  const entries: FileSystemEntry[] = []
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject)
    })
    if (batch.length === 0) return entries
    entries.push(...batch)
  }
}

async function readFile(entry: FileSystemFileEntry): Promise<FoundFile> {
  const file = await new Promise<File>((resolve, reject) => {
    entry.file(resolve, reject)
  })
  return { path: entry.fullPath.replace(/^\/+/, ''), file }
}
