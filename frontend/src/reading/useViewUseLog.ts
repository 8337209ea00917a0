import { useEffect, useState } from 'react'
import { sendViewUses } from '../api/client'
import type { RatingSession } from './rating/ratingSession'
import { ViewUseLog } from './viewUseLog'

/** The record of what the rater does to the images of a case, while it is on screen. */
export function useViewUseLog(code: string, session: RatingSession): ViewUseLog {
  const [log] = useState(() => {
    const isOver = () => session.snapshot().status === 'submitted'
    return new ViewUseLog(code, sendViewUses, sessionStorage, isOver)
  })
  useEffect(() => {
    log.enter()
    session.setBeforeSubmission(log.settle)
    window.addEventListener('pagehide', log.leave)
    window.addEventListener('pageshow', log.enter)
    return () => {
      window.removeEventListener('pagehide', log.leave)
      window.removeEventListener('pageshow', log.enter)
      log.leave()
    }
  }, [log, session])
  return log
}
