import { describe, expect, it } from 'vitest'
import {
  withItem,
  withItemMoved,
  withLevel,
  withLevelMoved,
  withoutItem,
  withoutLevel,
} from './formChanges'
import { documentOf, formOf, MOST_LEVELS, type ProtocolForm } from './protocolForm'
import { fullProtocol } from './testing'

const form = formOf(fullProtocol)
const names = ({ levels }: ProtocolForm) => levels.map(({ name }) => name)
const high = (changed: ProtocolForm) => names(changed).slice(changed.lowLevels)

describe('changes of the scale', () => {
  it('adds a level at either end and leaves the cut-point between the same levels', () => {
    expect(names(withLevel(form, 'best'))).toEqual(['Poor', 'Fair', 'Good', ''])
    expect(high(withLevel(form, 'best'))).toEqual(['Good', ''])
    expect(names(withLevel(form, 'worst'))).toEqual(['', 'Poor', 'Fair', 'Good'])
    expect(high(withLevel(form, 'worst'))).toEqual(['Good'])
  })

  it('keeps the values consecutive, whatever was removed', () => {
    const fewer = documentOf(withoutLevel(form, 1))
    expect(fewer.levels.map(({ value, name }) => [value, name])).toEqual([
      [0, 'Poor'],
      [1, 'Good'],
    ])
    expect(fewer.high_from).toBe(1)
  })

  it('never leaves the cut-point outside the scale', () => {
    expect(withoutLevel(form, 2).lowLevels).toBe(1)
    expect(withoutLevel({ ...form, lowLevels: 1 }, 0).lowLevels).toBe(1)
  })

  it('moves a level with its anchor and image past the cut-point, which stays', () => {
    const moved = withLevelMoved(form, 1, 1)
    expect(names(moved)).toEqual(['Poor', 'Good', 'Fair'])
    expect(moved.levels[2]?.exampleImage).toBe('a'.repeat(64))
    expect(high(moved)).toEqual(['Fair'])
    expect(names(withLevelMoved(form, 2, 1))).toEqual(names(form))
  })

  it('stops at ten levels and gives each a key of its own', () => {
    let long = form
    for (let added = 0; added < 12; added += 1) long = withLevel(long, 'best')
    expect(long.levels).toHaveLength(MOST_LEVELS)
    expect(new Set(long.levels.map(({ key }) => key)).size).toBe(MOST_LEVELS)
  })
})

describe('changes of the lists', () => {
  it('adds, moves and removes', () => {
    const longer = withItem(form, 'territories')
    expect(longer.territories.map(({ label }) => label)).toEqual(['M1 right', 'BA', ''])
    const moved = withItemMoved(longer, 'territories', 1, -1)
    expect(moved.territories.map(({ code }) => code)).toEqual(['ba', 'm1-right', null])
    expect(withoutItem(moved, 'territories', 0).territories).toHaveLength(2)
    expect(withoutItem(form, 'questions', 0).territories).toBe(form.territories)
  })
})
