import { describe, expect, it } from 'vitest'
import { ApiError } from '../../api/client'
import { messageAt, problemsIn, problemsLeft } from './problems'
import { documentOf, formOf } from './protocolForm'
import { withoutLevel } from './formChanges'
import { fullProtocol } from './testing'

const problems = [
  { path: ['levels', 1, 'name'], message: 'Level 1 needs a name' },
  { path: ['repeats', 'share'], message: 'The share of repeats must be at most 100 %' },
]
const form = formOf(fullProtocol)
const left = (changed: typeof form) => problemsLeft(problems, documentOf(form), documentOf(changed))

describe('problems of a document', () => {
  it('are read from the answer, and are none when it failed otherwise', () => {
    const errors = problems.map(({ path, message }) => ({
      pointer: `#/document/${path.join('/')}`,
      detail: message,
    }))
    const refused = new ApiError('Level 1 needs a name.', 400, { detail: '', errors })
    expect(problemsIn(refused)).toEqual(problems)
    const unexplained = [{ pointer: '#/reason', detail: 'Say why' }]
    const [about] = problemsIn(new ApiError('Say why.', 400, { errors: unexplained }))
    expect(about).toEqual({ path: ['reason'], message: 'Say why' })
    expect(problemsIn(new ApiError('Down', 0))).toEqual([])
    expect(problemsIn(new ApiError('Stale', 409, { errors: problems }))).toEqual([])
    expect(problemsIn(new ApiError('Odd', 400, { detail: 'No.' }))).toEqual([])
  })

  it('stand at their own field', () => {
    expect(messageAt(problems, 'levels', 1, 'name')).toBe('Level 1 needs a name')
    expect(messageAt(problems, 'levels', 2, 'name')).toBeUndefined()
    expect(messageAt(problems, 'levels')).toBeUndefined()
  })

  it('go when their field is edited, and only then', () => {
    expect(left({ ...form, title: 'Another' })).toEqual(problems)
    const levels = form.levels.map((level, at) => (at === 1 ? { ...level, name: 'Fair!' } : level))
    expect(left({ ...form, levels })).toEqual([problems[1]])
    expect(left({ ...form, repeats: { ...form.repeats, on: false } })).toEqual([problems[0]])
  })

  it('go when their list has lost or won an entry, since places no longer match', () => {
    expect(left(withoutLevel(form, 0))).toEqual([problems[1]])
  })
})
