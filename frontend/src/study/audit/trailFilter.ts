// What is looked for stands in the page's address, so that it can be sent to somebody.
import type { TrailQuery } from '../../api/types'

/** As the fields have it: days instead of instants. */
export interface TrailFilter {
  words: string
  person: string
  action: string
  case: string
  from: string
  to: string
}

export const FILTER_FIELDS = ['words', 'person', 'action', 'case', 'from', 'to'] as const

export function filterOf(params: URLSearchParams): TrailFilter {
  const [words, person, action, studyCase, from, to] = FILTER_FIELDS.map(
    (field) => params.get(field) ?? '',
  ) as [string, string, string, string, string, string]
  return { words, person, action, case: studyCase, from, to }
}

export const isFiltered = (filter: TrailFilter): boolean =>
  FILTER_FIELDS.some((field) => filter[field] !== '')

/** The filter as the server is asked: both days are local, and both are meant whole. */
export function queryOf({ from, to, ...rest }: TrailFilter): TrailQuery {
  return { ...rest, since: instantOf(from, '00:00:00.000'), until: instantOf(to, '23:59:59.999') }
}

function instantOf(day: string, time: string): string {
  const instant = new Date(`${day}T${time}`)
  return Number.isNaN(instant.getTime()) ? '' : instant.toISOString()
}
