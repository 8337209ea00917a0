import { fireEvent, screen, waitFor } from '@testing-library/react'
import axe from 'axe-core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { protocol } from '../../tests/examples'
import { renderInApp } from '../../tests/render'
import { answerWith } from '../../tests/server'
import type { Signing, Worklist } from '../api/types'
import { SignPage } from './SignPage'

const SHA256 = 'a'.repeat(64)

const worklist: Worklist = {
  study_name: 'Phantom heads',
  data_notice: '',
  stage: 'main',
  attempt: 1,
  total: 2,
  submitted: 2,
  next: null,
  wait: { reason: 'finished', until: null },
  last_calibration: null,
  protocol,
  signature: 'to-sign',
  checked_screens: [],
}

const toSign: Signing = {
  state: 'to-sign',
  printed_name: 'Dr Ruth Meyer',
  meaning: 'I made these readings myself, and they are final.',
  block: {
    record_sha256: SHA256,
    readings: [
      {
        code: 'K7Q2-9FXD',
        answers: { grade: 3, unscorable_reason: null, comment: 'M2 short' },
      },
      {
        code: 'PB6Z-29HN',
        answers: { grade: null, unscorable_reason: 'motion', comment: '' },
      },
    ],
  },
  signed_at: null,
  void_reason: '',
}

const signed: Signing = {
  ...toSign,
  state: 'signed',
  block: null,
  signed_at: '2026-03-02T09:00:00Z',
}

function renderPage(post: () => { status?: number; body: unknown }, change: Partial<Signing> = {}) {
  const sent = answerWith({
    'GET /api/reading/s1/signature': () => ({ body: { ...toSign, ...change } }),
    'POST /api/reading/s1/signature': post,
    'GET /api/reading/s1/worklist': () => ({ body: worklist }),
  })
  return { sent, ...renderInApp(<SignPage studyId="s1" worklist={worklist} />) }
}

async function typePassword(text: string) {
  fireEvent.change(await screen.findByLabelText('Your password'), { target: { value: text } })
}

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('SignPage', () => {
  it('shows what is signed, what it states and under which name', async () => {
    renderPage(() => ({ body: signed }))
    expect(await screen.findByText('Both cases are graded. Sign them.')).toBeTruthy()
    expect(screen.getByText('K7Q2-9FXD')).toBeTruthy()
    expect(screen.getByText('M2 short')).toBeTruthy()
    expect(screen.getByText(/they are final/)).toBeTruthy()
    expect(screen.getByText(/Dr Ruth Meyer/)).toBeTruthy()
  })

  it('signs what was shown, with the password, and says thank you', async () => {
    const { sent } = renderPage(() => ({ body: signed }))
    await typePassword('secret')
    fireEvent.click(screen.getByRole('button', { name: 'Sign 2 readings' }))
    expect(await screen.findByText('2 cases graded and signed, thank you.')).toBeTruthy()
    const posted = sent.find(({ method }) => method === 'POST')
    expect(posted?.body).toEqual({ record_sha256: SHA256, password: 'secret', code: '' })
  })

  it('signs nothing without a password', async () => {
    renderPage(() => ({ body: signed }))
    const button = await screen.findByRole('button', { name: 'Sign 2 readings' })
    expect(button.hasAttribute('disabled')).toBe(true)
  })

  it.each([
    [1, 'The case is graded. Sign it.'],
    [3, 'All 3 cases are graded. Sign them.'],
  ])('says of %i what there is to sign', async (count, title) => {
    const readings = ['A', 'B', 'C'].slice(0, count).map((code) => ({
      code,
      answers: { grade: 3, unscorable_reason: null, comment: '' },
    }))
    renderPage(() => ({ body: signed }), { block: { record_sha256: SHA256, readings } })
    expect(await screen.findByText(title)).toBeTruthy()
  })

  it('says that the password is wrong and stays', async () => {
    renderPage(() => ({ status: 403, body: { detail: 'The password is wrong.' } }))
    await typePassword('other')
    fireEvent.click(screen.getByRole('button', { name: 'Sign 2 readings' }))
    expect((await screen.findByRole('alert')).textContent).toBe('The password is wrong.')
  })

  it('asks for the code where the person has a second factor', async () => {
    const type = 'urn:reader-study:problem:code-needed'
    renderPage(() => ({ status: 403, body: { type, detail: 'Type the code too.' } }))
    expect(screen.queryByLabelText('Code')).toBeNull()
    await typePassword('secret')
    fireEvent.click(screen.getByRole('button', { name: 'Sign 2 readings' }))
    expect(await screen.findByLabelText('Code')).toBeTruthy()
  })

  it('tells why an earlier signature is void', async () => {
    renderPage(() => ({ body: signed }), { void_reason: 'Case K7Q2-9FXD was unlocked.' })
    await waitFor(() => {
      expect(screen.getByText(/Your earlier signature is void/)).toBeTruthy()
    })
  })

  it('has no accessibility fault that axe can see without a layout', async () => {
    const { container } = renderPage(() => ({ body: signed }))
    await screen.findByText('K7Q2-9FXD')
    const { violations } = await axe.run(container, {
      rules: { 'color-contrast': { enabled: false } },
    })
    expect(violations.map(({ id }) => id)).toEqual([])
  })
})
