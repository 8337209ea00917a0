import { Table } from '@mantine/core'
import { screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import type { StudyCase } from '../../api/types'
import { study } from '../../../tests/examples'
import { renderInApp } from '../../../tests/render'
import { CaseRow } from './CaseRow'

const ready: StudyCase = {
  id: 'c1',
  code: 'C001',
  site: 'A',
  state: 'ready',
  message: '',
  progress: 1,
  seconds_left: null,
  series: [{ kind: 'NCCT', description: '', corrections: [], flags: [] }],
  ct_waits: false,
  dsa_waits: false,
  artery_volume_ml: 9,
  ratings: { submitted: 0, expected: 2 },
  purpose: 'study',
  reference_grade: null,
  occlusion_side: '',
  occlusion_segment: '',
  deleted: false,
  withdrawn_at: null,
  withdrawn_reason: '',
  on_lists: true,
  rater_codes: [],
}

it.each([
  [{}, 'CT · no DSA'],
  [{ ct_waits: true, series: [], state: 'review' as const }, 'CT waits for release · no DSA'],
  [{ dsa_waits: true, state: 'review' as const }, 'CT · DSA waits for release'],
])('a case with %o has the images: %s', (changes, words) => {
  renderInApp(
    <Table>
      <Table.Tbody>
        <CaseRow study={study} studyCase={{ ...ready, ...changes }} address="" />
      </Table.Tbody>
    </Table>,
  )
  expect(screen.getByText(words).getAttribute('href')).toBe('/c1')
})
