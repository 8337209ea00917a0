import { useEffect, useEffectEvent, useState } from 'react'
import { frameAt, stepFrame } from '../../viewer/cine'

export interface CinePlayer {
  frame: number
  playing: boolean
  toggle: () => void
  pause: () => void
  step: (steps: number) => void
  seek: (frame: number) => void
}

/** Plays a run at its true timing, again and again; stepping and seeking pause it. */
export function useCinePlayer(frameStartsMs: readonly number[], firstFrame: number): CinePlayer {
  const [frame, setFrame] = useState(firstFrame)
  const [playing, setPlaying] = useState(false)
  const positionMs = useEffectEvent(() => frameStartsMs[frame] ?? 0)

  useEffect(() => {
    if (!playing) return
    const begun = performance.now() - positionMs()
    let request = requestAnimationFrame(function show(now) {
      setFrame(frameAt(frameStartsMs, Math.max(0, now - begun)))
      request = requestAnimationFrame(show)
    })
    return () => {
      cancelAnimationFrame(request)
    }
  }, [playing, frameStartsMs])

  return {
    frame,
    playing,
    toggle: () => {
      setPlaying((was) => !was)
    },
    pause: () => {
      setPlaying(false)
    },
    step: (steps) => {
      setPlaying(false)
      setFrame((was) => stepFrame(was, steps, frameStartsMs.length))
    },
    seek: (chosen) => {
      setPlaying(false)
      setFrame(chosen)
    },
  }
}
