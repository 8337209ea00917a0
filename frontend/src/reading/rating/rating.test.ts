import { describe, expect, it } from 'vitest'
import {
  initialRating,
  isClosed,
  nextRating,
  NO_ANSWERS,
  sameAnswers,
  type Rating,
  type RatingEvent,
} from './rating'

const FRESH = initialRating(null, 0, false)

function after(...events: RatingEvent[]): Rating {
  return events.reduce(nextRating, FRESH)
}

describe('answers', () => {
  it('have a grade or a reason, never both', () => {
    const graded = after({ type: 'edited', answers: { grade: 3 } })
    expect(graded.answers).toEqual({ ...NO_ANSWERS, grade: 3 })
    const unscorable = nextRating(graded, {
      type: 'edited',
      answers: { unscorable_reason: 'motion' },
    })
    expect(unscorable.answers).toEqual({ ...NO_ANSWERS, unscorable_reason: 'motion' })
    const again = nextRating(unscorable, { type: 'edited', answers: { grade: 1 } })
    expect(again.answers).toMatchObject({ grade: 1, unscorable_reason: null })
  })

  it('keep the grade while a comment is written', () => {
    const rating = after(
      { type: 'edited', answers: { grade: 2 } },
      { type: 'edited', answers: { comment: 'left M2 short' } },
    )
    expect(rating.answers).toEqual({ ...NO_ANSWERS, grade: 2, comment: 'left M2 short' })
  })

  it('cannot change once the case is submitted or on its way', () => {
    const submitting = after({ type: 'edited', answers: { grade: 2 } }, { type: 'submit started' })
    expect(isClosed(submitting)).toBe(true)
    expect(nextRating(submitting, { type: 'edited', answers: { grade: 4 } })).toBe(submitting)
    const submitted = initialRating(submitting.answers, 3, true)
    expect(nextRating(submitted, { type: 'edited', answers: { grade: 4 } })).toBe(submitted)
  })
})

describe('saving', () => {
  const edited = after({ type: 'edited', answers: { grade: 2 } }, { type: 'save started' })
  const done: RatingEvent = {
    type: 'saved',
    revision: 1,
    savedAt: '2026-03-01T12:03:00Z',
    answers: edited.answers,
  }

  it('ends in saved, with the new revision', () => {
    expect(nextRating(edited, done)).toMatchObject({ status: 'saved', revision: 1 })
  })

  it('is not over when something was changed meanwhile', () => {
    const changed = nextRating(edited, { type: 'edited', answers: { comment: 'more' } })
    expect(nextRating(changed, done)).toMatchObject({ status: 'changed', revision: 1 })
  })

  it('keeps telling what is missing until something is changed', () => {
    const refused = nextRating(edited, {
      type: 'refused',
      problem: 'Not complete.',
      missing: ['Run 2'],
    })
    const saved = nextRating(refused, { ...done, answers: refused.answers })
    expect(saved).toMatchObject({ missing: ['Run 2'], problem: 'Not complete.' })
    const changed = nextRating(saved, { type: 'edited', answers: { grade: 3 } })
    expect(changed).toMatchObject({ missing: [], problem: '' })
  })
})

describe('answers given in two windows', () => {
  const theirs = { revision: 5, answers: { ...NO_ANSWERS, grade: 1, comment: 'theirs' } }
  const conflict = after(
    { type: 'edited', answers: { grade: 4, comment: 'mine' } },
    { type: 'conflicted', theirs },
  )

  it('are both kept until the rater decides', () => {
    expect(conflict.answers.comment).toBe('mine')
    const written = nextRating(conflict, { type: 'edited', answers: { comment: 'mine, longer' } })
    expect(written).toMatchObject({ status: 'conflict', theirs })
  })

  it('end with mine on top of the newer revision', () => {
    expect(nextRating(conflict, { type: 'kept mine' })).toMatchObject({
      status: 'changed',
      revision: 5,
      answers: { grade: 4, comment: 'mine' },
      theirs: null,
    })
  })

  it('or with the other ones', () => {
    expect(nextRating(conflict, { type: 'took theirs' })).toMatchObject({
      status: 'saved',
      revision: 5,
      answers: theirs.answers,
      theirs: null,
    })
  })
})

describe('a case that another window submitted', () => {
  const mine = { ...NO_ANSWERS, grade: 4, comment: 'mine' }

  it('counts as it was submitted there, and what was said here is kept to be told', () => {
    const theirs = { ...NO_ANSWERS, grade: 1 }
    const rating = nextRating(after({ type: 'edited', answers: mine }), {
      type: 'submitted elsewhere',
      answers: theirs,
    })
    expect(rating).toMatchObject({ status: 'submitted', answers: theirs, outrun: mine })
  })

  it('has nothing to tell where both said the same, or here nothing was said', () => {
    const there: RatingEvent = { type: 'submitted elsewhere', answers: { ...mine } }
    expect(nextRating(after({ type: 'edited', answers: mine }), there).outrun).toBeNull()
    expect(nextRating(FRESH, there).outrun).toBeNull()
  })

  it('is compared by what was answered, in whatever order', () => {
    const one = { ...NO_ANSWERS, territory_grades: { m1: 2, m2: 'not-opacified' as const } }
    const other = { ...NO_ANSWERS, territory_grades: { m2: 'not-opacified' as const, m1: 2 } }
    expect(sameAnswers(one, other)).toBe(true)
    expect(sameAnswers(one, { ...other, question_answers: { stenosis: true } })).toBe(false)
  })
})

describe('a submission without an answer', () => {
  const sent = after({ type: 'edited', answers: { grade: 2 } }, { type: 'submit started' })

  it('cannot be changed: it may have arrived', () => {
    const unconfirmed = nextRating(sent, { type: 'not reached' })
    expect(unconfirmed.status).toBe('submission unconfirmed')
    expect(nextRating(unconfirmed, { type: 'edited', answers: { grade: 4 } })).toBe(unconfirmed)
  })
})
