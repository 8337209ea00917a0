import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WorkClock } from './workClock'

/** A case on screen whose rater just sat down; `beats` is what the server was told. */
function sitDown({ playing = false } = {}) {
  const beats: boolean[] = []
  let over = false
  const clock = new WorkClock({
    beat: (active) => {
      beats.push(active)
      return Promise.resolve()
    },
    isOver: () => over,
  })
  clock.enter(() => playing)
  return { clock, beats, submit: () => (over = true) }
}

const seconds = (count: number) => {
  vi.advanceTimersByTime(count * 1000)
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the clock of a case', () => {
  it('beats every 15 s while the rater works', () => {
    const { clock, beats } = sitDown()
    expect(beats).toEqual([true])
    seconds(15)
    clock.touched()
    seconds(30)
    expect(beats).toEqual([true, true, true, true])
  })

  it('stops once after a minute without a touch, and goes on with the next', () => {
    const { clock, beats } = sitDown()
    seconds(600)
    expect(beats).toEqual([true, true, true, true, false])
    clock.touched()
    expect(beats.at(-1)).toBe(true)
  })

  it('counts a run that plays, but not one that was left to itself', () => {
    const { beats } = sitDown({ playing: true })
    seconds(4 * 60)
    expect(beats).not.toContain(false)
    seconds(60 * 60)
    expect(beats.filter((active) => !active)).toHaveLength(1)
    expect(beats).toHaveLength(1 + 19 + 1)
  })

  it('rests while the page is hidden', () => {
    const { clock, beats } = sitDown()
    clock.setVisible(false)
    seconds(60)
    clock.touched()
    clock.setVisible(true)
    expect(beats).toEqual([true, false, true])
  })

  it('rests in a break, whatever is touched, until the rater goes on', () => {
    const { clock, beats } = sitDown()
    const heard = vi.fn()
    clock.subscribe(heard)
    clock.pause()
    clock.touched()
    seconds(60)
    expect(clock.isPaused()).toBe(true)
    expect(beats).toEqual([true, false])
    clock.resume()
    expect(beats).toEqual([true, false, true])
    expect(heard).toHaveBeenCalledTimes(2)
  })

  it('says so when the case is left, and then nothing more', () => {
    const { clock, beats } = sitDown()
    clock.leave()
    seconds(60)
    clock.touched()
    expect(beats).toEqual([true, false])
  })

  it('is silent once the case is submitted', () => {
    const { clock, beats, submit } = sitDown()
    submit()
    seconds(60)
    clock.leave()
    expect(beats).toEqual([true])
  })

  it('goes on when a beat fails', async () => {
    const beat = vi.fn(() => Promise.reject(new Error('offline')))
    new WorkClock({ beat, isOver: () => false }).enter(() => false)
    await vi.advanceTimersByTimeAsync(15_000)
    expect(beat).toHaveBeenCalledTimes(2)
  })
})
