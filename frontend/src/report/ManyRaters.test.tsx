import { fireEvent, screen, within } from '@testing-library/react'
import axe from 'axe-core'
import { describe, expect, it } from 'vitest'
import { report } from '../../tests/examples'
import { renderInApp } from '../../tests/render'
import type { IntraRater, PairReport, Report } from '../api/types'
import { ReportArticle } from './ReportArticle'

const RATERS = ['Rater 1', 'Rater 2', 'Rater 3']

function pair(first: string, second: string, estimate: number | null): PairReport {
  const kappa = { ...report.kappa, estimate, ci: estimate === null ? null : report.kappa.ci }
  const { kappas, dichotomised_kappa, ac1, pabak, percent_agreement } = report
  const { histogram, dichotomised } = report
  const table = [
    [0, 0, 0, 0],
    [1, 1, 0, 0],
    [0, 1, 11, 5],
    [0, 0, 1, estimate === null ? 0 : 158],
  ]
  return {
    ...{ raters: [first, second], n_paired: 178, table, kappa, kappas },
    ...{ dichotomised_kappa, ac1, pabak, percent_agreement, histogram, dichotomised },
  }
}

const ofThree: Report = {
  ...report,
  raters: RATERS,
  table: null,
  pairs: [
    pair('Rater 1', 'Rater 2', 0.71),
    pair('Rater 1', 'Rater 3', 0.62),
    pair('Rater 2', 'Rater 3', null),
  ],
  overall: [
    { coefficient: 'fleiss', weights: 'none', estimate: 0.66, se: 0.05, ci: [0.56, 0.76] },
    { coefficient: 'gwet', weights: 'none', estimate: 0.95, se: 0.02, ci: [0.91, 0.99] },
    { coefficient: 'krippendorff', weights: 'ordinal', estimate: 0.8, se: 0.04, ci: [0.7, 0.9] },
  ],
  resampling: { unit: 'site', units: 12 },
}

const repeated: IntraRater = {
  rater: 'Rater 2',
  n_repeated: 30,
  n_paired: 29,
  table: [],
  kappa: { ...report.kappa, estimate: 0.88, ci: [0.7, 1] },
  percent_agreement: 0.966,
}

const show = (change: Partial<Report> = {}) =>
  renderInApp(<ReportArticle studyId="s1" report={{ ...ofThree, ...change }} confidence={0.95} />)

const plain = (element: Element) => element.textContent.replaceAll('\u00a0', ' ')

const rowsOf = (name: string) =>
  within(screen.getByRole('table', { name })).getAllByRole('row').map(plain)

describe('a report of three raters', () => {
  it('shows κ of every pair, and in words where there is none', () => {
    show()
    expect(rowsOf('κ of each pair of raters')).toEqual([
      'Rater 2Rater 3',
      'Rater 10.710.56–0.890.620.56–0.89',
      'Rater 2undefined–',
    ])
    expect(screen.getByText('Quality rates and agreement of three raters')).toBeTruthy()
  })

  it('opens the tables of the pair that was chosen in the matrix or by name', () => {
    show()
    expect(screen.getByRole('table', { name: 'Grades: rows Rater 1, columns Rater 2' })).toBeTruthy()

    fireEvent.click(screen.getByRole('button', { name: 'Show Rater 2 and Rater 3' }))
    expect(screen.getByRole('table', { name: 'Grades: rows Rater 2, columns Rater 3' })).toBeTruthy()

    fireEvent.change(screen.getByLabelText('Pair'), { target: { value: '1' } })
    expect(screen.getByRole('table', { name: 'Grades: rows Rater 1, columns Rater 3' })).toBeTruthy()
    const chosen = screen.getByRole('button', { name: 'Show Rater 1 and Rater 3' })
    expect(chosen.getAttribute('aria-pressed')).toBe('true')
  })

  it('adds the coefficients of all raters, and AC1 once', () => {
    show()
    const rows = rowsOf('Coefficients of agreement of Rater 1, Rater 2 and Rater 3')
    expect(rows).toContain('Fleiss’ κ, unweighted 0.660.56–0.760.050')
    expect(rows).toContain('Krippendorff’s α, ordinal 0.800.70–0.900.040')
    expect(rows.some((row) => row.startsWith('Mean κ of the pairs (Light), unweighted'))).toBe(true)
    expect(rows.filter((row) => row.startsWith('Gwet'))).toHaveLength(1)
    expect(screen.getAllByText(/resamples of sites/)).not.toHaveLength(0)
  })

  it('keeps the hidden repeats in a table of their own', () => {
    show({ intra_rater: [repeated] })
    expect(rowsOf('Agreement within raters')[1]).toBe('Rater 230290.880.70–1.0096.6 %')
  })

  it('has no accessibility fault that axe can see without a layout', async () => {
    const { container } = show({ intra_rater: [repeated] })
    const { violations } = await axe.run(container, {
      rules: { 'color-contrast': { enabled: false }, region: { enabled: false } },
    })
    expect(violations.map(({ id }) => id)).toEqual([])
  })
})

describe('a report of two raters', () => {
  it('has repeats too, and no matrix', () => {
    renderInApp(<ReportArticle studyId="s1" report={{ ...report, intra_rater: [repeated] }} confidence={0.95} />)
    expect(rowsOf('Agreement within raters')).toHaveLength(2)
    expect(screen.queryByRole('table', { name: 'κ of each pair of raters' })).toBeNull()
  })
})
