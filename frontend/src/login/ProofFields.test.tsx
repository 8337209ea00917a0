import { fireEvent, screen } from '@testing-library/react'
import { useState } from 'react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { renderInApp } from '../../tests/render'
import { answerWith } from '../../tests/server'
import { ApiError } from '../api/client'
import { NOTHING_TYPED, ProofFields } from './ProofFields'

const problem = (kind: string, message: string) =>
  new ApiError(message, 403, { type: `urn:reader-study:problem:${kind}` })

const codeNeeded = () => problem('code-needed', 'Type the code too.')

class FakeCredential {
  static parseRequestOptionsFromJSON = (options: unknown) => options
  toJSON = () => ({ id: 'shown' })
}

interface FieldsProps {
  error: Error | null
}

function Fields({ error }: FieldsProps) {
  const [proof, setProof] = useState(NOTHING_TYPED)
  return <ProofFields proof={proof} onChange={setProof} error={error} />
}

const showPasskey = async () => {
  fireEvent.click(screen.getByRole('button', { name: 'Show a passkey instead of a code' }))
  await screen.findByText('Your passkey was shown.')
}

beforeEach(() => {
  vi.stubGlobal('isSecureContext', true)
  vi.stubGlobal('PublicKeyCredential', FakeCredential)
  vi.stubGlobal('navigator', { credentials: { get: () => Promise.resolve(new FakeCredential()) } })
})
afterEach(() => {
  vi.unstubAllGlobals()
})

describe('ProofFields', () => {
  it('asks for the password alone until the server wants more', () => {
    const { rerender } = renderInApp(<Fields error={null} />)
    expect(screen.queryByLabelText('Code')).toBeNull()
    rerender(<Fields error={new ApiError('The password is wrong.', 403)} />)
    expect(screen.queryByLabelText('Code')).toBeNull()
    rerender(<Fields error={codeNeeded()} />)
    expect(screen.getByLabelText('Code')).toBeTruthy()
  })

  it('prompts for the code at first, and calls only a wrong one a mistake', () => {
    const { rerender } = renderInApp(<Fields error={codeNeeded()} />)
    expect(screen.getByRole('status').textContent).toBe('Type the code too.')
    expect(screen.queryByRole('alert')).toBeNull()
    rerender(<Fields error={problem('code-wrong', 'That is not the code.')} />)
    expect(screen.getByRole('alert').textContent).toBe('That is not the code.')
    expect(screen.getByLabelText('Code')).toBeTruthy()
    expect(screen.queryByRole('status')).toBeNull()
  })

  it('takes a passkey in place of the code, for one attempt', async () => {
    const sent = answerWith({
      'POST /api/session/passkey-question': () => ({ body: { publicKey: { challenge: 'c' } } }),
      'POST /api/session/second-factor': () => ({ body: {} }),
    })
    const { rerender } = renderInApp(<Fields error={codeNeeded()} />)
    await showPasskey()
    expect(sent.at(-1)?.body).toEqual({ credential: { id: 'shown' } })
    expect(screen.queryByLabelText('Code')).toBeNull()
    rerender(<Fields error={new ApiError('The password is wrong.', 403)} />)
    expect(screen.getByText('Your passkey was shown.')).toBeTruthy()
    rerender(<Fields error={codeNeeded()} />)
    expect(await screen.findByLabelText('Code')).toBeTruthy()
  })

  it('says so where no passkey was shown', async () => {
    answerWith({
      'POST /api/session/passkey-question': () => ({ body: { publicKey: { challenge: 'c' } } }),
    })
    vi.stubGlobal('navigator', { credentials: { get: () => Promise.reject(new Error('no')) } })
    renderInApp(<Fields error={codeNeeded()} />)
    fireEvent.click(screen.getByRole('button', { name: 'Show a passkey instead of a code' }))
    expect(await screen.findByText(/No passkey was shown/)).toBeTruthy()
  })
})
