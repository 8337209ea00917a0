// Which cases the table shows, and in what order. The choice lives in the page's address, so that
// a link can point at it and the browser's back button undoes it.
import { isBeingPrepared } from '../../api/queries'
import type { StudyCase } from '../../api/types'

export const SHOWABLE = ['all', 'in-work', 'ready', 'failed', 'without-dsa', 'flagged'] as const
export type Showable = (typeof SHOWABLE)[number]

export const SORTABLE = ['code', 'site', 'state', 'volume', 'ratings'] as const
export type Sortable = (typeof SORTABLE)[number]

export interface CaseSelection {
  show: Showable
  site: string
  text: string
  sort: Sortable
  descending: boolean
}

export function readSelection(params: URLSearchParams): CaseSelection {
  return {
    show: SHOWABLE.find((value) => value === params.get('show')) ?? 'all',
    site: params.get('site') ?? '',
    text: params.get('text') ?? '',
    sort: SORTABLE.find((value) => value === params.get('sort')) ?? 'code',
    descending: params.get('order') === 'descending',
  }
}

/** The address of a selection; what is as it usually is stays out of it. */
export function writeSelection(selection: CaseSelection): URLSearchParams {
  const params = new URLSearchParams()
  if (selection.show !== 'all') params.set('show', selection.show)
  if (selection.site !== '') params.set('site', selection.site)
  if (selection.text !== '') params.set('text', selection.text)
  if (selection.sort !== 'code') params.set('sort', selection.sort)
  if (selection.descending) params.set('order', 'descending')
  return params
}

const hasDsa = (studyCase: StudyCase) => studyCase.series.some(({ kind }) => kind === 'DSA')
const hasFlags = (studyCase: StudyCase) => studyCase.series.some(({ flags }) => flags.length > 0)

const isShown: Record<Showable, (studyCase: StudyCase) => boolean> = {
  all: () => true,
  'in-work': isBeingPrepared,
  ready: ({ state }) => state === 'ready',
  failed: ({ state }) => state === 'failed',
  'without-dsa': (studyCase) => !hasDsa(studyCase),
  flagged: hasFlags,
}

const STATE_ORDER = ['failed', 'segmenting', 'preparing', 'waiting', 'ready']
const naturally = new Intl.Collator('en', { numeric: true })

const compare: Record<Sortable, (a: StudyCase, b: StudyCase) => number> = {
  code: (a, b) => naturally.compare(a.code, b.code),
  site: (a, b) => naturally.compare(a.site, b.site),
  state: (a, b) => STATE_ORDER.indexOf(a.state) - STATE_ORDER.indexOf(b.state),
  volume: (a, b) => (a.artery_volume_ml ?? -1) - (b.artery_volume_ml ?? -1),
  ratings: (a, b) => a.ratings.submitted - b.ratings.submitted,
}

export function selectCases(cases: readonly StudyCase[], selection: CaseSelection): StudyCase[] {
  const { show, site, text, sort, descending } = selection
  const sign = descending ? -1 : 1
  return cases
    .filter(isShown[show])
    .filter((studyCase) => site === '' || studyCase.site === site)
    .filter(({ code }) => code.toLowerCase().includes(text.trim().toLowerCase()))
    .sort((a, b) => sign * compare[sort](a, b) || compare.code(a, b))
}
