// What the pages call the things that are stored of an image series.
import type { Geometry, ImageSeries, Phase, SeriesKind, Verdict } from '../../api/types'
import { countOf, formatDate } from '../../format'

export const KIND_NAME: Record<SeriesKind, string> = {
  NCCT: 'Non-contrast CT',
  DSA: 'Angiography run',
  other: 'Other',
}

export const VERDICT_NAME: Record<Verdict, string> = {
  pass: 'Passed',
  corrected: 'Corrected',
  flagged: 'Flagged',
  refused: 'Refused',
}

export const PHASE_NAME: Record<Phase, string> = {
  before: 'Before recanalization',
  after: 'After recanalization',
}

/** "CT 1", "Run 3": how a series is called beside the others of its case. */
export function seriesName({ kind, position }: Pick<ImageSeries, 'kind' | 'position'>): string {
  if (kind === 'DSA') return `Run ${position}`
  return kind === 'NCCT' ? `CT ${position}` : `Series ${position}`
}

/** The same within a sentence: "run 3", but "CT 1". */
export function nameInSentence(series: Pick<ImageSeries, 'kind' | 'position'>): string {
  const name = seriesName(series)
  return series.kind === 'NCCT' ? name : name.toLowerCase()
}

export function roleInWords({ kind, used }: Pick<ImageSeries, 'kind' | 'used'>): string {
  if (!used) return 'Not used'
  return kind === 'DSA' ? 'Shown to raters' : 'Segmented and shown to raters'
}

/** What somebody decided who looked through it, by whom and when. */
export function reviewedInWords(series: ImageSeries): string {
  const { kind, review, phase, reviewed_by, reviewed_at, review_note, blackouts } = series
  const by = reviewed_by === null || reviewed_at === null ? '' : ` by ${reviewed_by}, ${formatDate(reviewed_at)}`
  const sentences = [(review === 'released' ? 'Released' : 'Kept out') + by]
  if (blackouts.length > 0) sentences.push(`${countOf(blackouts.length, 'rectangle')} blacked out`)
  if (kind === 'DSA' && review === 'released' && phase === 'before') {
    sentences.push('Taken before recanalization, so not shown to raters')
  }
  if (review_note !== '') sentences.push(review_note.replace(/\.$/, ''))
  return `${sentences.join('. ')}.`
}

const TIMES = ' × '

function millimetres(spacing: readonly number[]): string {
  return `${spacing.map((step) => step.toFixed(step < 0.995 ? 2 : 1)).join(TIMES)} mm`
}

/** The parts of a geometry, each in words: size, spacing, tilt, orientation. */
export function geometryInWords(kind: SeriesKind, geometry: Geometry): string[] {
  const { size, spacing_mm, tilt_deg, orientation } = geometry
  const [columns = 0, rows = 0, images = 0] = size
  const words =
    kind === 'DSA'
      ? [`${columns}${TIMES}${rows}`, countOf(images, 'frame')]
      : [size.join(TIMES)]
  if (spacing_mm) words.push(millimetres(spacing_mm))
  if (tilt_deg !== null && Math.abs(tilt_deg) >= 0.05) words.push(`tilt ${tilt_deg.toFixed(1)}°`)
  if (orientation !== '') words.push(orientation)
  return words
}

/** Time since the first image of the case: "+ 00:42", "+ 1:05:20". */
export function timeSince(first: number, instant: string): string {
  const seconds = Math.max(0, Math.round((Date.parse(instant) - first) / 1000))
  const two = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const minutes = two(Math.floor(seconds / 60) % 60)
  const clock = `${minutes}:${two(seconds % 60)}`
  if (hours >= 48) return `+ ${Math.floor(hours / 24)} days`
  return hours > 0 ? `+ ${hours}:${clock}` : `+ ${clock}`
}

/** How long a pause lasted: "35 s", "12 min", "3 h". */
export function paroleInWords(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h`
  return `${Math.round(seconds / 86400)} days`
}

const SIDE_NAME: Record<string, string> = {
  left: 'Left',
  right: 'Right',
  both: 'Both sides',
  midline: 'Midline',
}

/** "Left M1", as far as the side and the segment of the occlusion are known. */
export function occlusionInWords(side: string, segment: string): string {
  const known = [SIDE_NAME[side] ?? side, segment === 'other' ? 'other segment' : segment]
  const words = known.filter((word) => word !== '').join(' ')
  return words === '' ? '' : `${words} occlusion`
}

/** A CT that another was preferred to is stored unread: its one gate says so. */
export function isUnchecked({ gates }: ImageSeries): boolean {
  return gates.length === 1 && gates[0]?.name === 'choice'
}
