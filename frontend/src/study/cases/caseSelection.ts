// Which cases the table shows, and in what order. The choice lives in the page's address, so that
// a link can point at it and the browser's back button undoes it.
import { isBeingPrepared } from '../../api/queries'
import type { CasePurpose, StudyCase } from '../../api/types'

export const SHOWABLE = [
  'all',
  'in-work',
  'review',
  'ready',
  'failed',
  'without-dsa',
  'flagged',
  'not-given-out',
  'withdrawn',
] as const
export type Showable = (typeof SHOWABLE)[number]

export const SORTABLE = ['code', 'site', 'state', 'volume', 'ratings'] as const
export type Sortable = (typeof SORTABLE)[number]

export const PURPOSES: readonly CasePurpose[] = ['study', 'calibration']

export interface CaseSelection {
  show: Showable
  site: string
  purpose: CasePurpose | ''
  text: string
  sort: Sortable
  descending: boolean
  /** Counted from 1. */
  page: number
}

export function readSelection(params: URLSearchParams): CaseSelection {
  return {
    show: SHOWABLE.find((value) => value === params.get('show')) ?? 'all',
    site: params.get('site') ?? '',
    purpose: PURPOSES.find((value) => value === params.get('purpose')) ?? '',
    text: params.get('text') ?? '',
    sort: SORTABLE.find((value) => value === params.get('sort')) ?? 'code',
    descending: params.get('order') === 'descending',
    page: Math.max(1, Math.floor(Number(params.get('page'))) || 1),
  }
}

/** The address of a selection; what is as it usually is stays out of it. */
export function writeSelection(selection: CaseSelection): URLSearchParams {
  const params = new URLSearchParams()
  if (selection.show !== 'all') params.set('show', selection.show)
  if (selection.site !== '') params.set('site', selection.site)
  if (selection.purpose !== '') params.set('purpose', selection.purpose)
  if (selection.text !== '') params.set('text', selection.text)
  if (selection.sort !== 'code') params.set('sort', selection.sort)
  if (selection.descending) params.set('order', 'descending')
  if (selection.page !== 1) params.set('page', String(selection.page))
  return params
}

/** The address under which one case lies open beside the table. */
export function withCase(params: URLSearchParams, caseId: string | null): URLSearchParams {
  const changed = new URLSearchParams(params)
  if (caseId === null) changed.delete('case')
  else changed.set('case', caseId)
  return changed
}

const hasDsa = (studyCase: StudyCase) => studyCase.series.some(({ kind }) => kind === 'DSA')
const hasFlags = (studyCase: StudyCase) => studyCase.series.some(({ flags }) => flags.length > 0)

/** Whether nothing more happens until somebody does something. */
const isStopped = ({ state }: StudyCase) => state === 'failed' || state === 'cancelled'

export const isWithdrawn = ({ withdrawn_at }: StudyCase) => withdrawn_at !== null

export const isReadyButNotGivenOut = (studyCase: StudyCase) =>
  studyCase.state === 'ready' && !studyCase.on_lists && !isWithdrawn(studyCase)

/** Withdrawn cases show where they are asked for, and nowhere else. */
const isShown: Record<Showable, (studyCase: StudyCase) => boolean> = {
  all: (one) => !isWithdrawn(one),
  'in-work': (one) => !isWithdrawn(one) && isBeingPrepared(one),
  review: (one) => !isWithdrawn(one) && one.state === 'review',
  ready: (one) => !isWithdrawn(one) && one.state === 'ready',
  failed: (one) => !isWithdrawn(one) && isStopped(one),
  'without-dsa': (one) => !isWithdrawn(one) && !hasDsa(one) && !one.dsa_waits,
  flagged: (one) => !isWithdrawn(one) && hasFlags(one),
  'not-given-out': isReadyButNotGivenOut,
  withdrawn: isWithdrawn,
}

const STATE_ORDER = [
  'failed',
  'cancelled',
  'review',
  'segmenting',
  'preparing',
  'waiting',
  'ready',
]
const naturally = new Intl.Collator('en', { numeric: true })

const compare: Record<Sortable, (a: StudyCase, b: StudyCase) => number> = {
  code: (a, b) => naturally.compare(a.code, b.code),
  site: (a, b) => naturally.compare(a.site, b.site),
  state: (a, b) => STATE_ORDER.indexOf(a.state) - STATE_ORDER.indexOf(b.state),
  volume: (a, b) => (a.artery_volume_ml ?? -1) - (b.artery_volume_ml ?? -1),
  ratings: (a, b) => a.ratings.submitted - b.ratings.submitted,
}

/** Whether the text is part of the case's code or of one by which a rater knows it. */
function isCalled({ code, rater_codes }: StudyCase, text: string): boolean {
  const sought = text.trim().toLowerCase()
  return [code, ...rater_codes].some((one) => one.toLowerCase().includes(sought))
}

export function selectCases(cases: readonly StudyCase[], selection: CaseSelection): StudyCase[] {
  const { show, site, purpose, text, sort, descending } = selection
  const sign = descending ? -1 : 1
  return cases
    .filter(isShown[show])
    .filter((one) => site === '' || one.site === site)
    .filter((one) => purpose === '' || one.purpose === purpose)
    .filter((one) => isCalled(one, text))
    .sort((a, b) => sign * compare[sort](a, b) || compare.code(a, b))
}

export const CASES_A_PAGE = 50

export function pageCount(cases: readonly StudyCase[]): number {
  return Math.max(1, Math.ceil(cases.length / CASES_A_PAGE))
}

/** One page of the cases; a page beyond the end is the last one. */
export function pageOf(cases: readonly StudyCase[], page: number): StudyCase[] {
  const shown = Math.min(page, pageCount(cases))
  return cases.slice((shown - 1) * CASES_A_PAGE, shown * CASES_A_PAGE)
}
