import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen } from '@testing-library/react'
import { MemoryRouter, Route, Routes } from 'react-router'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Answers, RaterProtocol, ReadingCase, Worklist } from '../api/types'
import { gzip, runManifest, volumeManifest } from '../viewer/testing'
import ReadingRoomPage from './ReadingRoomPage'

const PROTOCOL: RaterProtocol = {
  title: 'Quality of the artery tree',
  levels: [
    { value: 1, name: 'Poor', anchor: 'A main trunk is missing.' },
    { value: 2, name: 'Good', anchor: 'All main trunks are continuous.' },
  ],
  unscorable_reasons: [{ code: 'motion', label: 'Motion' }],
  require_all_runs_opened: true,
}
const WORKLIST: Worklist = {
  study_name: 'A study',
  data_notice: 'Phantom data. Not for clinical use.',
  total: 60,
  submitted: 13,
  position: 14,
  next: 'K7Q2-9FXD',
  protocol: PROTOCOL,
}
const CASE: ReadingCase = {
  code: 'K7Q2-9FXD',
  position: 14,
  total: 60,
  state: 'new',
  draft: null,
  revision: 0,
  media: {
    base: '/media/token/',
    manifest: {
      volume: volumeManifest([1, 1, 1], [0]),
      labels: null,
      tree: null,
      runs: [runManifest({ rows: 1, columns: 1, frames: ['0.bin', '1.bin', '2.bin'] })],
      corrections: ['Gantry tilt of 18.5° corrected by resampling'],
    },
  },
  opened_runs: [],
  next: null,
}

let worklist: Worklist
let requests: [string, unknown][]

/** Stands in for the server: one case, which wants a grade and its run opened. */
async function answer(url: string, { method = 'GET', body = null }: RequestInit = {}) {
  if (url.startsWith('/media/')) return new Response(await gzip(new Uint8Array(2)))
  if (url.endsWith('/worklist')) return Response.json(worklist)
  if (method === 'GET') return Response.json(CASE)
  const sent = JSON.parse(body as string) as { answers?: Answers }
  requests.push([url.split('/').at(-1) ?? '', sent])
  if (url.endsWith('/draft'))
    return Response.json({ revision: 1, saved_at: '2026-03-01T12:03:00Z' })
  if (url.endsWith('/opened')) return Response.json({ opened_runs: [0] })
  if (sent.answers?.grade == null) {
    return Response.json({ detail: 'Not complete.', missing: ['a grade'] }, { status: 400 })
  }
  worklist = { ...WORKLIST, submitted: 60, next: null }
  return Response.json({ next: null, submitted: 60, total: 60 })
}

function openRoom() {
  return render(
    <MantineProvider>
      <QueryClientProvider client={new QueryClient()}>
        <MemoryRouter initialEntries={['/read/study']}>
          <Routes>
            <Route path="/read/:studyId/:code?" element={<ReadingRoomPage />} />
          </Routes>
        </MemoryRouter>
      </QueryClientProvider>
    </MantineProvider>,
  )
}

const press = (key: string) => fireEvent.keyDown(document.body, { key })

beforeEach(() => {
  worklist = WORKLIST
  requests = []
  sessionStorage.clear()
  vi.stubGlobal('fetch', vi.fn(answer))
})
afterEach(() => {
  vi.unstubAllGlobals()
})

describe('the reading room', () => {
  it('opens the next case and tells only its position, the notice and its corrections', async () => {
    openRoom()
    expect(await screen.findByRole('heading', { name: 'Case 14 of 60' })).toBeTruthy()
    expect(screen.getByText('Phantom data. Not for clinical use.')).toBeTruthy()
    expect(screen.getByText('Gantry tilt of 18.5° corrected by resampling')).toBeTruthy()
    expect(document.body.textContent).not.toContain('K7Q2-9FXD')
    expect(document.body.textContent).not.toContain('A study')
  })

  it('is ready when everything is drawn', async () => {
    openRoom()
    const room = await screen.findByTestId('room')
    await vi.waitFor(() => {
      expect(room.dataset.ready).toBe('true')
    })
  })

  it('is worked by keys alone, from playing the run to the end of the list', async () => {
    openRoom()
    await screen.findByTestId('room')
    press('Enter')
    expect(await screen.findByText('Not submitted yet: a grade')).toBeTruthy()
    press(' ')
    press('2')
    expect(screen.getByRole('radio', { name: /Good/ }).getAttribute('aria-checked')).toBe('true')
    expect(screen.getByText('All main trunks are continuous.', { exact: false })).toBeTruthy()
    press('Enter')
    expect(await screen.findByText('All 60 cases submitted, thank you.')).toBeTruthy()
    expect(requests).toContainEqual(['opened', { run: 0 }])
    expect(requests.at(-1)).toEqual([
      'submit',
      expect.objectContaining({ answers: { grade: 2, unscorable_reason: null, comment: '' } }),
    ])
  })

  it('says what is wrong when the server cannot be reached, and tries again', async () => {
    vi.mocked(fetch).mockRejectedValueOnce(new TypeError('network'))
    openRoom()
    fireEvent.click(await screen.findByRole('button', { name: 'Try again' }))
    expect(await screen.findByRole('heading', { name: 'Case 14 of 60' })).toBeTruthy()
  })

  it('tells a rater without cases how it goes on', async () => {
    worklist = { ...WORKLIST, total: 0, submitted: 0, position: null, next: null }
    openRoom()
    expect(await screen.findByText('No cases are assigned to you yet.')).toBeTruthy()
  })
})
