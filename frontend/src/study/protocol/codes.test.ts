import { describe, expect, it } from 'vitest'
import { codesOf } from './codes'

const newItems = (...labels: string[]) => labels.map((label) => ({ code: null, label }))

describe('codes of items', () => {
  it('are made of the words', () => {
    expect(codesOf(newItems('M1 right', 'Clinically usable?', 'Höhe über 5 mm'))).toEqual([
      'm1-right',
      'clinically-usable',
      'hohe-uber-5-mm',
    ])
  })

  it('stay what they were when the words change', () => {
    expect(codesOf([{ code: 'm1', label: 'Middle cerebral artery' }])).toEqual(['m1'])
  })

  it('are each their own', () => {
    expect(codesOf([...newItems('M1', 'm1', 'M1!'), { code: 'm1-b', label: '' }])).toEqual([
      'm1',
      'm1-c',
      'm1-d',
      'm1-b',
    ])
  })

  it('are valid whatever the words are', () => {
    const labels = ['3 vessels', '', '漢字', 'a', 'x'.repeat(80), '--', 'κ > 0.6']
    for (const code of codesOf(newItems(...labels))) {
      expect(code).toMatch(/^[a-z][a-z0-9-]{0,40}$/)
    }
    for (const code of codesOf(newItems(...labels), true)) {
      expect(code).toMatch(/^[a-z][a-z-]{1,40}$/)
    }
  })
})
