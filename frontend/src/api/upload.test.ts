import { describe, expect, it } from 'vitest'
import { pathInFolder } from './upload'

const file = (properties: object) => Object.assign(new File([], 'IM1.dcm'), properties)

describe('pathInFolder', () => {
  it.each([
    ['a file alone', {}, 'IM1.dcm'],
    ['a chosen folder', { webkitRelativePath: 'P1/CT/IM1.dcm' }, 'P1/CT/IM1.dcm'],
    ['a dropped folder', { path: '/P1/CT/IM1.dcm' }, 'P1/CT/IM1.dcm'],
    ['a dropped file', { path: './IM1.dcm' }, 'IM1.dcm'],
  ])('is right for %s', (_, properties, path) => {
    expect(pathInFolder(file({ webkitRelativePath: '', ...properties }))).toBe(path)
  })
})
