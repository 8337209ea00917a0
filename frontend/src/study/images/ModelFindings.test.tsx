import { fireEvent, screen, within } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { study } from '../../../tests/examples'
import { findings } from '../../../tests/images'
import { renderInApp } from '../../../tests/render'
import { answerWith } from '../../../tests/server'
import type { CaseFindings, Study } from '../../api/types'
import { ModelFindings } from './ModelFindings'

function open(body: CaseFindings, of: Study = study) {
  const sent = answerWith({ 'GET /api/studies/s1/cases/c1/findings': () => ({ body }) })
  renderInApp(<ModelFindings study={of} caseId="c1" />, '/studies/s1/cases/c1')
  return sent
}

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('ModelFindings', () => {
  it('tells the tree in figures, both sides and what deserves a second look', async () => {
    open(findings)
    const hints = within(await screen.findByRole('list', { name: 'Worth a second look' }))
    expect(hints.getByText(/in 7 parts/)).toBeTruthy()
    expect(screen.getByText('9.1 ml')).toBeTruthy()
    expect(screen.getByText('2.72 m')).toBeTruthy()
    expect(screen.getByText('7, the largest 77 %')).toBeTruthy()
    expect(screen.getByText('824 mm, 3.1 ml')).toBeTruthy()
    expect(screen.getByText(/halved by the symmetry of its skull/)).toBeTruthy()
  })

  it('lists the arteries on demand', async () => {
    open(findings)
    const button = await screen.findByRole('button', { name: 'Show 2 arteries' })
    fireEvent.click(button)
    expect(button.getAttribute('aria-expanded')).toBe('true')
    const missing = within(screen.getByRole('row', { name: /R-M1/, hidden: true }))
    expect(missing.getByText('0 mm')).toBeTruthy()
  })

  it('says when nothing stands out', async () => {
    const { measures } = findings
    open({ ...findings, measures: measures && { ...measures, hints: [] } })
    expect(await screen.findByText('Nothing stands out.')).toBeTruthy()
  })

  it.each([
    [{ is_segmented: false, problem: '', measures: null }, 'Not segmented yet.'],
    [{ is_segmented: true, problem: 'Not measured: no room', measures: null }, /no room/],
    [{ is_segmented: true, problem: '', measures: null }, /before trees were measured/],
  ])('says why there are no figures: %j', async (body, words) => {
    open(body)
    expect(await screen.findByText(words)).toBeTruthy()
  })

  it('asks for nothing on behalf of those who only watch', () => {
    const sent = open(findings, { ...study, role: 'statistician' })
    expect(screen.queryByText('What the model found')).toBeNull()
    expect(sent).toEqual([])
  })
})
