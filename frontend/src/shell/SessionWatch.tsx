import { Button, Modal, Stack, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react'
import { onActivity } from '../api/activity'
import { getSession } from '../api/client'
import { keys, useSession } from '../api/queries'
import {
  hasSessionEnded,
  noteSessionEnd,
  noteSignedInAgain,
  onSessionEnd,
} from '../api/sessionEnd'
import type { Session } from '../api/types'
import { LoginForm } from '../login/LoginForm'
import { sessionWarning } from './sessionWarning'
import classes from './SessionWatch.module.css'

const ASK_EVERY_MS = 60_000
const COUNT_EVERY_MS = 1000

/** Warns before the session ends, and when it has, lets its person in again over the page. */
export function SessionWatch({ username }: { username: string }) {
  const queryClient = useQueryClient()
  const { data: session, dataUpdatedAt } = useSession()
  const ended = useSyncExternalStore(onSessionEnd, hasSessionEnded)
  const now = useNow(session?.ends_in_s ?? null)
  const ask = useCallback(async () => {
    const told = await getSession().catch(() => null)
    if (told === null) return
    queryClient.setQueryData(keys.session, told)
    if (told.user?.username !== username) noteSessionEnd()
  }, [queryClient, username])

  useEffect(() => {
    if (session?.user === null) noteSessionEnd()
  }, [session])

  const warning = ended ? null : sessionWarning(session, now - dataUpdatedAt)
  useEffect(() => {
    if (ended) return
    const regularly = window.setInterval(() => void ask(), ASK_EVERY_MS)
    return () => {
      window.clearInterval(regularly)
    }
  }, [ask, ended])

  const warned = warning !== null && !warning.inAnyCase
  useEffect(() => {
    // Whoever moves the mouse at the warning is there: the session goes on at once.
    if (warned) return onActivity(() => void ask())
  }, [warned, ask])

  const over = warning?.over === true
  useEffect(() => {
    if (over) void ask()
  }, [over, ask])

  const comeBack = (told: Session) => {
    if (told.user?.username !== username) {
      // Nothing of the page before is for somebody else.
      window.location.assign('/')
      return
    }
    queryClient.setQueryData(keys.session, told)
    noteSignedInAgain()
    void queryClient.invalidateQueries({ predicate: ({ state }) => state.status === 'error' })
  }
  return (
    <>
      {warning && !warning.over && (
        <div role="alert" className={classes.warning}>
          <span>{warning.text}</span>
          {!warning.inAnyCase && (
            <Button size="xs" onClick={() => void ask()}>
              Stay logged in
            </Button>
          )}
        </div>
      )}
      {ended && <LogInAgain username={username} onLoggedIn={comeBack} />}
    </>
  )
}

function useNow(needed: number | null): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (needed === null) return
    const clock = window.setInterval(() => {
      setNow(Date.now())
    }, COUNT_EVERY_MS)
    return () => {
      window.clearInterval(clock)
    }
  }, [needed])
  return now
}

interface LogInAgainProps {
  username: string
  onLoggedIn: (session: Session) => void
}

function LogInAgain({ username, onLoggedIn }: LogInAgainProps) {
  return (
    <Modal.Root
      opened
      onClose={() => undefined}
      closeOnEscape={false}
      closeOnClickOutside={false}
      centered
      size={420}
      zIndex={1000}
    >
      <Modal.Overlay backgroundOpacity={0.75} blur={14} />
      <Modal.Content>
        <Modal.Body p="lg">
          <Stack gap="md">
            <Modal.Title fz="xl" fw={600}>
              Log in again
            </Modal.Title>
            <Text size="sm">
              Your session has ended, {username}. The page behind is kept as it is, with everything
              you entered.
            </Text>
            <LoginForm username={username} onLoggedIn={onLoggedIn} />
            <Text size="sm" c="dimmed">
              You are somebody else? <a href="/login">Log in on a page of your own</a>; what is not
              saved here is lost then.
            </Text>
          </Stack>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}
