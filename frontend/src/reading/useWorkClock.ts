import { useEffect, useState, useSyncExternalStore, type RefObject } from 'react'
import { ApiError, sendHeartbeat } from '../api/client'
import { isClosed } from './rating/rating'
import type { RatingSession } from './rating/ratingSession'
import type { RunControl } from './dsa/runControl'
import { WorkClock } from './workClock'

const SIGNS_OF_LIFE = ['pointermove', 'pointerdown', 'wheel', 'keydown'] as const

type Run = RefObject<RunControl | null>

/** Counts the time at work on a case, from when it is on screen to when it is left. */
export function useWorkClock(code: string, session: RatingSession, firstRun: Run, secondRun: Run) {
  const [clock] = useState(
    () =>
      new WorkClock({
        beat: (active) => beat(code, session, active),
        isOver: () => isClosed(session.snapshot()),
      }),
  )
  useEffect(() => {
    const onVisibility = () => {
      clock.setVisible(document.visibilityState === 'visible')
    }
    const onHide = () => {
      clock.setVisible(false)
    }
    clock.enter(() => [firstRun, secondRun].some(({ current }) => current?.isPlaying() ?? false))
    onVisibility()
    document.addEventListener('visibilitychange', onVisibility)
    window.addEventListener('pagehide', onHide)
    for (const sign of SIGNS_OF_LIFE) {
      window.addEventListener(sign, clock.touched, { capture: true, passive: true })
    }
    return () => {
      document.removeEventListener('visibilitychange', onVisibility)
      window.removeEventListener('pagehide', onHide)
      for (const sign of SIGNS_OF_LIFE) {
        window.removeEventListener(sign, clock.touched, { capture: true })
      }
      clock.leave()
    }
  }, [clock, firstRun, secondRun])
  const paused = useSyncExternalStore(clock.subscribe, clock.isPaused)
  return { clock, paused }
}

async function beat(code: string, session: RatingSession, active: boolean): Promise<void> {
  try {
    await sendHeartbeat(code, active)
  } catch (error) {
    // Refused means closed: another window may have submitted the case.
    if (error instanceof ApiError && error.status === 409) await session.lookAgain()
    else throw error
  }
}
