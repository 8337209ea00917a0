import { useState } from 'react'
import { Navigate, Outlet, useLocation } from 'react-router'
import { useSession } from '../api/queries'
import { FailureState, LoadingState } from './PageStates'
import { SessionWatch } from './SessionWatch'

/**
 * Shows the routes inside it to a logged-in user; anyone else logs in first and comes back. Where
 * the session ends while a page is open, the page stays as it is, under a log-in.
 */
export function RequireSession() {
  const session = useSession()
  const location = useLocation()
  const [username, setUsername] = useState<string | null>(null)
  const present = session.data?.user?.username ?? null
  if (present !== null && username === null) setUsername(present)
  if (session.isPending) return <LoadingState what="your session" />
  if (session.isError && username === null) {
    return (
      <main>
        <FailureState titleOrder={1} error={session.error} onRetry={() => void session.refetch()} />
      </main>
    )
  }
  if (username === null) {
    return <Navigate to="/login" replace state={{ from: location.pathname + location.search }} />
  }
  return (
    <>
      <Outlet />
      <SessionWatch username={username} />
    </>
  )
}
