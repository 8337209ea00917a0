import { describe, expect, it } from 'vitest'
import { around, cardPlace } from './cardPlace'

const CARD = { width: 340, height: 180 }
const WINDOW = { width: 1366, height: 768 }

describe("the tour's card", () => {
  it('stands beside what it points at', () => {
    const left = { x: 0, y: 60, width: 600, height: 300 }
    expect(cardPlace(left, CARD, WINDOW)).toEqual({ x: 612, y: 60 })
    const right = { x: 700, y: 60, width: 666, height: 300 }
    expect(cardPlace(right, CARD, WINDOW)).toEqual({ x: 348, y: 60 })
  })

  it('stands over a bar along the bottom and under one along the top', () => {
    const bottom = { x: 0, y: 700, width: 1366, height: 68 }
    expect(cardPlace(bottom, CARD, WINDOW)).toEqual({ x: 12, y: 508 })
    const top = { x: 0, y: 0, width: 1366, height: 34 }
    expect(cardPlace(top, CARD, WINDOW)).toEqual({ x: 12, y: 46 })
  })

  it('never leaves the window', () => {
    const corner = { x: 1330, y: 740, width: 30, height: 24 }
    const { x, y } = cardPlace(corner, CARD, WINDOW)
    expect(x + CARD.width).toBeLessThanOrEqual(WINDOW.width)
    expect(y + CARD.height).toBeLessThanOrEqual(WINDOW.height)
  })

  it('stands in the middle where there is nothing to point at', () => {
    expect(cardPlace(null, CARD, WINDOW)).toEqual({ x: 513, y: 294 })
  })
})

it('one rectangle goes round several', () => {
  expect(
    around([
      { x: 10, y: 20, width: 5, height: 5 },
      { x: 0, y: 30, width: 50, height: 1 },
    ]),
  ).toEqual({ x: 0, y: 20, width: 50, height: 11 })
  expect(around([])).toBeNull()
})
