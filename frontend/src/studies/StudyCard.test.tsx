import { cleanup, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { protocol } from '../../tests/examples'
import { renderInApp } from '../../tests/render'
import { answerWith } from '../../tests/server'
import type { StudySummary, Worklist } from '../api/types'
import { StudyCard } from './StudyCard'

const summary: StudySummary = {
  id: 's1',
  name: 'Phantom heads',
  state: 'reading',
  data_notice: 'Phantom data.',
  roles: ['rater'],
  second_factor_required: false,
}

const worklist: Worklist = {
  study_name: 'Phantom heads',
  data_notice: '',
  stage: 'main',
  attempt: 1,
  total: 60,
  submitted: 3,
  next: 'K7Q2-9FXD',
  wait: null,
  last_calibration: null,
  protocol,
  signature: 'reading',
  checked_screens: [],
}

function renderCard(change: Partial<Worklist>, study: Partial<StudySummary> = {}) {
  const sent = answerWith({
    'GET /api/reading/s1/worklist': () => ({ body: { ...worklist, ...change } }),
  })
  renderInApp(<StudyCard study={{ ...summary, ...study }} />)
  return sent
}

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('StudyCard', () => {
  it('lets a rater continue where they are', async () => {
    renderCard({})
    const link = await screen.findByRole('link', { name: 'Continue reading 4 of 60' })
    expect(link.getAttribute('href')).toBe('/read/s1')
  })

  it('tells a rater who has finished', async () => {
    renderCard({ submitted: 60, next: null, wait: { reason: 'finished', until: null } })
    expect(await screen.findByText('All 60 cases submitted, thank you.')).toBeTruthy()
  })

  it('reminds a rater who has not signed, and no longer once they have', async () => {
    const done = { submitted: 60, next: null, wait: { reason: 'finished', until: null } } as const
    renderCard({ ...done, signature: 'to-sign' })
    const link = await screen.findByRole('link', { name: 'Sign your readings' })
    expect(link.getAttribute('href')).toBe('/read/s1')
    cleanup()
    renderCard({ ...done, signature: 'signed' })
    expect(await screen.findByText('All 60 cases graded and signed, thank you.')).toBeTruthy()
  })

  it('tells a rater who has to wait', async () => {
    renderCard({ next: null, wait: { reason: 'daily-limit', until: '2026-03-02T00:00:00Z' } })
    expect(await screen.findByText('That is enough for today.')).toBeTruthy()
  })

  it('lets an adjudicator in once the adjudication has begun', async () => {
    renderCard(
      { stage: 'adjudication', submitted: 0, total: 4 },
      { state: 'adjudicating', roles: ['adjudicator'] },
    )
    expect(await screen.findByRole('link', { name: 'Start adjudicating 1 of 4' })).toBeTruthy()
  })

  it('has nothing for an adjudicator while raters read', () => {
    renderCard({}, { roles: ['adjudicator'] })
    expect(screen.getByText('Nothing to adjudicate yet')).toBeTruthy()
  })

  it('asks for no worklist before the study is open', () => {
    const sent = renderCard({}, { state: 'setup' })
    expect(screen.getByText('Not open for reading yet')).toBeTruthy()
    expect(sent).toHaveLength(0)
  })

  it.each(['coordinator', 'site-coordinator', 'statistician'] as const)(
    'leads a %s to the study',
    (role) => {
      const sent = renderCard({}, { roles: [role] })
      const link = screen.getByRole('link', { name: 'Open Phantom heads' })
      expect(link.getAttribute('href')).toBe('/studies/s1')
      expect(sent).toHaveLength(0)
    },
  )

  it('shows what kind of data the study has', () => {
    renderCard({})
    expect(screen.getByText('Phantom data.')).toBeTruthy()
  })
})
