import { describe, expect, it, vi } from 'vitest'
import { readEntries } from './droppedFiles'

interface Tree { [name: string]: Tree | string }

/** What a browser gives for a dropped file or folder: at most a hundred entries at a time. */
function entry(name: string, tree: Tree | string, around = ''): FileSystemEntry {
  const fullPath = `${around}/${name}`
  if (typeof tree === 'string') {
    return {
      isFile: true,
      isDirectory: false,
      fullPath,
      file: (resolve: FileCallback) => {
        resolve(new File([tree], name))
      },
    } as unknown as FileSystemEntry
  }
  return {
    isFile: false,
    isDirectory: true,
    fullPath,
    createReader: () => {
      const left = Object.entries(tree).map(([inner, below]) => entry(inner, below, fullPath))
      return {
        readEntries: (resolve: FileSystemEntriesCallback) => {
          resolve(left.splice(0, 100))
        },
      }
    },
  } as unknown as FileSystemEntry
}

const going = new AbortController().signal

describe('readEntries', () => {
  it('finds every file of folders in folders, with its place', async () => {
    const tree = { CT: { a: '1', b: '2' }, DSA: { run: { c: '3' } } }
    const files = await readEntries([entry('P1', tree), entry('x.zip', 'z')], vi.fn(), going)
    expect(files.map(({ path }) => path).sort()).toEqual([
      'P1/CT/a',
      'P1/CT/b',
      'P1/DSA/run/c',
      'x.zip',
    ])
  })

  it('reads folders of more than a hundred files to their end, and says how far it is', async () => {
    const many = Object.fromEntries(Array.from({ length: 1234 }, (_, n) => [`IM${n}`, 'x']))
    const onFound = vi.fn()
    const files = await readEntries([entry('P1', many)], onFound, going)
    expect(files).toHaveLength(1234)
    expect(onFound.mock.calls.length).toBeGreaterThan(1)
    expect(onFound).toHaveBeenLastCalledWith(1234)
  })

  it('stops when it is told to', async () => {
    const abort = new AbortController()
    const reading = readEntries([entry('P1', { a: '1' })], vi.fn(), abort.signal)
    abort.abort(new Error('stopped'))
    await expect(reading).rejects.toThrow('stopped')
  })
})
