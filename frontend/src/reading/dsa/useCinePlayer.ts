import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { frameAt, momentAfter, runLength, stepFrame } from '../../viewer/cine'

/** A run on screen. */
export interface PlayedRun {
  index: number
  frameStartsMs: readonly number[]
}

export interface CinePlayer {
  /** The frame that a run (by its index) is at. */
  frameOf: (run: PlayedRun) => number
  playing: boolean
  /** Play the runs together from the moment that `run` is at, or pause them. */
  toggle: (run: PlayedRun) => void
  pause: () => void
  step: (run: PlayedRun, steps: number) => void
  seek: (run: PlayedRun, frame: number) => void
}

interface Playing {
  speed: number
  loop: boolean
  /** Of a run that was not moved yet. */
  firstFrame: (run: PlayedRun) => number
}

/**
 * Plays runs together at their true timing, or faster or slower: every run shows what it showed at
 * the same moment, a shorter one its last frame until the longer one is through.
 *
 * Stepping and seeking pause, and move one run alone.
 */
export function useCinePlayer(
  shown: readonly PlayedRun[],
  { speed, loop, firstFrame }: Playing,
): CinePlayer {
  const [frames, setFrames] = useState<Readonly<Record<number, number>>>({})
  const [playing, setPlaying] = useState(false)
  const moment = useRef(0)
  const frameOf = (run: PlayedRun) => frames[run.index] ?? firstFrame(run)

  const goOn = useEffectEvent((elapsedMs: number) => {
    const length = Math.max(0, ...shown.map(({ frameStartsMs }) => runLength(frameStartsMs)))
    const { ms, ended } = momentAfter(moment.current, elapsedMs * speed, length, loop)
    moment.current = ms
    if (ended) setPlaying(false)
    const due = shown.map((run) => [run.index, frameAt(run.frameStartsMs, ms)] as const)
    setFrames((was) =>
      due.every(([run, frame]) => was[run] === frame) ? was : { ...was, ...Object.fromEntries(due) },
    )
  })
  useEffect(() => {
    if (!playing) return
    let last = performance.now()
    let request = requestAnimationFrame(function show(now) {
      goOn(Math.max(0, now - last))
      last = now
      request = requestAnimationFrame(show)
    })
    return () => {
      cancelAnimationFrame(request)
    }
  }, [playing])

  const seek = (run: PlayedRun, frame: number) => {
    setPlaying(false)
    setFrames((was) => ({ ...was, [run.index]: frame }))
  }
  return {
    frameOf,
    playing,
    toggle: (run) => {
      if (!playing) {
        const frame = frameOf(run)
        const atItsEnd = !loop && frame === run.frameStartsMs.length - 1
        moment.current = atItsEnd ? 0 : (run.frameStartsMs[frame] ?? 0)
      }
      setPlaying(!playing)
    },
    pause: () => {
      setPlaying(false)
    },
    step: (run, steps) => {
      setPlaying(false)
      // Of the frame as it is then: a key that is held may be faster than the drawing.
      setFrames((was) => {
        const frame = was[run.index] ?? firstFrame(run)
        return { ...was, [run.index]: stepFrame(frame, steps, run.frameStartsMs.length) }
      })
    },
    seek,
  }
}
