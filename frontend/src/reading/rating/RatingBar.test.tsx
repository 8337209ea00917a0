import { fireEvent, screen, within } from '@testing-library/react'
import { useRef, useState } from 'react'
import { describe, expect, it } from 'vitest'
import { renderInApp } from '../../../tests/render'
import type { RaterProtocol } from '../../api/types'
import { initialRating, nextRating, NO_ANSWERS, type Rating } from './rating'
import { RatingBar } from './RatingBar'

const SCALE: RaterProtocol = {
  title: 'Quality of the artery tree',
  levels: [
    { value: 1, name: 'Poor', anchor: 'A main trunk is missing.' },
    { value: 2, name: 'Good', anchor: 'All main trunks are continuous.' },
  ],
  unscorable_reasons: [{ code: 'motion', label: 'Motion' }],
  require_all_runs_opened: true,
  tree_over_dsa: 'hidden-at-first',
}
const SEGMENTS: RaterProtocol = {
  ...SCALE,
  territories: [
    { code: 'm1', label: 'M1', required: true },
    { code: 'm2', label: 'M2', required: true },
    { code: 'a1', label: 'A1', required: false },
  ],
  questions: [{ code: 'stenosis', label: 'Is there a stenosis?', required: true }],
}

/** The bar on its own, as a page outside the reading room shows it. */
function Bar({ protocol, start }: { protocol: RaterProtocol; start?: Rating }) {
  const [rating, setRating] = useState(start ?? initialRating(null, 0, false))
  const [reasonsShown, setReasonsShown] = useState(false)
  const nothing = () => undefined
  return (
    <>
      <RatingBar
        protocol={protocol}
        rating={rating}
        reasonsShown={reasonsShown}
        onReasonsShown={setReasonsShown}
        commentBox={useRef(null)}
        onEdit={(answers) => {
          setRating((was) => nextRating(was, { type: 'edited', answers }))
        }}
        onKeepMine={nothing}
        onTakeTheirs={nothing}
        onSubmit={nothing}
        onNext={nothing}
      />
      <output>{JSON.stringify(rating.answers)}</output>
    </>
  )
}

const answers = () => JSON.parse(screen.getByRole('status').textContent) as typeof NO_ANSWERS
const row = (name: string) => screen.getByRole('radiogroup', { name })
const fold = () => screen.getByRole('button', { name: /Territories, questions/ })
const type = (key: string) => {
  if (!document.activeElement) throw new Error('something has the focus')
  fireEvent.keyDown(document.activeElement, { key })
}

describe('the rating bar', () => {
  it('has no items for a protocol without any', () => {
    renderInApp(<Bar protocol={SCALE} />)
    expect(screen.queryByRole('button', { name: /Territories|Questions/ })).toBeNull()
  })

  it('folds the items out on demand and counts the answers', () => {
    renderInApp(<Bar protocol={SEGMENTS} />)
    expect(screen.queryByRole('radiogroup', { name: 'M1' })).toBeNull()
    expect(fold().textContent).toContain('0 of 4')
    fireEvent.click(fold())
    fireEvent.click(within(row('M1')).getByRole('radio', { name: '2 Good' }))
    fireEvent.click(within(row('M2')).getByRole('radio', { name: 'Not opacified' }))
    fireEvent.click(within(row('Is there a stenosis?')).getByRole('radio', { name: 'No' }))
    expect(fold().textContent).toContain('3 of 4')
    expect(answers()).toMatchObject({
      grade: null,
      territory_grades: { m1: 2, m2: 'not-opacified' },
      question_answers: { stenosis: false },
    })
  })

  it('marks what is required and what is not', () => {
    renderInApp(<Bar protocol={SEGMENTS} />)
    fireEvent.click(fold())
    expect(row('M1').getAttribute('aria-required')).toBe('true')
    expect(within(row('A1')).getByText('optional')).toBeTruthy()
  })

  it('is worked by keys: one key answers a row and goes to the next', () => {
    renderInApp(<Bar protocol={SEGMENTS} />)
    fireEvent.click(fold())
    for (const key of ['2', 'n', 'ArrowDown', 'y']) type(key)
    expect(answers()).toMatchObject({
      grade: null,
      territory_grades: { m1: 2, m2: 'not-opacified' },
      question_answers: { stenosis: true },
    })
    type('2')
    expect(answers().grade).toBeNull()
    type('Enter')
    expect(answers().question_answers).toEqual({ stenosis: true })
    type('Backspace')
    expect(answers().question_answers).toEqual({})
    type('Escape')
    expect(screen.queryByRole('radiogroup', { name: 'M1' })).toBeNull()
  })

  it('answers one row where a key is held down', () => {
    renderInApp(<Bar protocol={SEGMENTS} />)
    fireEvent.click(fold())
    type('2')
    fireEvent.keyDown(row('M2'), { key: '2', repeat: true })
    expect(answers().territory_grades).toEqual({ m1: 2 })
  })

  it('begins at the first row that has no answer, and takes an answer back', () => {
    const draft = { ...NO_ANSWERS, territory_grades: { m1: 1 } }
    renderInApp(<Bar protocol={SEGMENTS} start={initialRating(draft, 1, false)} />)
    fireEvent.click(fold())
    expect(row('M2').contains(document.activeElement)).toBe(true)
    fireEvent.click(within(row('M1')).getByRole('radio', { name: '1 Poor' }))
    expect(answers().territory_grades).toEqual({})
  })

  it('takes the reason why a case cannot be scored by its number', async () => {
    const unscorable_reasons = [
      { code: 'motion', label: 'Motion' },
      { code: 'no-dsa', label: 'No usable DSA' },
    ]
    renderInApp(<Bar protocol={{ ...SCALE, unscorable_reasons }} />)
    fireEvent.click(screen.getByRole('button', { name: /Cannot be scored/ }))
    const menu = await screen.findByRole('menu')
    fireEvent.keyDown(menu, { key: '3' })
    expect(answers().unscorable_reason).toBeNull()
    fireEvent.keyDown(menu, { key: '2' })
    expect(answers().unscorable_reason).toBe('no-dsa')
    expect(screen.queryByRole('menu')).toBeNull()
    expect(screen.getByRole('button', { name: /No usable DSA/ })).toBeTruthy()
  })

  it('tells what another window submitted, and what this one said', () => {
    const mine = { ...NO_ANSWERS, grade: 1, comment: 'M2 short' }
    const rating = nextRating(initialRating(mine, 1, false), {
      type: 'submitted elsewhere',
      answers: { ...NO_ANSWERS, grade: 2 },
    })
    renderInApp(<Bar protocol={SCALE} start={rating} />)
    const told = screen.getByRole('alert').textContent
    expect(told).toContain('This case was submitted in another window (Good)')
    expect(told).toContain('This window said: Poor, “M2 short”')
    expect(screen.getByRole('button', { name: /Next case/ })).toBeTruthy()
  })
})
