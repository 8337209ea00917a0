import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { useCase } from '../../api/queries'
import type { CaseDetail, Study } from '../../api/types'
import { study } from '../../../tests/examples'
import { renderInApp } from '../../../tests/render'
import { answerWith } from '../../../tests/server'
import { CaseOcclusion } from './CaseOcclusion'
import { occlusionInWords } from './occlusion'

const studyCase = {
  id: 'c1',
  code: 'C001',
  etag: 'e1',
  occlusion_side: 'left',
  occlusion_segment: 'M1',
} as CaseDetail

const show = (of: Study, changes: Partial<CaseDetail> = {}) =>
  renderInApp(<CaseOcclusion study={of} studyCase={{ ...studyCase, ...changes }} />)

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('CaseOcclusion', () => {
  it('tells side and segment, and lets a coordinator change them', async () => {
    const sent = answerWith({
      'POST /api/studies/s1/cases/c1/occlusion': () => ({ body: studyCase }),
    })
    show(study)
    expect(screen.getByText('Occlusion: left M1')).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: 'Change' }))
    const dialog = within(
      await screen.findByRole('dialog', { name: 'Where was the occlusion of C001?' }),
    )
    fireEvent.change(dialog.getByLabelText('Side'), { target: { value: 'right' } })
    fireEvent.change(dialog.getByLabelText('Segment'), { target: { value: '' } })
    fireEvent.click(dialog.getByRole('button', { name: 'Save' }))
    await waitFor(() => {
      expect(sent[0]?.body).toEqual({ side: 'right', segment: '' })
    })
  })

  it('stays open and says why where nothing was saved', async () => {
    answerWith({
      'POST /api/studies/s1/cases/c1/occlusion': () => ({
        status: 409,
        body: { detail: 'The study is locked.' },
      }),
    })
    show(study)
    fireEvent.click(screen.getByRole('button', { name: 'Change' }))
    fireEvent.click(await screen.findByRole('button', { name: 'Save' }))
    expect(await screen.findByText('The study is locked.')).toBeTruthy()
  })

  it('keeps what was chosen where somebody else was faster, and shows what they saved', async () => {
    let saved = studyCase
    const sent = answerWith({
      'POST /api/studies/s1/cases/c1/occlusion': ({ headers }) =>
        headers.get('If-Match') === '"e2"'
          ? { body: studyCase }
          : { status: 412, body: { detail: 'Somebody else changed this meanwhile.' } },
      'GET /api/studies/s1/cases/c1': () => ({ body: saved }),
    })
    function Page() {
      const loaded = useCase('s1', 'c1')
      return loaded.data ? <CaseOcclusion study={study} studyCase={loaded.data} /> : null
    }
    renderInApp(<Page />)
    fireEvent.click(await screen.findByRole('button', { name: 'Change' }))
    const dialog = within(await screen.findByRole('dialog'))
    fireEvent.change(dialog.getByLabelText('Side'), { target: { value: 'right' } })
    saved = { ...studyCase, etag: 'e2', occlusion_segment: 'BA' }
    fireEvent.click(dialog.getByRole('button', { name: 'Save' }))
    expect(await dialog.findByText('Somebody else changed this meanwhile.')).toBeTruthy()
    fireEvent.click(dialog.getByRole('button', { name: 'Show what is saved now' }))
    expect(await dialog.findByText(/Saved now: left BA/)).toBeTruthy()
    expect(dialog.getByLabelText<HTMLSelectElement>('Side').value).toBe('right')
    fireEvent.click(dialog.getByRole('button', { name: 'Save' }))
    await waitFor(() => {
      expect(sent.map(({ headers }) => headers.get('If-Match'))).toContain('"e2"')
    })
  })

  it('says so where neither is known', () => {
    show(study, { occlusion_side: '', occlusion_segment: '' })
    expect(screen.getByText('side and segment not known')).toBeTruthy()
  })

  it.each<[string, Study]>([
    ['after the lock', { ...study, state: 'locked' }],
    ['to a site coordinator', { ...study, role: 'site-coordinator' }],
  ])('offers no change %s', (_, of) => {
    show(of)
    expect(screen.queryByRole('button')).toBeNull()
  })
})

describe('occlusionInWords', () => {
  it('names what is known', () => {
    expect(occlusionInWords({ occlusion_side: 'both', occlusion_segment: 'ICA-T' })).toBe(
      'both sides ICA-T',
    )
    expect(occlusionInWords({ occlusion_side: '', occlusion_segment: 'BA' })).toBe('BA')
    expect(occlusionInWords({ occlusion_side: 'left', occlusion_segment: '' })).toBe('left')
  })
})
