import { useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { keys } from '../api/queries'
import type { Session } from '../api/types'

/** Begins a session in this page, with nothing left of whoever was here before. */
export function useEnter() {
  const queryClient = useQueryClient()
  return useCallback(
    (session: Session) => {
      // The session that ended here may have been somebody else's.
      queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== keys.session[0] })
      queryClient.setQueryData(keys.session, session)
    },
    [queryClient],
  )
}
