import { useEffect, useState } from 'react'
import { useLocation } from 'react-router'
import { useSession } from '../../api/queries'
import type { WorkClock } from '../workClock'
import { hasSeenTour, isFromList, rememberTour } from './tourMemory'

/** The tour over the first case of who never saw it; the clock of the case rests meanwhile. */
export function useTour(clock: WorkClock) {
  const username = useSession().data?.user?.username ?? ''
  const fromList = isFromList(useLocation().state)
  const [asked, setAsked] = useState<boolean | null>(null)
  const shown = asked ?? (fromList && username !== '' && !hasSeenTour(username))
  useEffect(() => {
    if (!shown) return
    clock.pause()
    return clock.resume
  }, [shown, clock])
  return {
    shown,
    start: () => {
      setAsked(true)
    },
    end: () => {
      rememberTour(username)
      setAsked(false)
    },
  }
}
