import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { fireEvent, render, screen } from '@testing-library/react'
import { MemoryRouter, Route, Routes, useLocation, useNavigate } from 'react-router'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Answers, RaterProtocol, ReadingCase, Worklist } from '../api/types'
import { gzip, runManifest, volumeManifest } from '../viewer/testing'
import { NO_ANSWERS } from './rating/rating'
import ReadingRoomPage from './ReadingRoomPage'

const PROTOCOL: RaterProtocol = {
  title: 'Quality of the artery tree',
  levels: [
    { value: 1, name: 'Poor', anchor: 'A main trunk is missing.' },
    { value: 2, name: 'Good', anchor: 'All main trunks are continuous.' },
  ],
  unscorable_reasons: [{ code: 'motion', label: 'Motion' }],
  require_all_runs_opened: false,
  tree_over_dsa: 'hidden-at-first',
}
const WORKLIST: Worklist = {
  study_name: 'A study',
  data_notice: 'Phantom data. Not for clinical use.',
  stage: 'main',
  attempt: 1,
  total: 60,
  submitted: 13,
  next: 'K7Q2-9FXD',
  wait: null,
  last_calibration: null,
  protocol: PROTOCOL,
  // jsdom's screen.
  signature: 'reading',
  checked_screens: [{ screen_width: 0, screen_height: 0, pixel_ratio: 1 }],
}
const CASE: ReadingCase = {
  code: 'K7Q2-9FXD',
  stage: 'main',
  position: 14,
  total: 60,
  state: 'new',
  unlock_reason: '',
  taken_back: false,
  draft: null,
  revision: 0,
  media: {
    version: 'v1',
    base: '/media/token/',
    manifest: {
      volume: volumeManifest([1, 1, 1], [0]),
      labels: null,
      tree: null,
      runs: [runManifest({ rows: 1, columns: 1, frames: ['0.bin', '1.bin', '2.bin'] })],
      corrections: ['Gantry tilt of 18.5° corrected by resampling'],
    },
  },
  protocol: PROTOCOL,
  opened_runs: [],
  active_ms: 0,
  next: null,
}
const PUT_AWAY = 'You have submitted this case.'
const FINISHED = { reason: 'finished', until: null } as const

let worklist: Worklist
/** Null where the case was submitted before another one. */
let reading: ReadingCase | null
/** How the list changes when the case is submitted. */
let afterSubmission: Partial<Worklist>
/** Cases after the first, as the server opens them. */
let following: ReadingCase | null
/** Whether the answer to a submission brings the next case along. */
let bringsNext: boolean
/** Why nothing is taken back; empty where it is. */
let noWayBack: string
let requests: [string, unknown][]
let beats: unknown[]

/** Stands in for the server: one case, which wants a grade and its run opened. */
async function answer(url: string, { method = 'GET', body = null }: RequestInit = {}) {
  if (url.startsWith('/media/')) return new Response(await gzip(new Uint8Array(2)))
  if (url.endsWith('/worklist')) return Response.json(worklist)
  if (following && url.includes(following.code) && method === 'GET') return Response.json(following)
  if (method === 'GET') {
    return reading ? Response.json(reading) : Response.json({ detail: PUT_AWAY }, { status: 409 })
  }
  if (url.endsWith('/take-back')) {
    requests.push(['take-back', url])
    if (noWayBack) return Response.json({ detail: noWayBack }, { status: 409 })
    const draft = { ...NO_ANSWERS, grade: 2 }
    reading = { ...CASE, state: 'draft', draft, revision: 1, unlock_reason: '-', taken_back: true }
    worklist = WORKLIST
    return Response.json({ revision: 1, saved_at: '2026-03-01T12:04:00Z' })
  }
  const sent = JSON.parse(body as string) as { answers?: Answers }
  if (url.endsWith('/heartbeat')) {
    beats.push(sent)
    return Response.json({ active_ms: 0 })
  }
  requests.push([url.split('/').at(-1) ?? '', sent])
  if (url.endsWith('/draft'))
    return Response.json({ revision: 1, saved_at: '2026-03-01T12:03:00Z' })
  if (url.endsWith('/opened')) return Response.json({ opened_runs: [0] })
  if (sent.answers?.grade == null) {
    return Response.json({ detail: 'Not complete.', missing: ['a grade'] }, { status: 400 })
  }
  worklist = { ...worklist, submitted: 60, next: null, wait: FINISHED, ...afterSubmission }
  const { next, stage, attempt, submitted, total } = worklist
  const opened = bringsNext && following?.code === next ? following : null
  return Response.json({ next, stage, attempt, submitted, total, opened })
}

function openRoom() {
  return render(
    <MantineProvider>
      <QueryClientProvider client={new QueryClient()}>
        <MemoryRouter initialEntries={['/read/study']}>
          <Routes>
            <Route path="/read/:studyId/:code?" element={<ReadingRoomPage />} />
          </Routes>
          <BrowserBack />
        </MemoryRouter>
      </QueryClientProvider>
    </MantineProvider>,
  )
}

function BrowserBack() {
  const navigate = useNavigate()
  const { pathname } = useLocation()
  return <button aria-label={`Back from ${pathname}`} onClick={() => void navigate(-1)} />
}

const press = (key: string) => fireEvent.keyDown(document.body, { key })

beforeEach(() => {
  worklist = WORKLIST
  reading = CASE
  afterSubmission = {}
  following = null
  bringsNext = true
  noWayBack = ''
  requests = []
  beats = []
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
    expect(await screen.findByText(/^Not submitted yet: a grade, or the reason/)).toBeTruthy()
    press(' ')
    press('2')
    expect(screen.getByRole('radio', { name: /Good/ }).getAttribute('aria-checked')).toBe('true')
    expect(screen.getByText('All main trunks are continuous.', { exact: false })).toBeTruthy()
    press('Enter')
    expect(await screen.findByText('All 60 cases submitted, thank you.')).toBeTruthy()
    expect(requests.filter(([what]) => what === 'submit')).toHaveLength(1)
    expect(requests).toContainEqual(['opened', { run: 0 }])
    expect(requests.at(-1)).toEqual([
      'submit',
      expect.objectContaining({ answers: { ...NO_ANSWERS, grade: 2 } }),
    ])
  })

  it('takes a digit for a reason as soon as reasons were asked for', async () => {
    openRoom()
    await screen.findByTestId('room')
    press('u')
    press('1')
    press('Enter')
    await vi.waitFor(() => {
      const sent = requests.find(([what]) => what === 'submit')?.[1]
      const answers = { ...NO_ANSWERS, unscorable_reason: PROTOCOL.unscorable_reasons[0]?.code }
      expect(sent).toMatchObject({ answers })
    })
  })

  it('takes a digit for a reason before the menu has the focus, be it no grade', async () => {
    const reasons = ['a', 'b', 'c', 'd', 'e'].map((code) => ({ code, label: code }))
    reading = { ...CASE, protocol: { ...PROTOCOL, unscorable_reasons: reasons } }
    openRoom()
    await screen.findByTestId('room')
    press('u')
    press('5')
    press('Enter')
    await vi.waitFor(() => {
      const sent = requests.find(([what]) => what === 'submit')?.[1]
      expect(sent).toMatchObject({ answers: { ...NO_ANSWERS, unscorable_reason: 'e' } })
    })
  })

  it('says what is wrong when the server cannot be reached, and tries again', async () => {
    vi.mocked(fetch).mockRejectedValueOnce(new TypeError('network'))
    openRoom()
    fireEvent.click(await screen.findByRole('button', { name: 'Try again' }))
    expect(await screen.findByRole('heading', { name: 'Case 14 of 60' })).toBeTruthy()
  })

  it('tells a rater without cases how it goes on', async () => {
    const wait = { reason: 'nothing-assigned', until: null } as const
    worklist = { ...WORKLIST, total: 0, submitted: 0, next: null, wait }
    openRoom()
    expect(await screen.findByText('No cases are assigned to you yet.')).toBeTruthy()
  })
})

describe('the way through the lists', () => {
  const calibration = { ...WORKLIST, stage: 'calibration', total: 5, submitted: 0 } as const
  const result = { attempt: 1, agreed: 3, total: 5, passed: false }

  it('begins with what the calibration is', async () => {
    worklist = calibration
    reading = { ...CASE, stage: 'calibration', position: 1, total: 5 }
    openRoom()
    expect(await screen.findByRole('heading', { name: 'Calibration' })).toBeTruthy()
    expect(screen.getByText(/5 cases to practise on/)).toBeTruthy()
    fireEvent.click(screen.getByRole('link', { name: 'Start the calibration' }))
    const heading = await screen.findByRole('heading', { name: 'Calibration case 1 of 5' })
    expect(heading).toBeTruthy()
  })

  it('shows what the grades mean again where too few agreed', async () => {
    worklist = { ...calibration, submitted: 4 }
    reading = { ...CASE, stage: 'calibration', position: 5, total: 5 }
    afterSubmission = {
      attempt: 2,
      submitted: 0,
      next: 'AAAA-2222',
      wait: null,
      last_calibration: result,
    }
    openRoom()
    await screen.findByTestId('room')
    press('2')
    press('Enter')
    const heading = await screen.findByRole('heading', { level: 1, name: /^3 of 5 cases agreed/ })
    expect(heading.textContent).toContain('not enough')
    expect(screen.getByText('A main trunk is missing.')).toBeTruthy()
    const again = screen.getByRole('link', { name: 'Try again' })
    expect(again.getAttribute('href')).toBe('/read/study/AAAA-2222')
  })

  it('leads from a passed calibration to the study', async () => {
    worklist = { ...calibration, submitted: 4 }
    reading = { ...CASE, stage: 'calibration', position: 5, total: 5 }
    afterSubmission = {
      stage: 'main',
      submitted: 0,
      total: 60,
      next: 'BBBB-3333',
      wait: null,
      last_calibration: { ...result, agreed: 4, passed: true },
    }
    openRoom()
    await screen.findByTestId('room')
    press('2')
    press('Enter')
    expect(await screen.findByRole('heading', { name: /^Passed: 4 of 5 agreed/ })).toBeTruthy()
    const start = screen.getByRole('link', { name: 'Start the study' })
    expect(start.getAttribute('href')).toBe('/read/study/BBBB-3333')
  })

  it('waits without saying why the next case is not open', async () => {
    worklist = { ...WORKLIST, next: null, wait: { reason: 'later', until: '2099-12-20T12:00:00Z' } }
    openRoom()
    const name = 'The next case opens on 20 December 2099.'
    expect(await screen.findByRole('heading', { name })).toBeTruthy()
    expect(document.body.textContent).not.toMatch(/repeat|second time/i)
    worklist = WORKLIST
    fireEvent.click(screen.getByRole('button', { name: 'Look again' }))
    expect(await screen.findByRole('heading', { name: 'Case 14 of 60' })).toBeTruthy()
  })

  it('names the adjudication as such, and nobody who read before', async () => {
    worklist = { ...WORKLIST, stage: 'adjudication', total: 4, submitted: 0 }
    openRoom()
    expect(await screen.findByRole('link', { name: 'Start the adjudication' })).toBeTruthy()
    expect(screen.getByText(/You are not shown what the raters said/)).toBeTruthy()
  })
})

describe('in the middle of a case', () => {
  it('a break covers the images and stops the clock until the rater goes on', async () => {
    openRoom()
    await screen.findByTestId('room')
    expect(beats).toEqual([{ active: true }])
    press('b')
    expect(screen.getByRole('dialog', { name: 'Paused' })).toBeTruthy()
    press('2')
    fireEvent.click(screen.getByRole('button', { name: 'Go on' }))
    expect(screen.queryByRole('dialog', { name: 'Paused' })).toBeNull()
    expect(beats).toEqual([{ active: true }, { active: false }, { active: true }])
    expect(screen.queryByRole('radio', { checked: true })).toBeNull()
    press('b')
    fireEvent.keyDown(screen.getByRole('button', { name: 'Go on' }), { key: 'b' })
    expect(screen.queryByRole('dialog', { name: 'Paused' })).toBeNull()
  })

  it('a case that was opened again says why, with the answers it had', async () => {
    const draft = { ...NO_ANSWERS, grade: 2, comment: 'as before' }
    reading = {
      ...CASE,
      state: 'draft',
      draft,
      revision: 1,
      unlock_reason: 'Left and right mixed up',
    }
    openRoom()
    expect(
      await screen.findByText('The coordinator opened this case again: Left and right mixed up'),
    ).toBeTruthy()
    expect(screen.getByDisplayValue('as before')).toBeTruthy()
  })

  it('a case that was put away leads on to the next one', async () => {
    reading = null
    openRoom()
    await screen.findByRole('heading', { name: PUT_AWAY })
    reading = CASE
    fireEvent.click(screen.getByRole('button', { name: 'Go on' }))
    expect(await screen.findByRole('heading', { name: 'Case 14 of 60' })).toBeTruthy()
  })

  it('the anchors are a key away', async () => {
    const levels = PROTOCOL.levels.map((level) => ({ ...level, example_image: 'f'.repeat(64) }))
    reading = { ...CASE, protocol: { ...PROTOCOL, levels } }
    openRoom()
    await screen.findByTestId('room')
    press('a')
    const example = await screen.findByRole('img', { name: 'Example of grade 2, Good' })
    expect(example.getAttribute('src')).toBe(`/api/reading/study/examples/${'f'.repeat(64)}`)
    fireEvent.keyDown(example, { key: 'a' })
    await vi.waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull()
    })
  })

  it('a lost connection is said, and made good when it is back', async () => {
    openRoom()
    await screen.findByTestId('room')
    vi.mocked(fetch).mockRejectedValue(new TypeError('network'))
    press('2')
    expect(
      await screen.findByText(
        'Offline: kept in this window, saved when back',
        {},
        { timeout: 3000 },
      ),
    ).toBeTruthy()
    vi.stubGlobal('fetch', vi.fn(answer))
    fireEvent(window, new Event('online'))
    expect(await screen.findByText(/^Saved/)).toBeTruthy()
    expect(requests).toEqual([['draft', { revision: 0, answers: { ...NO_ANSWERS, grade: 2 } }]])
  })
})

describe('the case just submitted', () => {
  const WORDS = 'Case 14 submitted: 2 Good'

  async function submitFirst() {
    following = { ...CASE, code: 'AAAA-2222', position: 15 }
    afterSubmission = { submitted: 14, next: 'AAAA-2222', wait: null }
    openRoom()
    await screen.findByTestId('room')
    press('2')
    press('Enter')
    await screen.findByRole('heading', { name: 'Case 15 of 60' })
  }
  const askedForNext = () =>
    vi.mocked(fetch).mock.calls.filter(([url]) => url === '/api/reading/cases/AAAA-2222')
  const takenBack = () => requests.filter(([what]) => what === 'take-back')

  it('is named while the next one comes up, and comes back by one key', async () => {
    await submitFirst()
    expect(screen.getByText(WORDS)).toBeTruthy()
    press('Backspace')
    expect(await screen.findByRole('heading', { name: 'Case 14 of 60' })).toBeTruthy()
    expect(takenBack()).toEqual([['take-back', '/api/reading/cases/K7Q2-9FXD/take-back']])
    expect(screen.getByText(/You took this case back/)).toBeTruthy()
    expect(screen.getByRole('radio', { name: /Good/ }).getAttribute('aria-checked')).toBe('true')
    expect(screen.queryByText(WORDS)).toBeNull()
  })

  it('is where the browser goes back to', async () => {
    await submitFirst()
    fireEvent.click(await screen.findByRole('button', { name: 'Back from /read/study/AAAA-2222' }))
    expect(await screen.findByRole('heading', { name: 'Case 14 of 60' })).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Back from /read/study/K7Q2-9FXD' })).toBeTruthy()
  })

  it('brings the next one along, so that nothing more is waited for', async () => {
    await submitFirst()
    expect(requests.at(-1)).toEqual(['submit', expect.objectContaining({ open_next: true })])
    expect(askedForNext()).toHaveLength(0)
  })

  it('is followed by a question for the next one where it did not come along', async () => {
    bringsNext = false
    await submitFirst()
    expect(askedForNext()).toHaveLength(1)
  })

  it('comes back by the mouse too', async () => {
    await submitFirst()
    fireEvent.click(screen.getByRole('button', { name: /Undo/ }))
    expect(await screen.findByRole('heading', { name: 'Case 14 of 60' })).toBeTruthy()
  })

  it('stays away once the next one is answered', async () => {
    await submitFirst()
    press('1')
    expect(screen.queryByText(WORDS)).toBeNull()
    press('Backspace')
    await screen.findByText(/^Saved/)
    expect(takenBack()).toEqual([])
  })

  it('or once a run of it is opened', async () => {
    await submitFirst()
    press(' ')
    await vi.waitFor(() => {
      expect(screen.queryByText(WORDS)).toBeNull()
    })
    press('Backspace')
    expect(takenBack()).toEqual([])
  })

  it('says why where the server does not give it back', async () => {
    noWayBack = 'You have begun the next case: ask the coordinator to unlock the one before.'
    await submitFirst()
    press('Backspace')
    expect(await screen.findByText(noWayBack)).toBeTruthy()
    expect(screen.getByRole('heading', { name: 'Case 15 of 60' })).toBeTruthy()
  })

  it('can come back from the end of the list', async () => {
    openRoom()
    await screen.findByTestId('room')
    press('2')
    press('Enter')
    await screen.findByText('All 60 cases submitted, thank you.')
    expect(screen.getByText(WORDS)).toBeTruthy()
    press('Backspace')
    expect(await screen.findByRole('heading', { name: 'Case 14 of 60' })).toBeTruthy()
  })

  it('is not offered where a calibration was judged with it', async () => {
    worklist = { ...WORKLIST, stage: 'calibration', total: 5, submitted: 4 }
    reading = { ...CASE, stage: 'calibration', position: 5, total: 5 }
    afterSubmission = { stage: 'main', submitted: 3, total: 60, next: 'AAAA-2222', wait: null }
    following = { ...CASE, code: 'AAAA-2222', position: 4 }
    openRoom()
    await screen.findByTestId('room')
    press('2')
    press('Enter')
    await screen.findByRole('heading', { name: 'Case 4 of 60' })
    expect(screen.queryByRole('button', { name: /Undo/ })).toBeNull()
  })

  it('does nothing at the first case', async () => {
    openRoom()
    await screen.findByTestId('room')
    press('Backspace')
    expect(screen.getByText('Nothing to save')).toBeTruthy()
    expect(requests).toEqual([])
  })
})
