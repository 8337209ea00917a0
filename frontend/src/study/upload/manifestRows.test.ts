import { describe, expect, it } from 'vitest'
import type { ManifestRow } from '../../api/types'
import { coverOf, exampleList, linesOf } from './manifestRows'
import { decoded } from './useCheckedList'

const row = (line: number, path: string): ManifestRow => ({
  line,
  case_code: `S${line}`,
  site: 'A',
  side: '',
  segment: '',
  path,
})

const files = (...paths: string[]) => paths.map((path) => ({ path, file: new File(['x'], path) }))

describe('coverOf', () => {
  it('finds files by their name, their folder, and folders further up', () => {
    const rows = [row(2, 'P1'), row(3, 'P2/CT'), row(4, 'x.zip')]
    const cover = coverOf(rows, files('Cohort/P1/CT/1', 'P2/CT/1', 'P2/DSA/1', 'x.zip'))
    expect(cover.filesWithRow).toBe(3)
    expect(cover.rowsWithoutFile).toEqual([])
  })

  it('takes names as Windows and Macs write them', () => {
    const cover = coverOf([row(2, 'Müller\\CT')], files('mu\u0308ller/ct/1'))
    expect(cover.filesWithRow).toBe(1)
  })

  it('names the rows that have no file', () => {
    const rows = [row(2, 'P1'), row(3, 'P11')]
    expect(coverOf(rows, files('P1/1')).rowsWithoutFile).toEqual([rows[1]])
  })
})

describe('a list of cases', () => {
  it('has an example with the columns and a site of the study', () => {
    expect(exampleList('north').split('\r\n').slice(0, 2)).toEqual([
      'case,site,side,segment,file',
      'S001,north,left,M1,Patient 1',
    ])
  })

  it('is quoted by line, whatever ends its lines', () => {
    expect(linesOf('a\r\nb\nc')).toEqual(['a', 'b', 'c'])
  })

  it('is read with the umlauts of old Excel files', () => {
    const bytes = new Uint8Array([0x4d, 0xfc, 0x6c, 0x6c, 0x65, 0x72])
    expect(decoded(bytes.buffer)).toBe('Müller')
    expect(decoded(new TextEncoder().encode('Müller').buffer)).toBe('Müller')
  })
})
