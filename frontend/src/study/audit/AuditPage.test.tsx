import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { Outlet, Route, Routes } from 'react-router'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { study } from '../../../tests/examples'
import { renderInApp } from '../../../tests/render'
import { answerWith } from '../../../tests/server'
import type { ChainState, TrailEvent, TrailPage } from '../../api/types'
import AuditPage from './AuditPage'

const locked: TrailEvent = {
  sequence: 2,
  at: '2026-03-02T10:05:07Z',
  username: 'carol',
  name: 'Carol',
  action: 'study locked',
  case: '',
  sentence: 'Carol locked the study; the snapshot’s hash begins with 0123456789ab.',
  subject: '0123456789ab',
  detail: {},
  withheld: false,
  key_id: 'aaaaaaaaaaaaaaaa',
  mac: 'f'.repeat(64),
}
const submitted: TrailEvent = {
  ...locked,
  sequence: 1,
  at: '2026-03-01T10:05:07Z',
  username: 'ruth',
  name: 'Ruth',
  action: 'reading submitted',
  case: 'C001',
  sentence: 'Ruth submitted case C001.',
  subject: 'AAAA-0001',
  detail: { attempt: 1 },
  withheld: true,
}
const page: TrailPage = {
  events: [locked, submitted],
  next_before: null,
  actions: ['reading submitted', 'study locked'],
  people: [{ username: 'carol', name: 'Carol' }],
}
const unbroken: ChainState = {
  state: 'unbroken',
  events: 1234,
  checked: 1234,
  checked_at: new Date().toISOString(),
  head: '1234:0123456789abcdef',
  problem: '',
}

function renderPage({ trail = page, chain = unbroken, as = study } = {}) {
  const sent = answerWith({
    'GET /api/studies/s1/audit': () => ({ body: trail }),
    'GET /api/studies/s1/audit?words=ruth': () => ({ body: { ...trail, events: [submitted] } }),
    'GET /api/studies/s1/audit?before=1': () => ({
      body: { ...trail, events: [{ ...submitted, sequence: 0, sentence: 'Older.' }] },
    }),
    'GET /api/studies/s1/audit/chain': () => ({ body: chain }),
  })
  renderInApp(
    <Routes>
      <Route element={<Outlet context={as} />}>
        <Route path="/" element={<AuditPage />} />
      </Route>
    </Routes>,
  )
  return sent
}

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('AuditPage', () => {
  it('says each event in a sentence, by day, and folds its details', async () => {
    renderPage()
    expect(await screen.findByText(locked.sentence)).toBeTruthy()
    const day = within(screen.getByRole('region', { name: '1 Mar 2026' }))
    const details = day.getByText('Ruth submitted case C001.').closest('details')
    expect(details?.open).toBe(false)
    expect(day.getByText('kept back until the reading is over')).toBeTruthy()
    expect(day.getByText(submitted.mac)).toBeTruthy()
  })

  it('says that the chain holds, of how many events, and its head', async () => {
    renderPage()
    const banner = await screen.findByText('Unbroken')
    expect(banner.parentElement?.textContent).toContain('1234 events, checked just now.')
    expect(screen.getByText('1234:0123456789abcdef')).toBeTruthy()
  })

  it('says how many were checked where that is not all', async () => {
    renderPage({ chain: { ...unbroken, checked: 500 } })
    expect(await screen.findByText(/the newest 500 of them checked just now/)).toBeTruthy()
  })

  it('says where the chain is broken and what to do', async () => {
    renderPage({ chain: { ...unbroken, state: 'broken', problem: 'Event 7 was edited.' } })
    expect((await screen.findByText(/Event 7 was edited/)).textContent).toContain('verify_audit')
  })

  it('asks the server for what is looked for', async () => {
    renderPage()
    fireEvent.change(await screen.findByLabelText('Words'), { target: { value: 'ruth' } })
    await waitFor(() => {
      expect(screen.queryByText(locked.sentence)).toBeNull()
    })
    fireEvent.click(screen.getByRole('button', { name: 'Clear' }))
    expect(await screen.findByText(locked.sentence)).toBeTruthy()
  })

  it('shows earlier events below', async () => {
    renderPage({ trail: { ...page, next_before: 1 } })
    fireEvent.click(await screen.findByRole('button', { name: 'Show earlier events' }))
    expect(await screen.findByText('Older.')).toBeTruthy()
    expect(screen.getByText(locked.sentence)).toBeTruthy()
  })

  it('asks for nothing and shows nothing to whom it is not for', async () => {
    const sent = renderPage({ as: { ...study, role: 'statistician' } })
    expect(await screen.findByText('For coordinators only')).toBeTruthy()
    expect(sent).toHaveLength(0)
  })
})
