import { describe, expect, it } from 'vitest'
import { csrfToken, problemMessage } from './client'

describe('csrfToken', () => {
  it('finds the token among other cookies', () => {
    expect(csrfToken('a=1; csrftoken=Xy9; sessionid=2')).toBe('Xy9')
  })

  it('is empty without the cookie', () => {
    expect(csrfToken('xcsrftoken=no')).toBe('')
  })
})

describe('problemMessage', () => {
  it('prefers what the server says', () => {
    expect(problemMessage(409, { detail: 'The study is locked.' })).toBe('The study is locked.')
  })

  it('joins the messages of several fields', () => {
    expect(problemMessage(400, { username: ['Required.'], password: ['Required.'] })).toBe(
      'Required. Required.',
    )
  })

  it('says what to do after a server failure without a message', () => {
    expect(problemMessage(502, null)).toContain('Try again')
  })
})
