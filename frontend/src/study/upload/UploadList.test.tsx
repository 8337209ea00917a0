import { fireEvent, screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { study } from '../../../tests/examples'
import { renderInApp } from '../../../tests/render'
import type { Upload } from '../../api/types'
import { UploadList } from './UploadList'

const upload: Upload = {
  id: 'u1',
  filename: 'north.zip',
  size_bytes: 1_200_000,
  received_bytes: 1_200_000,
  file_count: 1,
  expires_at: null,
  uploaded_by: 'mara',
  created_at: '2026-03-02T08:00:00Z',
  state: 'done',
  progress: 1,
  error: '',
  note: '',
  site: 'A',
  cases_added: 1,
  instances_accepted: 160,
  messages: [
    { level: 'info', name: 'Series 2', text: 'Tilt corrected.' },
    { level: 'error', name: 'holiday.jpg', text: 'This is a picture, not DICOM.' },
  ],
}

describe('UploadList', () => {
  it('opens the messages where a file was refused, the gravest first', () => {
    renderInApp(<UploadList study={study} uploads={[upload]} />)
    expect(screen.getByRole('button', { name: '2 messages' }).ariaExpanded).toBe('true')
    const messages = screen.getAllByRole('listitem').map((item) => item.textContent)
    expect(messages).toEqual([
      'Errorholiday.jpgThis is a picture, not DICOM.',
      'NoteSeries 2Tilt corrected.',
    ])
  })

  it('keeps notes closed', () => {
    renderInApp(<UploadList study={study} uploads={[{ ...upload, messages: upload.messages.slice(0, 1) }]} />)
    expect(screen.getByRole('button', { name: '1 message' }).ariaExpanded).toBe('false')
  })

  it('shows the latest result beside what is being checked, and the rest on demand', () => {
    const later = { ...upload, id: 'u2', filename: 'south.zip', created_at: '2026-03-03T08:00:00Z' }
    const running: Upload = {
      ...upload,
      id: 'u3',
      filename: 'east.zip',
      created_at: '2026-03-04T08:00:00Z',
      state: 'scanning',
      messages: [],
    }
    renderInApp(<UploadList study={study} uploads={[upload, running, later]} />)
    expect(screen.getByText('east.zip')).toBeTruthy()
    expect(screen.getByText('south.zip')).toBeTruthy()
    expect(screen.queryByText('north.zip')).toBeNull()
    fireEvent.click(screen.getByRole('button', { name: 'Show all 3' }))
    expect(screen.getByText('north.zip')).toBeTruthy()
  })

  it('says why a whole upload failed', () => {
    const error = 'The files are no longer here. Nothing was lost: send them again.'
    renderInApp(<UploadList study={study} uploads={[{ ...upload, state: 'failed', error, messages: [] }]} />)
    expect(screen.getByRole('listitem').textContent).toBe(`Errornorth.zip${error}`)
  })

  it('names no person for files that were ingested on the server', () => {
    renderInApp(<UploadList study={study} uploads={[{ ...upload, uploaded_by: null }]} />)
    expect(screen.getByText(/A · 1\.2 MB · from the command line · /)).toBeTruthy()
  })
})
