import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError } from '../api/client'
import { keys } from '../api/queries'

interface Basis {
  /** The state upon which the form's change is made. */
  etag: string
  /** Whether the newer state was loaded, which the form then shows beside what was entered. */
  isNewer: boolean
  loadNewer: () => Promise<void>
}

/** A form is based on what was there when it was opened, until the person looks at what is new. */
export function useBasis(studyId: string, now: { etag: string }): Basis {
  const queryClient = useQueryClient()
  const [opened] = useState(now.etag)
  const [isNewer, setIsNewer] = useState(false)
  return {
    etag: isNewer ? now.etag : opened,
    isNewer,
    loadNewer: async () => {
      await queryClient.invalidateQueries({ queryKey: keys.study(studyId) })
      setIsNewer(true)
    },
  }
}

export const wasChangedMeanwhile = (error: Error | null) =>
  error instanceof ApiError && error.status === 412
