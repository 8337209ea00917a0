import { fireEvent, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { renderInApp } from '../../tests/render'
import { answerWith } from '../../tests/server'
import { LoginPage } from './LoginPage'

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('LoginPage', () => {
  it('shows why a log-in failed and keeps the user name', async () => {
    const sent = answerWith({
      'GET /api/session': () => ({ body: { user: null, version: '1' } }),
      'POST /api/session': () => ({ status: 400, body: { detail: 'Wrong password.' } }),
    })
    renderInApp(<LoginPage />, '/login')
    fireEvent.change(screen.getByLabelText('User name'), { target: { value: ' ana ' } })
    fireEvent.change(screen.getByLabelText('Password'), { target: { value: 'x' } })
    fireEvent.click(screen.getByRole('button', { name: 'Log in' }))

    expect((await screen.findByRole('alert')).textContent).toBe('Wrong password.')
    expect(screen.getByLabelText<HTMLInputElement>('User name').value).toBe(' ana ')
    expect(sent.at(-1)?.body).toEqual({ username: 'ana', password: 'x' })
  })

  it('says that it is not for clinical use', () => {
    answerWith({})
    renderInApp(<LoginPage />, '/login')
    expect(screen.getByText(/Not for clinical use/)).toBeTruthy()
  })
})
