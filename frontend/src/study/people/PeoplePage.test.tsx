import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { Outlet, Route, Routes } from 'react-router'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { study } from '../../../tests/examples'
import { renderInApp } from '../../../tests/render'
import { answerWith } from '../../../tests/server'
import type { Invitation, Member, People } from '../../api/types'
import PeoplePage from './PeoplePage'

const carol: Member = {
  id: 1,
  username: 'carol',
  full_name: 'Carol',
  role: 'coordinator',
  sites: [],
  rater_number: null,
  joined_at: '2026-03-02T10:05:00Z',
  ended_at: null,
  ended_reason: '',
  you: true,
  display_check: null,
  second_factor: false,
}
const ruth: Member = {
  ...carol,
  id: 2,
  username: 'ruth',
  full_name: 'Ruth',
  role: 'rater',
  rater_number: 1,
  you: false,
}
const rob: Member = {
  ...ruth,
  id: 3,
  username: 'rob',
  full_name: 'Rob',
  rater_number: 2,
  ended_at: '2026-03-04T10:05:00Z',
  ended_reason: 'Moved',
}
const invitation: Invitation = {
  id: 'i1',
  invited: 'Nora',
  role: 'rater',
  sites: [],
  created_at: '2026-03-02T10:05:00Z',
  expires_at: '2026-03-16T10:05:00Z',
  state: 'open',
  accepted_by: null,
}

function renderPage(people: People, answers: Parameters<typeof answerWith>[0] = {}) {
  const sent = answerWith({ 'GET /api/studies/s1/people': () => ({ body: people }), ...answers })
  renderInApp(
    <Routes>
      <Route element={<Outlet context={study} />}>
        <Route path="/" element={<PeoplePage />} />
      </Route>
    </Routes>,
  )
  return sent
}

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('PeoplePage', () => {
  it('lists people by role, and those who left with the reason', async () => {
    renderPage({ members: [carol, ruth, rob], invitations: [], second_factor_required: false })
    const table = within(await screen.findByRole('table', { name: 'People' }))
    expect(table.getByText('Rater 1')).toBeTruthy()
    expect(table.getByText('Rater 2. Moved')).toBeTruthy()
    expect(screen.queryByRole('button', { name: 'Take out Carol' })).toBeNull()
    expect(screen.getByText(/Nobody has been invited yet/)).toBeTruthy()
  })

  it('says of each rater what the screen showed that they last read on', async () => {
    const check = {
      at: '2026-03-03T08:00:00Z',
      verdict: 'failed',
      screen_width: 1366,
      screen_height: 768,
      pixel_ratio: 1,
      zoom_percent: 125,
      room_is_dim: false,
    } as const
    renderPage({ members: [{ ...ruth, display_check: check }], invitations: [], second_factor_required: false })
    expect(
      await screen.findByText(
        'Read on a display that failed, 3 Mar 2026: 1366 × 768, zoom 125 %, room not dim',
      ),
    ).toBeTruthy()
  })

  it('takes nobody out without a reason', async () => {
    const sent = renderPage(
      { members: [carol, ruth], invitations: [], second_factor_required: false },
      { 'POST /api/studies/s1/people/2/end': () => ({ body: ruth }) },
    )
    fireEvent.click(await screen.findByRole('button', { name: 'Take out Ruth' }))
    const dialog = within(
      await screen.findByRole('dialog', { name: 'Take Ruth out of the study?' }),
    )
    const confirm = dialog.getByRole<HTMLButtonElement>('button', { name: 'Take out' })
    expect(confirm.disabled).toBe(true)
    fireEvent.change(dialog.getByLabelText('Why do they leave?'), { target: { value: 'Moved' } })
    fireEvent.click(confirm)
    await waitFor(() => {
      expect(sent.find(({ method }) => method === 'POST')?.body).toEqual({ reason: 'Moved' })
    })
  })

  it('asks a site coordinator’s hospitals, and shows the link once', async () => {
    const sent = renderPage(
      { members: [carol], invitations: [], second_factor_required: false },
      {
        'POST /api/studies/s1/invitations': () => ({
          status: 201,
          body: { ...invitation, role: 'site-coordinator', link: '/join/abc' },
        }),
      },
    )
    fireEvent.click(await screen.findByRole('button', { name: 'Invite somebody' }))
    const dialog = within(await screen.findByRole('dialog', { name: 'Invite somebody' }))
    const create = dialog.getByRole<HTMLButtonElement>('button', { name: 'Create the link' })
    fireEvent.change(dialog.getByLabelText('Whom do you invite?'), { target: { value: 'Nora' } })
    fireEvent.click(dialog.getByLabelText('Site coordinator'))
    expect(create.disabled).toBe(true)
    fireEvent.click(dialog.getByLabelText('A · Site A'))
    fireEvent.click(create)
    expect(await screen.findByText(/\/join\/abc$/)).toBeTruthy()
    expect(screen.getByText('It is shown only now.')).toBeTruthy()
    expect(sent.find(({ method }) => method === 'POST')?.body).toEqual({
      invited: 'Nora',
      role: 'site-coordinator',
      sites: ['A'],
    })
    fireEvent.click(screen.getByRole('button', { name: 'I have sent it' }))
    expect(screen.queryByText(/\/join\/abc$/)).toBeNull()
  })

  it('revokes an open invitation after asking', async () => {
    const sent = renderPage(
      { members: [carol], invitations: [invitation], second_factor_required: false },
      {
        'POST /api/studies/s1/invitations/i1/revoke': () => ({
          body: { ...invitation, state: 'revoked' },
        }),
      },
    )
    fireEvent.click(await screen.findByRole('button', { name: 'Revoke the invitation for Nora' }))
    const dialog = within(await screen.findByRole('dialog', { name: 'Revoke the invitation?' }))
    fireEvent.click(dialog.getByRole('button', { name: 'Revoke' }))
    await waitFor(() => {
      expect(sent.some(({ path }) => path.endsWith('/i1/revoke'))).toBe(true)
    })
  })
})
