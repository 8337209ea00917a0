import type { OcclusionSegment, OcclusionSide, Rate, Report } from '../api/types'

export interface RateGroup {
  name: string
  rates: Rate[]
}

const SIDE_NAMES: Record<OcclusionSide | '', string> = {
  left: 'Left side',
  right: 'Right side',
  both: 'Both sides',
  midline: 'Midline',
  '': 'Side unknown',
}

/** All sites together first, then by site, side and segment; a single group says nothing new. */
export function rateGroups(report: Report): RateGroup[] {
  const sites = report.sites.map(({ site, rates }) => ({ name: `Site ${site}`, rates }))
  const sides = report.sides?.map(({ side, rates }) => ({ name: SIDE_NAMES[side], rates })) ?? []
  const segments =
    report.segments?.map(({ segment, rates }) => ({ name: segmentName(segment), rates })) ?? []
  const subgroups = [sites, sides, segments].filter(({ length }) => length > 1)
  return [{ name: 'All sites', rates: report.rates }, ...subgroups.flat()]
}

function segmentName(segment: OcclusionSegment | ''): string {
  if (segment === 'other') return 'Other segment'
  return segment === '' ? 'Segment unknown' : `Segment ${segment}`
}
