// What a coordinator may say that a series is, and what follows from it.
import type { ImageSeries, SeriesKind } from '../../api/types'
import { seriesName } from './seriesWords'

/** The words of the choice, to follow "This is …". */
export function choiceInWords(series: ImageSeries, kind: SeriesKind): string {
  if (kind === 'NCCT') return series.kind === 'NCCT' ? 'the CT to use' : 'a non-contrast CT'
  return kind === 'DSA' ? 'an angiography run' : 'not to be used'
}

/** What will happen to the case, in sentences. */
export function consequencesOf(
  series: ImageSeries,
  kind: SeriesKind,
  ofCase: readonly ImageSeries[],
): string[] {
  const name = seriesName(series)
  if (kind === 'NCCT') {
    const former = ofCase.find((one) => one.kind === 'NCCT' && one.used && one.id !== series.id)
    return [
      `${name} becomes the CT of this case.`,
      ...(isUsedAtOnce(series) ? [] : [LOOK_FIRST]),
      ...(former ? [`${seriesName(former)} is then no longer used.`] : []),
      'The segmentation is run again.',
    ]
  }
  const lost =
    series.kind === 'NCCT' && series.used
      ? ['The case then has no CT, and cannot be read, until you choose another one.']
      : []
  const became =
    kind === 'DSA'
      ? [`${name} becomes an angiography run, which no rater sees yet.`, LOOK_FIRST]
      : [`${name} is used for nothing. It stays stored with the case.`]
  return [...became, ...lost]
}

const LOOK_FIRST = 'Somebody has to look through it and release it first.'

const isUsedAtOnce = ({ kind, review }: ImageSeries) =>
  kind === 'NCCT' && (review === 'not-needed' || review === 'released')
