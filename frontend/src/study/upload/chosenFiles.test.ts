import { describe, expect, it } from 'vitest'
import {
  clearlyNoDicom,
  foldersOf,
  type FoundFile,
  fromInput,
  nameOf,
  NOTHING_CHOSEN,
  withMore,
} from './chosenFiles'

function found(path: string, content = 'dicom', lastModified = 1): FoundFile {
  return { path, file: new File([content], path.split('/').at(-1) ?? '', { lastModified }) }
}

const paths = (files: FoundFile[]) => files.map(({ path }) => path)

describe('withMore', () => {
  it('leaves out what operating systems put beside files, and empty files', () => {
    const choice = withMore(NOTHING_CHOSEN, [
      found('P1/IM1'),
      found('P1/.DS_Store'),
      found('__MACOSX/P1/._IM1'),
      found('P1/Thumbs.db'),
      found('P1/IM2', ''),
    ])
    expect(paths(choice.files)).toEqual(['P1/IM1'])
    expect([choice.systemFiles, choice.emptyFiles]).toEqual([3, 1])
  })

  it('keeps a list of cases apart from the images', () => {
    const choice = withMore(NOTHING_CHOSEN, [found('P1/IM1'), found('Cases.CSV')])
    expect(paths(choice.files)).toEqual(['P1/IM1'])
    expect(paths(choice.lists)).toEqual(['Cases.CSV'])
  })

  it('adds to what was chosen, and takes a file that was chosen twice once', () => {
    const first = withMore(NOTHING_CHOSEN, [found('IM1')])
    const both = withMore(first, [found('IM1'), found('IM2')])
    expect(paths(both.files)).toEqual(['IM1', 'IM2'])
    expect(both.twice).toBe(1)
  })

  it('keeps files of one name from two folders apart', () => {
    const choice = withMore(NOTHING_CHOSEN, [
      found('IM1.dcm', 'one patient', 1),
      found('IM1.dcm', 'another patient', 2),
      found('IM1.dcm', 'a third', 3),
    ])
    expect(paths(choice.files)).toEqual(['IM1.dcm', 'IM1 (2).dcm', 'IM1 (3).dcm'])
  })
})

describe('fromInput', () => {
  it('keeps the place of a file inside the chosen folder', () => {
    const file = new File(['x'], 'IM1')
    Object.defineProperty(file, 'webkitRelativePath', { value: 'P1/CT/IM1' })
    expect(paths(fromInput([file, new File(['x'], 'IM2')]))).toEqual(['P1/CT/IM1', 'IM2'])
  })
})

describe('foldersOf', () => {
  it('shows the level at which the folders part', () => {
    const folders = foldersOf([
      found('Cohort/P10/CT/1'),
      found('Cohort/P2/CT/1'),
      found('Cohort/P2/CT/2'),
    ])
    expect(folders.map(({ path, files }) => [path, files])).toEqual([
      ['Cohort/P2', 2],
      ['Cohort/P10', 1],
    ])
  })

  it('shows the folders beside which a single file lies', () => {
    const folders = foldersOf([found('Cohort/notes'), found('Cohort/P1/1'), found('Cohort/P2/1')])
    expect(folders.map(({ path }) => path)).toEqual(['Cohort', 'Cohort/P1', 'Cohort/P2'])
  })

  it('shows a folder of files as that folder', () => {
    expect(foldersOf([found('P1/1'), found('P1/2')]).map(({ path }) => path)).toEqual(['P1'])
  })

  it('counts files that lie in no folder', () => {
    expect(foldersOf([found('a.zip'), found('b.zip')])).toEqual([
      { path: '', files: 2, bytes: 10 },
    ])
  })
})

describe('clearlyNoDicom', () => {
  it('suspects pictures and documents, not names without an ending', () => {
    const files = ['IM1', 'x.dcm', 'a.b.840', 'a.zip', 'scan.JPG', 'P1/report.docx'].map((path) =>
      found(path),
    )
    expect(paths(clearlyNoDicom(files))).toEqual(['scan.JPG', 'P1/report.docx'])
  })
})

describe('nameOf', () => {
  it('names an upload after its folder, or its first one', () => {
    expect(nameOf([found('North/P1/1'), found('North/P2/1')])).toBe('North')
    expect(nameOf([found('P1.zip'), found('P2.zip'), found('P3.zip')])).toBe('P1.zip and 2 more')
  })

  it('keeps within what the server stores', () => {
    expect(nameOf([found('x'.repeat(300)), found('y')])).toHaveLength(255)
  })
})
