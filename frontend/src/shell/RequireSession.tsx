import { Navigate, Outlet, useLocation } from 'react-router'
import { useSession } from '../api/queries'
import { FailureState, LoadingState } from './PageStates'

/** Shows the routes inside it to a logged-in user; anyone else logs in first and comes back. */
export function RequireSession() {
  const session = useSession()
  const location = useLocation()
  if (session.isPending) return <LoadingState what="your session" />
  if (session.isError) {
    return (
      <main>
        <FailureState titleOrder={1} error={session.error} onRetry={() => void session.refetch()} />
      </main>
    )
  }
  if (session.data.user === null) {
    return <Navigate to="/login" replace state={{ from: location.pathname + location.search }} />
  }
  return <Outlet />
}
