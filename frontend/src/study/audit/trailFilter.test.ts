import { describe, expect, it } from 'vitest'
import { filterOf, isFiltered, queryOf } from './trailFilter'

describe('trail filter', () => {
  it('is read from the address of the page', () => {
    const filter = filterOf(new URLSearchParams('words=lock&case=C001&other=1'))
    expect(filter).toEqual({
      words: 'lock',
      person: '',
      action: '',
      case: 'C001',
      from: '',
      to: '',
    })
    expect(isFiltered(filter)).toBe(true)
    expect(isFiltered(filterOf(new URLSearchParams()))).toBe(false)
  })

  it('asks for whole local days', () => {
    const filter = filterOf(new URLSearchParams('from=2026-03-02&to=2026-03-02'))
    const { since, until } = queryOf(filter)
    expect(since).toBe(new Date(2026, 2, 2).toISOString())
    expect(new Date(until).getTime() - new Date(since).getTime()).toBe(86_400_000 - 1)
  })

  it('leaves out a day that is none', () => {
    expect(queryOf(filterOf(new URLSearchParams('from=soon'))).since).toBe('')
  })
})
