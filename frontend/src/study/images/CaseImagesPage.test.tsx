import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { Outlet, Route, Routes } from 'react-router'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { study } from '../../../tests/examples'
import { caseImages, ct, findings, run, waitingRun } from '../../../tests/images'
import { renderInApp } from '../../../tests/render'
import { answerWith } from '../../../tests/server'
import type { CaseImages, Study } from '../../api/types'
import CaseImagesPage from './CaseImagesPage'

const thick = ct({ id: 3, position: 2, used: false, may_become: ['NCCT', 'other'] })

function open(images: CaseImages, of: Study = study) {
  const sent = answerWith({
    'GET /api/studies/s1/cases/c1/images': () => ({ body: images }),
    'GET /api/studies/s1/cases/c1/findings': () => ({ body: findings }),
    'GET /api/studies/s1/cases': () => ({ body: [] }),
    'GET /api/studies/s1/review': () => ({ body: [waitingRun()] }),
    'POST /api/studies/s1/cases/c1/series/3/overrule': () => ({ body: images }),
    'POST /api/studies/s1/cases/c1/series/2/review': () => ({ body: images }),
  })
  renderInApp(
    <Routes>
      <Route path="/studies/:studyId" element={<Outlet context={of} />}>
        <Route path="cases/:caseId" element={<CaseImagesPage />} />
      </Route>
    </Routes>,
    '/studies/s1/cases/c1',
  )
  return sent
}

const series = async (name: string) => within(await screen.findByRole('article', { name }))

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('CaseImagesPage', () => {
  it('says of each series what it is, what was found and what is done with it', async () => {
    open(caseImages)
    const used = await series('CT 1')
    expect(used.getByText('Segmented and shown to raters')).toBeTruthy()
    expect(used.getByText('Corrected')).toBeTruthy()
    expect(used.getByText('tilt 18.5°')).toBeTruthy()
    expect(used.getByText(/Gantry tilt of 18.5°/)).toBeTruthy()
    const waiting = await series('Run 1')
    expect(waiting.getByText('+ 1:00:00')).toBeTruthy()
    expect(await waiting.findByText('Waits for your release')).toBeTruthy()
    const link = waiting.getByRole<HTMLAnchorElement>('link', { name: /Look through it/ })
    expect(link.getAttribute('href')).toBe('/studies/s1/review?series=2')
  })

  it('shows the checks that passed when asked', async () => {
    open(caseImages)
    const used = await series('CT 1')
    expect(used.queryByText('160 slices')).toBeNull()
    fireEvent.click(used.getByRole('button', { name: '1 check passed' }))
    expect(used.getByText('160 slices')).toBeTruthy()
  })

  it('does not call a CT passed that nobody has read yet', async () => {
    const sentence = 'Stored, not used: checked once it is chosen'
    const gates = [{ name: 'choice', verdict: 'pass' as const, sentence }]
    open({ ...caseImages, series: [ct(), { ...thick, verdict: 'pass', gates }] })
    const stored = await series('CT 2')
    expect(stored.getByText('Not checked yet')).toBeTruthy()
    expect(stored.getByText(sentence)).toBeTruthy()
    expect(stored.queryByText('Passed')).toBeNull()
  })

  it('chooses another CT with a reason, having said what follows', async () => {
    const sent = open({ ...caseImages, series: [ct(), thick] })
    const other = await series('CT 2')
    fireEvent.click(other.getByRole('button', { name: 'CT 2: this is …' }))
    fireEvent.click(await screen.findByRole('menuitem', { name: '… the CT to use' }))
    const dialog = within(await screen.findByRole('dialog', { name: 'CT 2 is the CT to use?' }))
    expect(dialog.getByText(/CT 1 is then no longer used. The segmentation is run again/)).toBeTruthy()
    fireEvent.change(dialog.getByRole('textbox'), { target: { value: 'Less motion.' } })
    fireEvent.click(dialog.getByRole('button', { name: 'Change it' }))
    await waitFor(() => {
      expect(sent.find(({ method }) => method === 'POST')?.body).toEqual({
        kind: 'NCCT',
        reason: 'Less motion.',
      })
    })
  })

  it('sends a released run back to be looked at again', async () => {
    const released = run({ review: 'released', phase: 'after', used: true })
    const sent = open({ ...caseImages, series: [ct(), released] })
    const card = await series('Run 1')
    fireEvent.click(card.getByRole('button', { name: 'Look again: Run 1' }))
    const dialog = within(await screen.findByRole('dialog', { name: 'Look at Run 1 again?' }))
    fireEvent.change(dialog.getByRole('textbox'), { target: { value: 'A name in frame 3.' } })
    fireEvent.click(dialog.getByRole('button', { name: 'Send it to Release' }))
    await waitFor(() => {
      expect(sent.find(({ method }) => method === 'POST')?.body).toEqual({
        decision: 'look-again',
        phase: '',
        blackouts: [],
        note: 'A name in frame 3.',
      })
    })
  })

  it('offers no change once the case is fixed, and says why', async () => {
    open({ ...caseImages, fixed_because: 'C001 is on the raters’ lists.' })
    await screen.findByText('C001 is on the raters’ lists.')
    expect(screen.queryByRole('button', { name: /this is …|names|again/ })).toBeNull()
  })

  it('offers no change to those who only watch', async () => {
    open(caseImages, { ...study, role: 'statistician' })
    await series('Run 1')
    expect(screen.queryByRole('button', { name: /this is …/ })).toBeNull()
    expect(screen.queryByRole('link', { name: /Look through it/ })).toBeNull()
  })

  it('draws the runs on a line of time, and the planes of one injection side by side', async () => {
    const planes = [
      run({ id: 21, position: 1, biplane_partner: 22, phase: 'before' }),
      run({ id: 22, position: 2, biplane_partner: 21, phase: 'before' }),
    ]
    const later = run({
      id: 23,
      position: 3,
      acquired_at: '2001-03-01T10:40:00Z',
      proposed_phase: 'after',
    })
    open({ ...caseImages, series: [ct(), ...planes, later] })
    const line = within(await screen.findByRole('figure', { name: 'When the runs were taken' }))
    expect(line.getAllByRole('button').map((dot) => dot.getAttribute('aria-label'))).toEqual([
      'Run 1 + 2, + 1:00:00, before recanalization',
      'Run 3, + 1:40:00, after recanalization, proposed from times',
    ])
    expect(line.getByText('40 min')).toBeTruthy()
    expect(screen.getByText('Biplane: two planes of one injection')).toBeTruthy()
  })
})
