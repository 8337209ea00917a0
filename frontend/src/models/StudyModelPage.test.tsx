import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { Outlet, Route, Routes } from 'react-router'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { study } from '../../tests/examples'
import { renderInApp } from '../../tests/render'
import { answerWith } from '../../tests/server'
import type { ModelCard, Study } from '../api/types'
import StudyModelPage from './StudyModelPage'

const card: ModelCard = {
  name: 'arteries-2026',
  sha256: 'c'.repeat(64),
  notice: 'Research model.',
  registered_at: '2026-03-02T10:05:00Z',
  labels: ['artery'],
  settings: [{ name: 'Configuration', value: '3d_fullres' }],
  training: [],
  origin: null,
  evaluation: {
    measures: [
      { measure: 'dice', title: 'DSC', unit: '', decimals: 3 },
      { measure: 'volume_error_ml', title: 'Volume error', unit: 'ml', decimals: 2 },
    ],
    sets: [
      {
        name: 'internal-test',
        n: 12,
        published: { mean: 0.79, sd: 0.04 },
        measures: [
          { measure: 'dice', n: 12, mean: 0.8123, sd: 0.041, median: 0.82, ci: [0.79, 0.83] },
          {
            measure: 'volume_error_ml',
            n: 12,
            mean: -0.4,
            sd: null,
            median: -0.3,
            ci: [-0.5, -0.2],
          },
        ],
      },
    ],
    paper: { source: 'Liu et al.', note: 'other data', measure: 'dice' },
  },
}

const other = { name: 'other', sha256: 'd'.repeat(64), notice: 'Another model.' }

function show(page: object, changes: Partial<Study> = {}) {
  const sent = answerWith({
    'GET /api/studies/s1/model': () => ({ body: page }),
    'POST /api/studies/s1/model': () => ({ body: page }),
  })
  renderInApp(
    <Routes>
      <Route element={<Outlet context={{ ...study, ...changes }} />}>
        <Route path="*" element={<StudyModelPage />} />
      </Route>
    </Routes>,
  )
  return sent
}

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('StudyModelPage', () => {
  it('shows each set’s figures and the published row beside its measure', async () => {
    show({ model: card, choices: [], fixed: '', etag: 'e1' })
    const table = await screen.findByRole('table', { name: 'Evaluation by set of cases' })
    const rows = within(table)
      .getAllByRole('row')
      .map((row) => row.textContent)
    expect(rows[1]).toBe('Internal testn = 12DSC120.812 ± 0.0410.8200.790–0.830')
    expect(rows[2]).toBe('DSC, published0.79 ± 0.04')
    expect(rows[3]).toContain('−0.50 to −0.20\u00a0ml')
    expect(screen.getByText('Published: Liu et al. (other data).')).toBeTruthy()
  })

  it('says that a model was not evaluated', async () => {
    show({ model: { ...card, evaluation: null }, choices: [], fixed: '', etag: 'e1' })
    expect(await screen.findByText(/Not evaluated/)).toBeTruthy()
  })

  it('names another model after a choice', async () => {
    const sent = show({ model: card, choices: [other], fixed: '', etag: 'e1' })
    fireEvent.click(await screen.findByRole('button', { name: 'Choose another' }))
    const dialog = within(await screen.findByRole('dialog'))
    const use = dialog.getByRole<HTMLButtonElement>('button', { name: 'Use this model' })
    expect(use.disabled).toBe(true)
    fireEvent.click(dialog.getByRole('radio'))
    expect(dialog.getByText(/6 cases will be segmented anew/)).toBeTruthy()
    fireEvent.click(use)
    await waitFor(() => {
      expect(sent.find(({ method }) => method === 'POST')?.body).toEqual({ sha256: other.sha256 })
    })
  })

  it('says why the model stays once reading has begun', async () => {
    show({ model: card, choices: [], fixed: 'Another model needs another study.' })
    expect(await screen.findByText('Another model needs another study.')).toBeTruthy()
    expect(screen.queryByRole('button', { name: /Choose/ })).toBeNull()
  })

  it('asks nothing for people who do not run the study', () => {
    const sent = show({}, { role: 'statistician' })
    expect(screen.getByText('For coordinators only')).toBeTruthy()
    expect(sent).toEqual([])
  })
})
