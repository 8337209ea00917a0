import { fireEvent, screen, waitFor } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { study } from '../../../tests/examples'
import { renderInApp } from '../../../tests/render'
import { answerWith } from '../../../tests/server'
import type { Upload } from '../../api/types'
import { UploadSection } from './UploadSection'

const settingUp = { ...study, state: 'setup' as const }

const unfinished: Upload = {
  id: 'u1',
  filename: 'Cohort',
  file_count: 2,
  size_bytes: 20,
  received_bytes: 10,
  expires_at: '2026-03-09T08:00:00Z',
  uploaded_by: 'mara',
  created_at: '2026-03-02T08:00:00Z',
  state: 'receiving',
  progress: 0,
  error: '',
  note: '',
  site: 'A',
  cases_added: 0,
  instances_accepted: 0,
  messages: [],
}

const room = {
  'GET /api/studies/s1/storage': () => ({
    body: { used_bytes: 90, quota_bytes: 100, free_bytes: 1000 },
  }),
}

function inFolder(path: string, content: string): File {
  const file = new File([content], path.split('/').at(-1) ?? '')
  Object.defineProperty(file, 'webkitRelativePath', { value: path })
  return file
}

function chooseFolder(...files: File[]) {
  fireEvent.change(screen.getByLabelText('Folder to upload'), { target: { files } })
}

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('UploadSection', () => {
  it('shows what was chosen before anything is sent, and what is no DICOM', async () => {
    const sent = answerWith(room)
    renderInApp(<UploadSection study={settingUp} uploads={[]} />)
    chooseFolder(inFolder('P1/IM1', 'dicom'), inFolder('P1/letter.pdf', 'pdf'))
    expect(screen.getByRole('heading', { name: /^2 files,/ })).toBeTruthy()
    expect(screen.getByText(/One file does not look like DICOM: P1\/letter\.pdf/)).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: 'Leave it out' }))
    expect(screen.getByRole('button', { name: 'Send 1 file' })).toBeTruthy()
    await waitFor(() => {
      expect(sent.map(({ method }) => method)).toEqual(['GET'])
    })
  })

  it('says before sending that there is no room', async () => {
    answerWith(room)
    renderInApp(<UploadSection study={settingUp} uploads={[]} />)
    chooseFolder(inFolder('P1/IM1', 'x'.repeat(11)))
    expect((await screen.findByRole('alert')).textContent).toContain('This does not fit')
  })

  it('says in the server’s words why an upload does not begin, and keeps the choice', async () => {
    answerWith({
      ...room,
      'POST /api/studies/s1/uploads': () => ({ status: 507, body: { detail: 'No room.' } }),
    })
    renderInApp(<UploadSection study={settingUp} uploads={[]} />)
    chooseFolder(inFolder('P1/IM1', 'dicom'))
    fireEvent.click(screen.getByRole('button', { name: 'Send 1 file' }))
    expect((await screen.findByRole('alert')).textContent).toBe('No room.')
    expect(screen.getByRole('button', { name: 'Send 1 file' })).toBeTruthy()
  })

  it('quotes the line of a list of cases in which something is wrong', async () => {
    answerWith({
      ...room,
      'POST /api/studies/s1/manifest': () => ({
        status: 400,
        body: {
          detail: 'The list of cases, line 2',
          errors: [{ line: 2, column: 'site', detail: 'You do not upload for a site “X”.' }],
        },
      }),
    })
    renderInApp(<UploadSection study={settingUp} uploads={[]} />)
    chooseFolder(
      inFolder('P1/IM1', 'dicom'),
      inFolder('P1/cases.csv', 'case,site,file\nS001,X,P1\n'),
    )
    const table = await screen.findByRole('region', { name: 'What to correct' })
    expect(table.textContent).toContain('2siteYou do not upload for a site “X”.S001,X,P1')
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Send 1 file' }).disabled).toBe(
      true,
    )
  })

  it('goes on with an interrupted upload only with the files of the first time', async () => {
    answerWith({
      'GET /api/studies/s1/uploads/u1/files': () => ({
        body: [
          { id: 'f1', name: 'P1/IM1', size_bytes: 10, received_bytes: 10 },
          { id: 'f2', name: 'P1/IM2', size_bytes: 10, received_bytes: 0 },
        ],
      }),
    })
    renderInApp(<UploadSection study={settingUp} uploads={[unfinished]} />)
    fireEvent.click(screen.getByRole('button', { name: 'Go on' }))
    expect(await screen.findByText(/1 of 2 files have arrived/)).toBeTruthy()
    chooseFolder(inFolder('P1/IM2', 'too short'))
    const problem = screen.getByRole('alert').textContent
    expect(problem).toContain('1 file of another size than the first time:P1/IM2')
    fireEvent.click(screen.getByRole('button', { name: 'Choose again' }))
    chooseFolder(inFolder('P1/IM2', '0123456789'))
    expect(screen.getByRole('button', { name: 'Send the rest' })).toBeTruthy()
  })

  it('asks before it discards what has arrived', async () => {
    const sent = answerWith({ 'DELETE /api/studies/s1/uploads/u1': () => ({ status: 204 }) })
    renderInApp(<UploadSection study={settingUp} uploads={[unfinished]} />)
    fireEvent.click(screen.getByRole('button', { name: 'Discard' }))
    const dialog = await screen.findByRole('dialog', { name: 'Discard Cohort?' })
    expect(sent).toEqual([])
    const confirm = [...dialog.querySelectorAll('button')].find(
      ({ textContent }) => textContent === 'Discard',
    )
    if (confirm) fireEvent.click(confirm)
    await waitFor(() => {
      expect(sent.map(({ method }) => method)).toEqual(['DELETE'])
    })
  })

  it('offers no way in once the study is locked', () => {
    renderInApp(<UploadSection study={{ ...study, state: 'locked' }} uploads={[unfinished]} />)
    expect(screen.queryByRole('region')).toBeNull()
  })
})
