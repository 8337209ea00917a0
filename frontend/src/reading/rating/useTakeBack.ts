import { useRef, useState } from 'react'
import { ApiError, takeBack } from '../../api/client'
import type { JustSubmitted } from './justSubmitted'

export interface TakeBack {
  /** Bring the case back; does nothing while there is none, or it is on its way. */
  undo: () => void
  /** Why it did not come back, in words; empty when it did. */
  problem: string
}

/** Takes back the case that was submitted a moment ago. */
export function useTakeBack(
  submitted: JustSubmitted | null,
  onTakenBack: (code: string) => void,
): TakeBack {
  const [problem, setProblem] = useState('')
  const underWay = useRef(false)
  const undo = async () => {
    if (!submitted || underWay.current) return
    underWay.current = true
    setProblem('')
    try {
      await takeBack(submitted.code)
      onTakenBack(submitted.code)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      setProblem(error.message)
    } finally {
      underWay.current = false
    }
  }
  return { undo: () => void undo(), problem }
}
