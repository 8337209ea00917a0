import { Alert, Button, Stack } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { acceptInvitation, getSession, logOut } from '../api/client'
import { keys } from '../api/queries'
import type { User } from '../api/types'
import { useJoin } from './useJoin'

/** Somebody is logged in already: perhaps the one who is invited, perhaps a colleague. */
export function JoinAsYourself({ token, user }: { token: string; user: User }) {
  const queryClient = useQueryClient()
  const joining = useJoin(async () => {
    // A role is for good, and at a shared computer another window may have logged somebody in.
    const session = await getSession()
    if (session.user?.username !== user.username) {
      queryClient.setQueryData(keys.session, session)
      throw new Error('The log-in has changed in another window. See who is logged in now.')
    }
    return acceptInvitation(token)
  })
  const leaving = useMutation({
    mutationFn: logOut,
    // A fresh page leaves nothing of this user in the browser's memory.
    onSuccess: () => {
      window.location.reload()
    },
  })
  const error = joining.error ?? leaving.error
  return (
    <Stack gap="sm">
      {error && (
        <Alert color="red" role="alert">
          {error.message}
        </Alert>
      )}
      <Button
        loading={joining.isPending}
        onClick={() => {
          joining.mutate(undefined)
        }}
      >
        Join as {user.full_name || user.username}
      </Button>
      <Button
        variant="subtle"
        loading={leaving.isPending}
        onClick={() => {
          leaving.mutate()
        }}
      >
        I am somebody else: log out
      </Button>
    </Stack>
  )
}
