import { fireEvent, screen, waitFor } from '@testing-library/react'
import { Route, Routes } from 'react-router'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { renderInApp } from '../../tests/render'
import { answerWith } from '../../tests/server'
import JoinPage from './JoinPage'

const invitedTo = {
  study_name: 'Phantom heads',
  role: 'site-coordinator',
  sites: ['North Hospital'],
  expires_at: '2026-03-02T10:05:00Z',
}
const ana = { username: 'ana', full_name: 'Ana' }
const session = (user: typeof ana | null) => () => ({ body: { user, version: '1' } })

function renderPage() {
  renderInApp(
    <Routes>
      <Route path="/join/:token" element={<JoinPage />} />
      <Route path="/studies/s1" element="The study" />
    </Routes>,
    '/join/abc',
  )
}

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('JoinPage', () => {
  it('says study, role and hospitals, and lets who is logged in join', async () => {
    const sent = answerWith({
      'GET /api/session': session(ana),
      'GET /api/invitations/abc': () => ({ body: invitedTo }),
      'POST /api/invitations/abc/accept': () => ({
        body: { study_id: 's1', role: 'site-coordinator' },
      }),
    })
    renderPage()
    expect(await screen.findByRole('heading', { name: 'Join Phantom heads' })).toBeTruthy()
    expect(screen.getByText(/for North Hospital/)).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: 'Join as Ana' }))
    expect(await screen.findByText('The study')).toBeTruthy()
    expect(sent.find(({ method }) => method === 'POST')?.body).toEqual({})
  })

  it('does not join in the name of somebody who logged in meanwhile', async () => {
    let user = ana
    const sent = answerWith({
      'GET /api/session': () => ({ body: { user, version: '1' } }),
      'GET /api/invitations/abc': () => ({ body: invitedTo }),
    })
    renderPage()
    const join = await screen.findByRole('button', { name: 'Join as Ana' })
    user = { username: 'ben', full_name: 'Ben' }
    fireEvent.click(join)
    expect(await screen.findByRole('button', { name: 'Join as Ben' })).toBeTruthy()
    expect(screen.getByRole('alert').textContent).toContain('another window')
    expect(sent.some(({ method }) => method === 'POST')).toBe(false)
  })

  it('lets a newcomer create an account, and keeps what was typed when it is refused', async () => {
    const sent = answerWith({
      'GET /api/session': session(null),
      'GET /api/invitations/abc': () => ({ body: invitedTo }),
      'POST /api/invitations/abc/accept': () => ({
        status: 400,
        body: { detail: 'This password is too common.' },
      }),
    })
    renderPage()
    fireEvent.change(await screen.findByLabelText('Your name'), { target: { value: 'Nora New' } })
    fireEvent.change(screen.getByLabelText('User name'), { target: { value: ' nora ' } })
    fireEvent.change(screen.getByLabelText('Password'), { target: { value: 'password1' } })
    fireEvent.click(screen.getByRole('button', { name: 'Create my account and join' }))
    expect((await screen.findByRole('alert')).textContent).toBe('This password is too common.')
    expect(screen.getByLabelText<HTMLInputElement>('Your name').value).toBe('Nora New')
    expect(sent.at(-1)?.body).toEqual({
      full_name: 'Nora New',
      username: 'nora',
      password: 'password1',
    })
  })

  it.each([
    [404, 'Not found.', /There is no such invitation/],
    [409, 'This invitation has expired.', /This invitation has expired/],
  ])('says what is wrong with a dead link (%i)', async (status, detail, said) => {
    answerWith({
      'GET /api/session': session(null),
      'GET /api/invitations/abc': () => ({ status, body: { detail } }),
    })
    renderPage()
    expect(await screen.findByRole('heading', { name: 'This link does not work' })).toBeTruthy()
    expect(screen.getByText(said)).toBeTruthy()
    await waitFor(() => {
      expect(screen.queryByRole('button', { name: /join/i })).toBeNull()
    })
  })
})
