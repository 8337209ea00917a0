import type { Rate, Report } from '../api/types'

export interface RateGroup {
  name: string
  rates: Rate[]
}

/** All sites together first, then each site; one site alone says nothing new. */
export function rateGroups(report: Report): RateGroup[] {
  const sites = report.sites.map(({ site, rates }) => ({ name: `Site ${site}`, rates }))
  return [{ name: 'All sites', rates: report.rates }, ...(sites.length > 1 ? sites : [])]
}
