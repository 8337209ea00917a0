import { screen, within } from '@testing-library/react'
import axe from 'axe-core'
import { describe, expect, it } from 'vitest'
import { report } from '../../tests/examples'
import { renderInApp } from '../../tests/render'
import type { Report } from '../api/types'
import { ReportArticle } from './ReportArticle'

const show = (change: Partial<Report> = {}) =>
  renderInApp(<ReportArticle studyId="s1" report={{ ...report, ...change }} confidence={0.95} />)

const plain = (element: Element | null | undefined) =>
  (element?.textContent ?? '').replaceAll('\u00a0', ' ')

describe('ReportArticle', () => {
  it('puts rater 1 in the rows and rater 2 in the columns', () => {
    show()
    const table = screen.getByRole('table', { name: 'Grades: rows Rater 1, columns Rater 2' })
    const cells = (row: number) =>
      within(within(table).getAllByRole('row')[row] ?? table)
        .getAllByRole('cell')
        .map(plain)
    // Two rows of headers come first; the last cell of a row is its total.
    expect(cells(3)).toEqual(['1', '1', '0', '0', '2'])
    expect(cells(4)).toEqual(['0', '1', '11', '5', '17'])
  })

  it('gives the primary κ its bootstrap interval and the other κ theirs', () => {
    show()
    const table = screen.getByRole('table', { name: 'Coefficients of agreement of Rater 1 and Rater 2',
    })
    const rows = within(table).getAllByRole('row').map(plain)
    expect(rows).toContain('Cohen’s κ, unweighted primary0.740.56–0.890.081')
    expect(rows).toContain('Cohen’s κ, linearly weighted 0.780.64–0.920.070')
    expect(rows.some((row) => row.includes('−0.13 to 0.92'))).toBe(true)
  })

  it('lists AC2 and α beneath AC1', () => {
    show()
    const table = screen.getByRole('table', {
      name: 'Coefficients of agreement of Rater 1 and Rater 2',
    })
    const rows = within(table).getAllByRole('row').map(plain)
    expect(rows).toContain('Gwet’s AC2, linearly weighted 0.970.95–0.990.010')
    expect(rows).toContain('Krippendorff’s α, ordinal 0.800.66–0.940.070')
  })

  it('says whether the raters use the scale alike', () => {
    show()
    const table = screen.getByRole('table', {
      name: 'Do Rater 1 and Rater 2 use the scale alike?',
    })
    expect(within(table).getAllByRole('row').map(plain)).toEqual([
      'QuestionTestResultp',
      'Difference of the rates of highTango, 95 % CI0.6 points (−1.6 to 3.1)',
      'Same rate of high?McNemar, exact1 against 0 cases1.000',
      'McNemarχ² = 1.00, 1 df0.317',
      'Same use of every level?Stuart–Maxwellχ² = 4.10, 3 df0.251',
      'Do differences go both ways alike?Bowkerχ² = 4.67, 3 df0.198',
    ])
  })

  it('gives the reason where raters never differ, and no table in older reports', () => {
    const none = { statistic: null, df: null, p: null, refused: 'the raters never differ' }
    const { unmount } = show({ bowker: none })
    expect(screen.getByText('the raters never differ')).toBeTruthy()
    unmount()
    show({ mcnemar: undefined, bowker: undefined, stuart_maxwell: undefined, overall: [] })
    expect(screen.queryByText(/use the scale alike/)).toBeNull()
  })

  it('prints undefined and the reason where there is no κ and no interval', () => {
    const refused = 'No interval: κ is undefined in 41 % of the resamples.'
    show({
      kappa: { ...report.kappa, estimate: null, se: null, ci: null, refused },
      histogram: { edges: [], counts: [] },
    })
    expect(screen.getByText('undefined')).toBeTruthy()
    expect(screen.getByText(refused)).toBeTruthy()
    expect(screen.queryByText(/Figure 2/)).toBeNull()
  })

  it('gives no rate to a rater who scored no case', () => {
    const nothing = { high: 0, n: 0, rate: null, wilson: null, clopper_pearson: null }
    show({ rates: report.rates.map((rate) => ({ ...rate, ...nothing, unscorable: 178 })) })
    expect(screen.getAllByText('no case scored')).toHaveLength(2)
    const table = screen.getByRole('table', { name: 'Rates of high quality' })
    expect(within(table).getAllByRole('row').map(plain)).toContain('All sitesRater 10/0–––178')
  })

  it('lists sides and segments of the occlusion, those not known last', () => {
    show({
      sides: [
        { side: 'left', rates: report.rates },
        { side: '', rates: report.rates },
      ],
      segments: [
        { segment: 'ICA-T', rates: report.rates },
        { segment: 'other', rates: report.rates },
      ],
    })
    const table = screen.getByRole('table', { name: 'Rates of high quality' })
    expect(within(table).getAllByRole('rowheader').map(plain)).toEqual([
      'All sites',
      'Left side',
      'Side unknown',
      'Segment ICA-T',
      'Other segment',
    ])
  })

  it('lists sites only where there are several', () => {
    const { unmount } = show({ sites: [{ site: 'A', rates: report.rates }] })
    expect(screen.queryAllByText('Site A')).toHaveLength(0)
    unmount()
    show({
      sites: [
        { site: 'A', rates: report.rates },
        { site: 'B', rates: report.rates },
      ],
    })
    expect(screen.getAllByText('Site B')).not.toHaveLength(0)
  })

  it('has no accessibility fault that axe can see without a layout', async () => {
    const { container } = show()
    const { violations } = await axe.run(container, {
      rules: { 'color-contrast': { enabled: false }, region: { enabled: false } },
    })
    expect(violations.map(({ id }) => id)).toEqual([])
  })
})
