import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { CaseDetail, CasePlace, Study } from '../../api/types'
import { study } from '../../../tests/examples'
import { renderInApp } from '../../../tests/render'
import { answerWith } from '../../../tests/server'
import { CaseActions } from './CaseActions'
import { CasePlaces } from './CasePlaces'

const place: CasePlace = {
  id: 7,
  code: 'K7Q2-9FXD',
  username: 'ana',
  full_name: 'Ana',
  rater_number: 1,
  has_left: false,
  stage: 'main',
  calibration_attempt: 1,
  is_repeat: false,
  state: 'submitted',
  active_minutes: 3,
  attempts: [
    {
      attempt: 1,
      started_at: '2026-03-02T10:00:00Z',
      submitted_at: '2026-03-02T10:05:00Z',
      unlock_reason: '',
      unlocked_by: null,
      taken_back: false,
      grade: null,
      unscorable_reason: null,
      comment: '',
    },
  ],
}

const phantom: CaseDetail = {
  id: 'c1',
  code: 'C001',
  site: 'A',
  state: 'ready',
  message: '',
  progress: 1,
  seconds_left: null,
  series: [],
  ct_waits: false,
  dsa_waits: false,
  artery_volume_ml: 9,
  ratings: { submitted: 1, expected: 2 },
  purpose: 'study',
  reference_grade: null,
  occlusion_side: '',
  occlusion_segment: '',
  deleted: false,
  withdrawn_at: null,
  withdrawn_reason: '',
  on_lists: true,
  rater_codes: ['K7Q2-9FXD'],
  etag: 'e1',
  history: [],
  places: [place],
}

const actions = (of: Study, changes: Partial<CaseDetail> = {}) =>
  renderInApp(<CaseActions study={of} studyCase={{ ...phantom, ...changes }} />)

const buttons = () => screen.queryAllByRole('button').map(({ textContent }) => textContent)

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('CaseActions', () => {
  it('withdraws a case once a reason is given', async () => {
    const sent = answerWith({
      'POST /api/studies/s1/cases/c1/withdraw': () => ({ body: phantom }),
    })
    actions(study)
    fireEvent.click(screen.getByRole('button', { name: 'Withdraw' }))
    const dialog = within(await screen.findByRole('dialog', { name: 'Withdraw C001?' }))
    expect(dialog.getByText(/What was read stays stored \(1 of 2\)/)).toBeTruthy()
    const confirm = dialog.getByRole<HTMLButtonElement>('button', { name: 'Withdraw' })
    expect(confirm.disabled).toBe(true)
    fireEvent.change(dialog.getByRole('textbox'), { target: { value: ' No consent. ' } })
    fireEvent.click(confirm)
    await waitFor(() => {
      expect(sent[0]?.body).toEqual({ reason: 'No consent.' })
    })
  })

  it('offers a withdrawn case to be restored, and nothing else', () => {
    actions(study, { withdrawn_at: '2026-03-02T10:05:00Z', withdrawn_reason: 'No consent.' })
    expect(buttons()).toEqual(['Restore'])
  })

  it('marks cases for calibration only while the study is set up', () => {
    actions({ ...study, state: 'setup' })
    expect(buttons()).toEqual(['Use for calibration', 'Withdraw'])
  })

  it('leaves the calibration cases of an opened study alone', () => {
    actions(study, { purpose: 'calibration', reference_grade: 3 })
    expect(buttons()).toEqual([])
  })

  it.each(['site-coordinator', 'statistician'] as const)('offers a %s nothing', (role) => {
    actions({ ...study, role })
    expect(buttons()).toEqual([])
  })
})

describe('CasePlaces', () => {
  const places = (of: Study, changes: Partial<CasePlace> = {}) =>
    renderInApp(
      <CasePlaces study={of} studyCase={{ ...phantom, places: [{ ...place, ...changes }] }} />,
    )

  it('unlocks a submitted case with a reason', async () => {
    const sent = answerWith({
      'POST /api/studies/s1/readings/7/unlock': () => ({ body: phantom }),
    })
    places(study)
    fireEvent.click(screen.getByRole('button', { name: 'Unlock the case for Ana' }))
    const dialog = within(await screen.findByRole('dialog', { name: 'Unlock C001 for Ana?' }))
    expect(dialog.getByText(/submitted answers stay stored/)).toBeTruthy()
    fireEvent.change(dialog.getByRole('textbox'), { target: { value: 'Wrong key.' } })
    fireEvent.click(dialog.getByRole('button', { name: 'Unlock' }))
    await waitFor(() => {
      expect(sent[0]?.body).toEqual({ reason: 'Wrong key.' })
    })
  })

  it.each<[string, Partial<CasePlace>]>([
    ['that is a draft', { state: 'draft' }],
    ['of the calibration', { stage: 'calibration' }],
    ['of a rater who left', { has_left: true }],
  ])('offers no unlock of a reading %s', (_, changes) => {
    places(study, changes)
    expect(buttons()).toEqual([])
  })

  it('tells the grade once the study is locked', () => {
    const [first] = place.attempts
    places({ ...study, state: 'locked' }, { attempts: first ? [{ ...first, grade: 3 }] : [] })
    expect(screen.getByText(/3 Good/)).toBeTruthy()
    expect(screen.queryByText(/only after the lock/)).toBeNull()
  })
})
