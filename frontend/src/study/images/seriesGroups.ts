// The series of a case in the order in which a person looks at them.
import type { ImageSeries, Phase } from '../../api/types'

export interface SeriesGroups {
  ct: ImageSeries[]
  /** In the order of their acquisition; those without a time last. */
  runs: ImageSeries[]
  other: ImageSeries[]
}

export function groupSeries(series: readonly ImageSeries[]): SeriesGroups {
  const of = (kind: ImageSeries['kind']) => series.filter((one) => one.kind === kind)
  return {
    ct: of('NCCT').sort(
      (a, b) => Number(b.used) - Number(a.used) || a.position - b.position,
    ),
    runs: of('DSA').sort((a, b) => timeOf(a) - timeOf(b) || a.position - b.position),
    other: of('other').sort((a, b) => a.position - b.position),
  }
}

function timeOf({ acquired_at }: ImageSeries): number {
  return acquired_at === null ? Number.MAX_SAFE_INTEGER : Date.parse(acquired_at)
}

/** When the first image of the case was taken; null where no series has a time. */
export function firstImageTime(series: readonly ImageSeries[]): number | null {
  const times = series.flatMap(({ acquired_at }) =>
    acquired_at === null ? [] : [Date.parse(acquired_at)],
  )
  return times.length === 0 ? null : Math.min(...times)
}

/** What was decided about a run, else what its time suggests. */
export function likelyPhase({ phase, proposed_phase }: ImageSeries): Phase | '' {
  return phase === '' ? proposed_phase : phase
}

/** One run, or the two planes of a biplane run. */
export type Planes = [ImageSeries] | [ImageSeries, ImageSeries]

/** Biplane partners become one: both stand where the earlier of them stood. */
export function pairPlanes(runs: readonly ImageSeries[]): Planes[] {
  const paired = new Set<number>()
  return runs.flatMap((run): Planes[] => {
    if (paired.has(run.id)) return []
    const partner = runs.find(({ id }) => id === run.biplane_partner && id !== run.id)
    if (!partner || paired.has(partner.id)) return [[run]]
    paired.add(partner.id)
    return [[run, partner]]
  })
}

export interface PhasePart {
  phase: Phase | ''
  runs: Planes[]
}

/** Runs in order, cut wherever the phase changes from one to the next. */
export function splitByPhase(runs: readonly ImageSeries[]): PhasePart[] {
  const parts: PhasePart[] = []
  for (const planes of pairPlanes(runs)) {
    const phase = likelyPhase(planes[0])
    const last = parts.at(-1)
    if (last?.phase === phase) last.runs.push(planes)
    else parts.push({ phase, runs: [planes] })
  }
  return parts
}
