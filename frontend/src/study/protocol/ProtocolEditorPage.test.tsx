import { fireEvent, screen, waitFor } from '@testing-library/react'
import { Route, Routes } from 'react-router'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { study } from '../../../tests/examples'
import { renderInApp } from '../../../tests/render'
import { answerWith } from '../../../tests/server'
import type { ProtocolInForce } from '../../api/types'
import StudyLayout from '../StudyLayout'
import ProtocolEditorPage from './ProtocolEditorPage'
import ProtocolPage from './ProtocolPage'
import { fullProtocol } from './testing'

/** The page has many fields; a busy machine draws it slowly. */
const SLOW = { timeout: 8000 }
vi.setConfig({ testTimeout: 20_000 })

const inForce: ProtocolInForce = {
  version: 1,
  sha256: 'c'.repeat(64),
  document: fullProtocol,
  may_change: 'everything',
  fixed: [],
  versions: [
    {
      version: 1,
      sha256: 'c'.repeat(64),
      created_at: '2026-03-02T10:05:00Z',
      created_by: 'Carol',
      reason: '',
    },
  ],
}
const amending: ProtocolInForce = {
  ...inForce,
  may_change: 'amend',
  fixed: ['calibration', 'repeats', 'reading_order', 'seed', 'level_values'],
}

function open(protocol: ProtocolInForce, answers: Parameters<typeof answerWith>[0] = {}) {
  const sent = answerWith({
    'GET /api/studies/s1': () => ({ body: study }),
    'GET /api/studies/s1/protocol': () => ({ body: protocol }),
    'POST /api/sample-size': () => ({
      body: { cases_for_width: 314, cases_for_test: 208, warnings: [] },
    }),
    ...answers,
  })
  const view = renderInApp(
    <Routes>
      <Route path="/studies/:studyId" element={<StudyLayout />}>
        <Route path="protocol" element={<ProtocolPage />} />
        <Route path="protocol/edit" element={<ProtocolEditorPage />} />
      </Route>
    </Routes>,
    '/studies/s1/protocol/edit',
  )
  return { sent, view }
}

const box = (name: string) => screen.getByRole<HTMLInputElement>('textbox', { name })
const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name })
const saved = (sent: ReturnType<typeof answerWith>) =>
  sent.find(({ method, path }) => method === 'POST' && path.endsWith('/protocol'))

beforeEach(() => {
  sessionStorage.clear()
})
afterEach(() => {
  vi.unstubAllGlobals()
})

describe('the protocol editor', () => {
  it('saves what was edited on top of the version it began from', async () => {
    const { sent } = open(inForce, {
      'POST /api/studies/s1/protocol': () => ({ body: { ...inForce, version: 2 } }),
    })
    await screen.findByText('Edit the protocol', {}, SLOW)
    expect(button('Save protocol').disabled).toBe(true)
    fireEvent.change(box('Name of level 1'), { target: { value: 'Passable' } })
    expect(screen.getByRole('radio', { name: /Passable/ })).toBeTruthy()
    fireEvent.click(button('Save protocol'))
    await screen.findByText('Protocol in force', {}, SLOW)
    expect(saved(sent)?.body).toEqual({
      document: {
        ...fullProtocol,
        levels: fullProtocol.levels.map((level) =>
          level.value === 1 ? { ...level, name: 'Passable' } : level,
        ),
      },
      based_on: 1,
      reason: '',
    })
  })

  it('gives back what was removed', async () => {
    open(inForce)
    await screen.findByText('Edit the protocol', {}, SLOW)
    fireEvent.click(button('Remove level 1'))
    expect(screen.getByText('Removed level 1.')).toBeTruthy()
    expect(screen.queryByDisplayValue('Fair')).toBeNull()
    fireEvent.click(button('Undo'))
    expect(screen.getByDisplayValue('Fair')).toBeTruthy()
    expect(screen.getByText('No changes')).toBeTruthy()
  })

  it('puts the cut-point where it is clicked', async () => {
    open(inForce)
    await screen.findByText('↑ Good and better count as high quality', {}, SLOW)
    fireEvent.click(screen.getByRole('radio', { name: 'Put the cut-point here' }))
    expect(screen.getByText('↑ Fair and better count as high quality')).toBeTruthy()
  })

  it('shows each problem at its field until the field is edited', async () => {
    const message = 'Level 1 needs a name'
    open(inForce, {
      'POST /api/studies/s1/protocol': () => ({
        status: 400,
        body: { detail: message, errors: [{ pointer: '#/document/levels/1/name', detail: message }] },
      }),
    })
    await screen.findByText('Edit the protocol', {}, SLOW)
    fireEvent.change(box('Name of level 1'), { target: { value: '' } })
    fireEvent.click(button('Save protocol'))
    await screen.findByText(`Not saved yet: ${message}.`, {}, SLOW)
    expect(box('Name of level 1').getAttribute('aria-invalid')).toBe('true')
    fireEvent.change(box('Name of level 1'), { target: { value: 'Fair' } })
    expect(screen.queryByText(message)).toBeNull()
  })

  it('still has the edits after the page was reloaded', async () => {
    const { view } = open(inForce)
    await screen.findByText('Edit the protocol', {}, SLOW)
    fireEvent.change(box('What raters judge'), { target: { value: 'Half a thought' } })
    view.unmount()
    open(inForce)
    await screen.findByText('Edit the protocol', {}, SLOW)
    expect(box('What raters judge').value).toBe('Half a thought')
    expect(screen.getByText('Not saved yet')).toBeTruthy()
  })

  it('keeps the text when somebody else saved first, and saves it after theirs if told so', async () => {
    let version = 1
    const { sent } = open(inForce, {
      'GET /api/studies/s1/protocol': () => ({ body: { ...inForce, version } }),
      'POST /api/studies/s1/protocol': ({ body }) => {
        if ((body as { based_on: number }).based_on === 2) {
          return { body: { ...inForce, version: 3 } }
        }
        version = 2
        return { status: 409, body: { detail: 'Version 2 was saved meanwhile.', version: 2 } }
      },
    })
    await screen.findByText('Edit the protocol', {}, SLOW)
    fireEvent.change(box('What raters judge'), { target: { value: 'Mine' } })
    fireEvent.click(button('Save protocol'))
    await screen.findByText('Version 2 was saved meanwhile', {}, SLOW)
    expect(box('What raters judge').value).toBe('Mine')
    expect(button('Save protocol').disabled).toBe(true)
    fireEvent.click(button('Keep mine, to be saved after it'))
    fireEvent.click(button('Save protocol'))
    await waitFor(() => {
      expect(sent.filter(({ method, path }) => method === 'POST' && path.endsWith('/protocol')))
        .toHaveLength(2)
    })
  })

  it('disables what an amendment may not change and says why', async () => {
    open(amending)
    await screen.findByText('Amend the protocol', {}, SLOW)
    expect(screen.queryByRole('button', { name: 'Start from a template' })).toBeNull()
    expect(screen.queryByRole('button', { name: 'Add a better level' })).toBeNull()
    expect(box('Seed').disabled).toBe(true)
    expect(screen.getAllByText('Fixed: the raters’ lists were drawn from it.').length).toBe(4)
    expect(button('Remove M1 right').disabled).toBe(true)
    fireEvent.click(button('Add a territory'))
    expect(button('Remove number 3').disabled).toBe(false)
  })
})
