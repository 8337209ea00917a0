import { useEffect, useState, useSyncExternalStore } from 'react'
import { markRunOpened, saveDraft, submitCase } from '../api/client'
import type { ReadingCase } from '../api/types'
import { RatingSession } from './ratingSession'

/** The rating of a case; what is unsaved goes out when the network is back or the case is left. */
export function useRatingSession(reading: ReadingCase) {
  const [session] = useState(
    () => new RatingSession(reading, { saveDraft, submitCase, markRunOpened }, sessionStorage),
  )
  useEffect(() => {
    session.enter()
    window.addEventListener('online', session.saveNow)
    return () => {
      window.removeEventListener('online', session.saveNow)
      session.leave()
    }
  }, [session])
  const rating = useSyncExternalStore(session.subscribe, session.snapshot)
  return { session, rating }
}
