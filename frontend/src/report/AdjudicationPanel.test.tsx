import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { study } from '../../tests/examples'
import { renderInApp } from '../../tests/render'
import { answerWith } from '../../tests/server'
import type { Adjudication, Role } from '../api/types'
import { AdjudicationPanel } from './AdjudicationPanel'

const begun: Adjudication = {
  state: 'locked',
  rule: 'across-cut-point',
  cases: 178,
  to_adjudicate: 12,
  adjudicators: [
    { username: 'adam', full_name: 'Adam Judge' },
    { username: 'ada', full_name: '' },
  ],
  adjudicator: null,
  submitted: 0,
  total: 0,
  blockers: { begin: [], conclude: [] },
  consensus: null,
}

const consensus = {
  sha256: 'c'.repeat(64),
  concluded_at: '2026-03-04T10:00:00Z',
  ...{ agreed: 150, adjudicated: 12, not_adjudicated: 16 },
  ...{ high: 170, low: 5, unscorable: 3, undecided: 0 },
}

function show(change: Partial<Adjudication>, role: Role = 'coordinator') {
  const sent = answerWith({
    'GET /api/studies/s1/adjudication': () => ({ body: { ...begun, ...change } }),
    'POST /api/studies/s1/adjudication': () => ({ body: { ...begun, state: 'adjudicating' } }),
    'POST /api/studies/s1/conclude': () => ({ body: { ...begun, state: 'concluded', consensus } }),
  })
  renderInApp(<AdjudicationPanel study={{ ...study, state: 'locked', role }} />)
  return sent
}

const bodyOf = (sent: ReturnType<typeof show>, path: string) =>
  sent.find((one) => one.method === 'POST' && one.path === path)?.body

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('AdjudicationPanel', () => {
  it('begins with the adjudicator that was chosen, once that is confirmed', async () => {
    const sent = show({})
    expect(await screen.findByText(/In 12 of 178 cases grades lie on different sides of the cut-point/)).toBeTruthy()
    fireEvent.click(await screen.findByRole('button', { name: 'Begin adjudication' }))
    const dialog = within(await screen.findByRole('dialog', { name: 'Begin the adjudication?' }))
    fireEvent.change(dialog.getByLabelText('Who decides'), { target: { value: 'ada' } })
    fireEvent.click(dialog.getByRole('button', { name: 'Begin' }))
    await waitFor(() => {
      expect(bodyOf(sent, '/api/studies/s1/adjudication')).toEqual({ username: 'ada' })
    })
  })

  it('says what stands in the way', async () => {
    show({ blockers: { begin: ['The study has no adjudicator.'], conclude: [] } })
    expect(await screen.findByText('The study has no adjudicator.')).toBeTruthy()
    const button = await screen.findByRole<HTMLButtonElement>('button', {
      name: 'Begin adjudication',
    })
    expect(button.disabled).toBe(true)
  })

  it('concludes only when all is decided and the name is typed', async () => {
    const adjudicator = { username: 'adam', full_name: 'Adam Judge' }
    const sent = show({ state: 'adjudicating', adjudicator, submitted: 12, total: 12 })
    expect(await screen.findByText('Adam Judge has decided 12 of 12 cases.')).toBeTruthy()
    fireEvent.click(await screen.findByRole('button', { name: 'Conclude the study' }))
    const dialog = within(await screen.findByRole('dialog', { name: 'Conclude the study?' }))
    const confirm = dialog.getByRole<HTMLButtonElement>('button', { name: 'Conclude study' })
    expect(confirm.disabled).toBe(true)
    fireEvent.change(dialog.getByLabelText('To confirm, type the study’s name'), {
      target: { value: study.name },
    })
    fireEvent.click(confirm)
    await waitFor(() => {
      expect(bodyOf(sent, '/api/studies/s1/conclude')).toEqual({ confirm_name: study.name })
    })
  })

  it('offers the consensus apart, once there is one', async () => {
    show({ state: 'concluded', consensus })
    const link = await screen.findByRole('link', { name: 'Download the consensus as CSV' })
    expect(link.getAttribute('href')).toBe('/api/studies/s1/consensus.csv')
    expect(screen.getByText(/changes none of its numbers/)).toBeTruthy()
  })

  it('lets a statistician look and not act', async () => {
    show({}, 'statistician')
    expect(await screen.findByText(/In 12 of 178 cases/)).toBeTruthy()
    expect(screen.queryByRole('button', { name: 'Begin adjudication' })).toBeNull()
  })

  it('is not there where the protocol asks for no adjudication', async () => {
    const sent = show({ rule: 'none' })
    await waitFor(() => {
      expect(sent.length).toBeGreaterThan(0)
    })
    expect(screen.queryByText('Adjudication')).toBeNull()
  })
})
