import { useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { keys } from '../api/queries'

/** Fetches anew what a change of the account may have changed: the account and the session. */
export function useAccountChange() {
  const queryClient = useQueryClient()
  return useCallback(async () => {
    await Promise.all([
      queryClient.invalidateQueries({ queryKey: keys.account }),
      queryClient.invalidateQueries({ queryKey: keys.session }),
    ])
  }, [queryClient])
}
