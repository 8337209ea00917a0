import { screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { study } from '../../tests/examples'
import { renderInApp } from '../../tests/render'
import type { UnblindedCase, UnblindedRating } from '../api/types'
import { RatingsTable } from './RatingsTable'

const rating = (change: Partial<UnblindedRating>): UnblindedRating => ({
  ...{ rater: 'Rater 1', kind: 'counts', grade: 4, unscorable_reason: null, comment: '' },
  ...{ territory_grades: {}, question_answers: {}, active_seconds: 61.4, position: 7 },
  view_use: null,
  submitted_at: '2026-03-02T10:05:00Z',
  ...change,
})

const found: UnblindedCase = {
  case: 'C1',
  site: 'north',
  media: null,
  ratings: [
    rating({ comment: '<script>alert(1)</script>' }),
    rating({ rater: 'Rater 2', grade: null, unscorable_reason: 'no-dsa', active_seconds: null }),
    rating({ rater: 'Rater 2', kind: 'repeat', grade: 3, position: 40 }),
  ],
}

describe('the ratings of an unblinded case', () => {
  it('stand below one another in the words of the protocol, repeats marked', () => {
    renderInApp(<RatingsTable study={study} found={found} />)
    const [, first, second, repeat] = within(screen.getByRole('table')).getAllByRole('row')
    expect(first?.textContent).toContain('4 Excellent')
    expect(first?.textContent).toContain('61 s')
    expect(second?.textContent).toContain('Unscorable: ')
    expect(repeat?.textContent).toContain('hidden repeat')
    expect(repeat?.textContent).toContain('no. 40')
  })

  it('say what the rater did to the images', () => {
    const untouched = {
      tree_over_dsa: false,
      tree_over_dsa_seconds: 0,
      head_turned: false,
      mask_changed: false,
    }
    const used = { ...untouched, tree_over_dsa: true, tree_over_dsa_seconds: 12.6, head_turned: true }
    const ratings = [
      rating({ view_use: used }),
      rating({ rater: 'Rater 2', view_use: untouched }),
      rating({ rater: 'Rater 2', kind: 'taken-back' }),
    ]
    renderInApp(<RatingsTable study={study} found={{ ...found, ratings }} />)
    const [, first, second, third] = within(screen.getByRole('table')).getAllByRole('row')
    expect(first?.textContent).toContain('tree over DSA 13 s, head turned')
    expect(second?.textContent).toContain('as shown')
    expect(third?.textContent).toContain('taken back at once')
  })

  it('shows what a rater typed as text', () => {
    renderInApp(<RatingsTable study={study} found={found} />)
    expect(screen.getByText('<script>alert(1)</script>')).toBeTruthy()
    expect(document.querySelector('script')).toBeNull()
  })
})
