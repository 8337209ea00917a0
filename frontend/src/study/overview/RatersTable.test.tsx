import { screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { RaterRow } from '../../api/types'
import { renderInApp } from '../../../tests/render'
import { RatersTable } from './RatersTable'

const ana: RaterRow = {
  username: 'ana',
  full_name: 'Ana',
  rater_number: 1,
  calibration: { state: 'passed', attempt: 2, submitted: 5, total: 5 },
  submitted: 4,
  total: 10,
  read_today: 2,
  last_activity_at: new Date().toISOString(),
  median_active_minutes: 3.5,
  median_wall_minutes: 5,
  finish_on: `${new Date().getFullYear()}-12-03`,
  no_finish_because: '',
  opening_later: { count: 1, first_at: null },
  unlocked: [
    { assignment_id: 7, case_id: 'c7', case_code: 'C007', since: '2026-03-02T10:05:00Z' },
  ],
}

const ben: RaterRow = {
  ...ana,
  username: 'ben',
  full_name: '',
  calibration: { state: 'under-way', attempt: 1, submitted: 2, total: 5 },
  submitted: 0,
  last_activity_at: null,
  finish_on: null,
  no_finish_because: 'calibration comes first',
  unlocked: [],
}

const rowOf = (name: string) => within(screen.getByRole('row', { name: new RegExp(name) }))

describe('RatersTable', () => {
  it('tells how far a rater is, until when, and what waits', () => {
    renderInApp(<RatersTable raters={[ana]} locked={false} />)
    const row = rowOf('Ana')
    for (const text of ['4 of 10', 'Passed', 'attempt 2', '3 Dec', '1 hidden repeat opens later']) {
      expect(row.getByText(text)).toBeTruthy()
    }
    expect(row.getByRole('link', { name: 'C007' }).getAttribute('href')).toBe('/cases?case=c7')
  })

  it('says why there is no day of the end', () => {
    renderInApp(<RatersTable raters={[ben]} locked={false} />)
    for (const text of ['2 of 5 read', 'calibration comes first', 'not begun']) {
      expect(rowOf('ben').getByText(text)).toBeTruthy()
    }
  })

  it('only names the raters while nothing is assigned', () => {
    renderInApp(<RatersTable raters={[{ ...ana, total: 0, submitted: 0 }]} locked={false} />)
    expect(screen.getByText('Ana')).toBeTruthy()
    expect(screen.queryByRole('table')).toBeNull()
  })
})
