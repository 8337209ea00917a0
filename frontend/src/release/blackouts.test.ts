import { describe, expect, it } from 'vitest'
import {
  adjustRectangle,
  isCovered,
  NO_BLACKOUTS,
  rectangleBetween,
  rectangleOver,
  undoBlackout,
  withoutRectangle,
  withRectangle,
} from './blackouts'

const size = { columns: 512, rows: 400 }
const label = { left: 10, top: 10, width: 100, height: 20 }
const drawn = withRectangle(NO_BLACKOUTS, label)

describe('blackouts', () => {
  it('selects what was just drawn', () => {
    expect(drawn.rectangles[drawn.selected ?? -1]).toEqual(label)
  })

  it('takes whole pixels between two corners, in any direction, inside the image', () => {
    const from = { x: 100.4, y: 50.6 }
    expect(rectangleBetween(from, { x: -20, y: 20.2 }, size)).toEqual({
      left: 0,
      top: 20,
      width: 101,
      height: 31,
    })
    expect(rectangleBetween(from, { x: 101, y: 52 }, size)).toBeNull()
  })

  it('covers found text with some room around it', () => {
    const box = { ...label, left: 2, frame: null }
    const over = rectangleOver(box, size)
    expect(over.left).toBe(0)
    expect(isCovered(box, [over])).toBe(true)
    expect(isCovered({ ...box, left: 400 }, [over])).toBe(false)
  })

  it('moves and sizes within the image', () => {
    const moved = adjustRectangle(drawn, 'move', 1000, -1000, size)
    expect(moved.rectangles).toEqual([{ left: 412, top: 0, width: 100, height: 20 }])
    const sized = adjustRectangle(drawn, 'size', -1000, 5, size)
    expect(sized.rectangles).toEqual([{ left: 10, top: 10, width: 4, height: 25 }])
  })

  it('undoes a row of moves in one step, then the drawing', () => {
    const once = adjustRectangle(drawn, 'move', 5, 0, size)
    const twice = adjustRectangle(once, 'move', 5, 0, size)
    const back = undoBlackout(twice)
    expect(back.rectangles).toEqual([label])
    expect(undoBlackout(back).rectangles).toEqual([])
    expect(undoBlackout(undoBlackout(back)).rectangles).toEqual([])
  })

  it('brings back what was deleted', () => {
    expect(undoBlackout(withoutRectangle(drawn, 0)).rectangles).toEqual([label])
  })
})
