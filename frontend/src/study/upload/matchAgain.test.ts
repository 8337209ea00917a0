import { describe, expect, it } from 'vitest'
import type { SentFile } from '../../api/types'
import type { FoundFile } from './chosenFiles'
import { fits, matchAgain } from './matchAgain'

const found = (path: string, size: number): FoundFile => ({
  path,
  file: new File(['x'.repeat(size)], path),
})

const sent = (name: string, size_bytes: number, received_bytes = size_bytes): SentFile => ({
  id: `id of ${name}`,
  name,
  size_bytes,
  received_bytes,
})

const upload = { file_count: 3, size_bytes: 60 }
const known = [sent('P/1', 10), sent('P/2', 20, 5)]
const all = [found('P/1', 10), found('P/2', 20), found('P/3', 30)]

describe('matchAgain', () => {
  it('goes on with each file from where the server has it', () => {
    const match = matchAgain(upload, known, all)
    expect(
      match.outgoing.map(({ path, id, receivedBytes }) => [path, id, receivedBytes]),
    ).toEqual([
      ['P/1', 'id of P/1', 10],
      ['P/2', 'id of P/2', 5],
      ['P/3', null, 0],
    ])
    expect(fits(match, upload, known)).toBe(true)
  })

  it('does not ask for files that have arrived', () => {
    const match = matchAgain(upload, known, all.slice(1))
    expect(fits(match, upload, known)).toBe(true)
  })

  it('names a file that was sent in part and is not there now', () => {
    const match = matchAgain(upload, known, [found('P/1', 10), found('P/3', 30)])
    expect(match.missing).toEqual(['P/2'])
    expect(fits(match, upload, known)).toBe(false)
  })

  it('names a file that has another size now', () => {
    const match = matchAgain(upload, known, [found('P/2', 21), found('P/3', 30)])
    expect(match.differing).toEqual(['P/2'])
    expect(match.missing).toEqual([])
    expect(fits(match, upload, known)).toBe(false)
  })

  it('counts files that are lacking or too many without knowing their names', () => {
    expect(matchAgain(upload, known, all.slice(0, 2)).missingUnnamed).toBe(1)
    expect(matchAgain(upload, known, [...all, found('P/4', 1)]).tooMany).toBe(1)
  })

  it('notices other files of the same number', () => {
    const match = matchAgain(upload, known, [...all.slice(0, 2), found('P/3', 29)])
    expect(fits(match, upload, known)).toBe(false)
  })

  it('finds folders that were dropped one by one inside the folder around them', () => {
    const around = all.map(({ path, file }) => ({ path: `Cohort/${path}`, file }))
    expect(fits(matchAgain(upload, known, around), upload, known)).toBe(true)
  })

  it('finds the folders that lay in a chosen folder when they are dropped one by one', () => {
    const inside = all.map(({ path, file }) => ({ path: path.replace('P/', ''), file }))
    expect(fits(matchAgain(upload, known, inside), upload, known)).toBe(true)
  })

  it('leaves out what is no DICOM if it was left out the first time', () => {
    const match = matchAgain(upload, known, [...all, found('P/report.docx', 7)])
    expect(match.outgoing.map(({ path }) => path)).not.toContain('P/report.docx')
    expect(fits(match, upload, known)).toBe(true)
  })
})
