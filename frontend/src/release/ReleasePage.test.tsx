import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { Route, Routes } from 'react-router'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { study } from '../../tests/examples'
import { caseImages, ct, waitingRun } from '../../tests/images'
import { renderInApp } from '../../tests/render'
import { answerWith } from '../../tests/server'
import type { Study, WaitingSeries } from '../api/types'
import ReleasePage from './ReleasePage'

const box = { left: 20, top: 30, width: 100, height: 16, frame: 1 }
const first = waitingRun({ id: 7, preview_count: 2, proposed_phase: 'after', text_boxes: [box] })
const second = waitingRun({ id: 8, position: 2, preview_count: 1 })
const suspectCt: WaitingSeries = {
  ...ct({ id: 9, review: 'waiting', used: false, preview_count: 1 }),
  case_id: 'c2',
  case_code: 'C002',
}
const REVIEW = 'POST /api/studies/s1/cases/c1/series/7/review'

function open(waiting: () => WaitingSeries[], of: Study = study) {
  const sent = answerWith({
    'GET /api/studies/s1': () => ({ body: of }),
    'GET /api/studies/s1/review': () => ({ body: waiting() }),
    [REVIEW]: () => ({ body: caseImages }),
    'POST /api/studies/s1/cases/c2/series/9/review': () => ({ body: caseImages }),
  })
  renderInApp(
    <Routes>
      <Route path="/studies/:studyId/review" element={<ReleasePage />} />
    </Routes>,
    '/studies/s1/review',
  )
  return sent
}

const press = (key: string, more: Partial<KeyboardEventInit> = {}) =>
  fireEvent.keyDown(document.body, { key, ...more })
const release = () => screen.getByRole<HTMLButtonElement>('button', { name: /release/i })
const posted = (sent: ReturnType<typeof answerWith>) =>
  sent.filter(({ method }) => method === 'POST').map(({ body }) => body)

/** Pages through both frames of the first run, waiting until each is on screen. */
async function lookThrough() {
  await screen.findByText(/1 of 2 seen/)
  press('ArrowRight')
  await waitFor(() => {
    expect(release().disabled).toBe(false)
  })
}

beforeEach(() => {
  // jsdom decodes no pictures: every one is there at once.
  Object.assign(HTMLImageElement.prototype, { decode: () => Promise.resolve() })
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null)
})

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

describe('ReleasePage', () => {
  it('releases a run only once every frame was on screen, with the proposed phase', async () => {
    const sent = open(() => [first, second])
    await screen.findByText(/1 of 2 seen/)
    press('r')
    expect(release().disabled).toBe(true)
    await lookThrough()
    expect(screen.getByText('Once released it is shown to raters.')).toBeTruthy()
    press('r')
    await screen.findByText('C001, run 1: released.')
    expect(posted(sent)).toEqual([
      { decision: 'release', phase: 'after', blackouts: [], note: '' },
    ])
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('C001 · Run 2')
    expect(screen.getByText('1 of 2 left')).toBeTruthy()
  })

  it('makes a rectangle of found text by a key, moves it by arrows and sends it', async () => {
    const sent = open(() => [first])
    await lookThrough()
    press('a')
    press('ArrowDown')
    const list = within(screen.getByRole('list', { name: 'Rectangles' }))
    expect(list.getByRole('button', { pressed: true }).textContent).toBe('112 × 28 at 14, 28')
    expect(screen.getByText('blacked out')).toBeTruthy()
    press('r')
    await screen.findByText('C001, run 1: 1 rectangle being blacked out; released after that.')
    expect(posted(sent)).toEqual([
      {
        decision: 'release',
        phase: 'after',
        blackouts: [{ left: 14, top: 28, width: 112, height: 28 }],
        note: '',
      },
    ])
    expect(screen.queryByRole('button', { name: 'Undo' })).toBeNull()
    expect(screen.getByRole('heading', { name: 'Nothing waits' })).toBeTruthy()
  })

  it('undoes and deletes rectangles by keys', async () => {
    open(() => [first])
    await lookThrough()
    press('a')
    press('Delete')
    expect(screen.queryByRole('list', { name: 'Rectangles' })).toBeNull()
    press('z', { ctrlKey: true })
    expect(screen.getByRole('list', { name: 'Rectangles' })).toBeTruthy()
    press('u')
    expect(screen.queryByRole('list', { name: 'Rectangles' })).toBeNull()
  })

  it('takes a release back', async () => {
    const sent = open(() => [first, second])
    await lookThrough()
    press('r')
    fireEvent.click(await screen.findByRole('button', { name: 'Undo' }))
    await waitFor(() => {
      expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('C001 · Run 1')
    })
    expect(posted(sent)[1]).toMatchObject({ decision: 'look-again' })
    expect(screen.getByText('2 of 2 left')).toBeTruthy()
  })

  it('keeps a run out with a reason', async () => {
    const sent = open(() => [first])
    await screen.findByText(/1 of 2 seen/)
    press('k')
    const dialog = within(await screen.findByRole('dialog', { name: 'Keep run 1 of C001 out?' }))
    fireEvent.change(dialog.getByRole('textbox'), { target: { value: 'A face.' } })
    fireEvent.click(dialog.getByRole('button', { name: 'Keep out' }))
    await screen.findByText('C001, run 1: kept out.')
    expect(posted(sent)).toEqual([
      { decision: 'keep-out', phase: '', blackouts: [], note: 'A face.' },
    ])
  })

  it('asks nothing about phase or rectangles of a CT', async () => {
    const sent = open(() => [suspectCt])
    await screen.findByText(/not painted over.*You see 1 of its 160 slices/)
    expect(screen.queryByRole('radio')).toBeNull()
    await waitFor(() => {
      expect(release().disabled).toBe(false)
    })
    press('b')
    press('r')
    await screen.findByText('C002, CT 1: released.')
    expect(posted(sent)[0]).toMatchObject({ phase: '', blackouts: [] })
  })

  it('says why the server refused, and stays', async () => {
    const detail = 'C001, DSA 1 is decided on already.'
    answerWith({})
    const sent = open(() => [first])
    await lookThrough()
    vi.stubGlobal('fetch', () =>
      Promise.resolve(new Response(JSON.stringify({ detail }), { status: 409 })),
    )
    press('r')
    expect((await screen.findByRole('alert')).textContent).toBe(detail)
    expect(posted(sent)).toEqual([])
  })

  it('passes over what is being painted, and says so where nothing else waits', async () => {
    const build = { state: 'queued' as const, progress: 0, error: '' }
    open(() => [{ ...first, build }])
    await screen.findByRole('heading', { name: 'Nothing waits' })
    expect(screen.getByText(/1 run is being blacked out/)).toBeTruthy()
  })

  it('offers no decision to those who may not take it', async () => {
    open(() => [first], { ...study, role: 'statistician' })
    await screen.findByRole('heading', { name: 'Coordinators release the runs' })
    expect(screen.queryByRole('button')).toBeNull()
  })
})
