import { fireEvent, screen, within } from '@testing-library/react'
import axe from 'axe-core'
import { describe, expect, it } from 'vitest'
import { report } from '../../tests/examples'
import { renderInApp } from '../../tests/render'
import type { Course, Disagreement, ItemReport, Report } from '../api/types'
import { ReportArticle } from './ReportArticle'

const { se, ci, method, resamples, undefined: none, refused } = report.kappa
const kappa = { weights: 'none' as const, estimate: 0.48, se, ci, method, resamples, undefined: none, refused }

const itemRate = (rater: string, high: number) => ({
  ...{ rater, high, n: 100, rate: high / 100, wilson: ci, clopper_pearson: ci },
  ...{ not_opacified: 11, unanswered: 9 },
})

const m1: ItemReport = {
  code: 'm1',
  label: 'M1',
  rates: [itemRate('Rater 1', 95), itemRate('Rater 2', 93)],
  n_paired: 98,
  kappa,
  percent_agreement: 0.74,
  ac1: { estimate: 0.68, se: 0.05, ci: [0.58, 0.79] },
  answers: { n_paired: 109, kappa: { ...kappa, estimate: 0.6 }, percent_agreement: 0.76 },
}

const differing = (number: number, change: Partial<Disagreement> = {}): Disagreement => ({
  ...{ case: `C${number}`, site: 'north', grades: [4, 3], levels_apart: 1 },
  ...{ across_cut: false, partly_unscorable: false, ...change },
})

const course: Course = {
  rater: 'Rater 1',
  n: 3,
  seconds: {
    ...{ n: 3, median: 70, quartiles: [60, 80], refused: null },
    slope: { per_100: -20, ci: [-30, -10], intercept: 90 },
  },
  grade: { estimate: -0.1, se: 0.05, ci: [-0.2, 0], refused: null },
  points: [
    [1, 90, 4],
    [2, null, null],
    [4, 900, 3],
  ],
  sentence: 'Rater 1 worked 70 s on a case.',
}

const full: Partial<Report> = {
  paradox: 'Nearly all cases are high, so κ is decided by 3 of 178 cases.',
  unscorable: [
    { code: 'motion', label: 'Motion', counts: [2, 0] },
    { code: 'no-dsa', label: 'No DSA', counts: [0, 0] },
  ],
  territories: [m1],
  disagreements: [
    differing(0, { grades: [null, 1], partly_unscorable: true, levels_apart: null }),
    ...Array.from({ length: 14 }, (_, number) => differing(number + 1, { across_cut: true })),
  ],
  courses: [course],
  grras: [
    { item: '1', section: 'Title', asks: 'Say it.', says: 'Said.', status: 'partly' },
    { item: '2', section: 'Methods', asks: 'Why?', says: 'For the authors.', status: 'authors' },
  ],
}

const show = (change: Partial<Report> = full) =>
  renderInApp(<ReportArticle studyId="s1" report={{ ...report, ...change }} confidence={0.95} />)

const table = (name: string) => within(screen.getByRole('table', { name }))

describe('the parts beside the grade', () => {
  it('counts why cases could not be graded, and only the reasons that were given', () => {
    show()
    const denominators = table('Denominators and unscorable cases')
    expect(denominators.getByRole('row', { name: 'Motion 2 0' })).toBeTruthy()
    expect(denominators.queryByText('No DSA')).toBeNull()
  })

  it('keeps “not opacified” apart from the grades of a territory', () => {
    show()
    expect(table('Rates by territory').getAllByText('11')).toHaveLength(2)
    const row = table('Agreement by territory').getByRole('row', { name: /^M1/ })
    expect(row.textContent).toContain('0.48')
    expect(row.textContent).toContain('0.60')
  })

  it('opens each differing case, and shows the rest of a long list on demand', () => {
    show()
    const list = table('Cases on which raters differ')
    expect(list.getByRole('link', { name: 'C0' }).getAttribute('href')).toBe('/unblinded/s1/C0')
    expect(list.getByText('unscorable for Rater 1')).toBeTruthy()
    expect(list.queryByRole('link', { name: 'C14' })).toBeNull()
    fireEvent.click(screen.getByRole('button', { name: 'Show all 15' }))
    expect(list.getByRole('link', { name: 'C14' })).toBeTruthy()
  })

  it('says how each rater’s reading went, beside its plots', () => {
    show()
    expect(screen.getByText('Rater 1 worked 70 s on a case.')).toBeTruthy()
    expect(
      screen.getByRole('img', { name: 'Seconds per case of Rater 1 over the order of reading' }),
    ).toBeTruthy()
  })

  it('says what κ means, and leaves to the authors what is theirs', () => {
    show()
    expect(screen.getByText(/decided by 3 of 178 cases/)).toBeTruthy()
    expect(screen.getByText(/2 of 2 items need the authors/)).toBeTruthy()
    expect(screen.queryByText('For the authors.')).toBeNull()
  })

  it('numbers its tables without a gap', () => {
    show()
    const captions = screen.getAllByText(/^Table \d+\.$/).map(({ textContent }) => textContent)
    expect(captions).toEqual(captions.map((_, place) => `Table ${place + 1}.`))
  })

  it('is absent from the report of an earlier release', () => {
    show({ mcnemar: undefined, bowker: undefined, stuart_maxwell: undefined, overall: undefined })
    expect(screen.queryByText('Reporting checklist (GRRAS)')).toBeNull()
    expect(screen.queryByRole('table', { name: 'Cases on which raters differ' })).toBeNull()
    const captions = screen.getAllByText(/^Table \d+\.$/).map(({ textContent }) => textContent)
    expect(captions).toEqual(['Table 1.', 'Table 2.', 'Table 3.'])
  })

  it('has nothing that axe objects to', async () => {
    const { container } = show()
    const { violations } = await axe.run(container, { rules: { 'color-contrast': { enabled: false } } })
    expect(violations).toEqual([])
  })
})
