import { beforeEach, describe, expect, it, vi } from 'vitest'
import { dropDraft, keepDraft, readDraft } from './draftStore'
import { formOf } from './protocolForm'
import { fullProtocol } from './testing'

const draft = { basedOn: 3, form: formOf(fullProtocol), reason: 'After the pilot' }

beforeEach(() => {
  sessionStorage.clear()
})

describe('edits kept in the tab', () => {
  it('come back as they were, each study its own, until they are dropped', () => {
    keepDraft('s1', draft)
    expect(readDraft('s1')).toEqual(draft)
    expect(readDraft('s2')).toBeNull()
    dropDraft('s1')
    expect(readDraft('s1')).toBeNull()
  })

  it('cost the page nothing where the store is full or its text is broken', () => {
    vi.spyOn(Storage.prototype, 'setItem').mockImplementationOnce(() => {
      throw new DOMException('full')
    })
    expect(() => {
      keepDraft('s1', draft)
    }).not.toThrow()
    sessionStorage.setItem('protocol-draft-1:s1', '{')
    expect(readDraft('s1')).toBeNull()
  })
})
