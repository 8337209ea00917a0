/** What the server found wrong with a document, and where in the form it stands. */
import { ApiError } from '../../api/client'
import type { PartOfProblem } from '../../api/types'

export type Path = readonly (string | number)[]

export interface Problem {
  path: Path
  message: string
}

/** The problems in an answer of status 400; none where it failed in another way. */
export function problemsIn(error: Error): Problem[] {
  if (!(error instanceof ApiError) || error.status !== 400) return []
  const { body } = error
  if (typeof body !== 'object' || body === null || !('errors' in body)) return []
  return Array.isArray(body.errors) ? (body.errors as PartOfProblem[]).map(inTheForm) : []
}

function inTheForm({ pointer = '', detail }: PartOfProblem): Problem {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step))
  return { path: steps[0] === 'document' ? steps.slice(1) : steps, message: detail }
}

export function messageAt(problems: readonly Problem[], ...path: Path): string | undefined {
  return problems.find((problem) => samePath(problem.path, path))?.message
}

/** Problems of fields that were not touched since: an edit takes its field's message away. */
export function problemsLeft(
  problems: readonly Problem[],
  before: unknown,
  after: unknown,
): Problem[] {
  return problems.filter(({ path }) => {
    const touched = JSON.stringify(valueAt(before, path)) !== JSON.stringify(valueAt(after, path))
    const list = path.length > 1 ? path.slice(0, 1) : null
    return !touched && (list === null || lengthAt(before, list) === lengthAt(after, list))
  })
}

/** The id of the element in which a field is edited. */
export function fieldId(...path: Path): string {
  return ['protocol', ...path].join('-')
}

function samePath(one: Path, other: Path): boolean {
  return one.length === other.length && one.every((step, place) => step === other[place])
}

function valueAt(document: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null
        ? (value as Record<string | number, unknown>)[step]
        : undefined,
    document,
  )
}

function lengthAt(document: unknown, path: Path): number | null {
  const value = valueAt(document, path)
  return Array.isArray(value) ? value.length : null
}
