import { useEffect, useEffectEvent, useState } from 'react'
import { stepFrame } from '../viewer/cine'

export interface Cine {
  number: number
  playing: boolean
  toggle: () => void
  step: (steps: number) => void
  seek: (number: number) => void
}

/** Slow enough to catch text that stands in one frame only. */
const MS_A_PICTURE = 125

/** Shows one picture after the other, none left out: it waits for those that are not there yet. */
export function useCine(count: number, isThere: (number: number) => boolean): Cine {
  const [number, setNumber] = useState(0)
  const [playing, setPlaying] = useState(false)
  const next = stepFrame(number, 1, count)
  const nextIsThere = isThere(next)
  const show = useEffectEvent(() => {
    setNumber(next)
  })
  useEffect(() => {
    if (!playing || !nextIsThere) return
    const timer = setTimeout(show, MS_A_PICTURE)
    return () => {
      clearTimeout(timer)
    }
  }, [playing, number, nextIsThere])
  return {
    number,
    playing,
    toggle: () => {
      setPlaying(!playing)
    },
    step: (steps) => {
      setPlaying(false)
      setNumber((was) => stepFrame(was, steps, count))
    },
    seek: (chosen) => {
      setPlaying(false)
      setNumber(chosen)
    },
  }
}
