import { useEffect, useState, useSyncExternalStore } from 'react'
import { getReadingCase, markRunOpened, saveDraft, submitCase } from '../../api/client'
import type { ReadingCase } from '../../api/types'
import { isAtRisk } from './rating'
import { RatingSession } from './ratingSession'

const SERVER = { saveDraft, submitCase, markRunOpened, getReadingCase }

/** The rating of a case; what is unsaved goes out when the network is back or the page is left. */
export function useRatingSession(reading: ReadingCase) {
  const [session] = useState(() => new RatingSession(reading, SERVER, sessionStorage))
  useEffect(() => {
    const warn = (event: Event) => {
      if (isAtRisk(session.snapshot())) event.preventDefault()
    }
    session.enter()
    window.addEventListener('online', session.sendNow)
    window.addEventListener('pagehide', session.sendNow)
    window.addEventListener('beforeunload', warn)
    return () => {
      window.removeEventListener('online', session.sendNow)
      window.removeEventListener('pagehide', session.sendNow)
      window.removeEventListener('beforeunload', warn)
      session.leave()
    }
  }, [session])
  const rating = useSyncExternalStore(session.subscribe, session.snapshot)
  return { session, rating }
}
