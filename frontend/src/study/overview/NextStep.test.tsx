import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { study } from '../../../tests/examples'
import { renderInApp } from '../../../tests/render'
import { answerWith } from '../../../tests/server'
import { NextStep } from './NextStep'

const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name })

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('NextStep', () => {
  it('names what stands in the way and holds the step back', () => {
    const blockers = { open: ['1 case failed.'], lock: [] }
    renderInApp(<NextStep study={{ ...study, state: 'setup', blockers }} />)
    expect(screen.getByText('1 case failed.')).toBeTruthy()
    expect(button('Open for reading').disabled).toBe(true)
  })

  it('sends the coordinator of an empty study to the cases', () => {
    const counts = { cases: 0, ready: 0, segmenting: 0, review: 0, failed: 0, without_dsa: 0 }
    renderInApp(<NextStep study={{ ...study, state: 'setup', counts }} />, '/studies/s1')
    expect(screen.getByRole('link', { name: 'Add cases' })).toBeTruthy()
    expect(screen.queryByRole('button', { name: 'Open for reading' })).toBeNull()
  })

  it('locks only after the name of the study is typed', async () => {
    const sent = answerWith({
      'POST /api/studies/s1/lock': () => ({ body: { ...study, state: 'locked' } }),
    })
    renderInApp(<NextStep study={study} />)
    fireEvent.click(button('Lock study'))
    const dialog = within(await screen.findByRole('dialog', { name: 'Lock the study?' }))
    const confirm = dialog.getByRole<HTMLButtonElement>('button', { name: 'Lock study' })
    const name = dialog.getByLabelText('To confirm, type the study’s name')

    fireEvent.change(name, { target: { value: 'Phantom' } })
    expect(confirm.disabled).toBe(true)
    fireEvent.change(name, { target: { value: 'Phantom heads' } })
    expect(confirm.disabled).toBe(false)
    fireEvent.click(confirm)

    await waitFor(() => {
      expect(sent[0]?.body).toEqual({ confirm_name: 'Phantom heads' })
    })
  })
})
