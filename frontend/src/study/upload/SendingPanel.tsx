import { Alert, Button, Group, Progress, Stack, Text, VisuallyHidden } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconAlertTriangle, IconPlayerPause, IconPlayerPlay, IconPlugOff } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { keys } from '../../api/queries'
import type { Study } from '../../api/types'
import { countOf, formatBytes, formatCount, formatTimeLeft } from '../../format'
import { type RunningUpload, useSendingSnapshot } from './runningUploads'
import type { SendingState, Snapshot } from './sendingState'
import { StopDialog } from './StopDialog'
import classes from './UploadPanel.module.css'

interface SendingPanelProps {
  study: Study
  running: RunningUpload
}

/** How far the sending is, and what stands in its way. */
export function SendingPanel({ study, running }: SendingPanelProps) {
  const { upload } = running
  const snapshot = useSendingSnapshot(running)
  const { state } = snapshot
  const [stopping, { open, close }] = useDisclosure(false)
  useFreshUploads(study.id)
  const isGoing = state.kind === 'sending' || state.kind === 'waiting'
  return (
    <Stack gap="xs" className={classes.panel} p="lg">
      <Group justify="space-between">
        <Text fw={600} className={classes.numbers}>
          {headline(snapshot, upload.filename)}
        </Text>
        <Group gap="sm">
          {(isGoing || state.kind === 'paused') && (
            <PauseButton running={running} paused={state.kind === 'paused'} />
          )}
          {state.kind !== 'completing' && (
            <Button variant="default" size="xs" onClick={open}>
              Cancel
            </Button>
          )}
        </Group>
      </Group>
      <Progress
        value={shareOf(snapshot) * 100}
        color={isGoing || state.kind === 'completing' ? undefined : 'gray'}
        aria-label={`Sending ${upload.filename}`}
        animated={state.kind === 'completing'}
      />
      <Text size="sm" c="dimmed" className={classes.numbers}>
        {numbers(snapshot)}
      </Text>
      <VisuallyHidden role="status">{announcement(snapshot)}</VisuallyHidden>
      <Obstacle state={state} running={running} />
      {isGoing && (
        <Text size="sm" c="dimmed">
          You may look at the study’s other pages; keep this window open until all is sent.
        </Text>
      )}
      <StopDialog study={study} running={running} opened={stopping} onClose={close} />
    </Stack>
  )
}

interface PauseButtonProps {
  running: RunningUpload
  paused: boolean
}

/** One button for both, so that whoever presses it by key can press it again. */
function PauseButton({ running: { sending }, paused }: PauseButtonProps) {
  const Icon = paused ? IconPlayerPlay : IconPlayerPause
  return (
    <Button
      variant={paused ? 'filled' : 'default'}
      size="xs"
      leftSection={<Icon size={14} aria-hidden />}
      onClick={() => {
        if (paused) sending.start()
        else sending.pause()
      }}
    >
      {paused ? 'Go on' : 'Pause'}
    </Button>
  )
}

/** Whatever was sent, given up or left is seen in the list as soon as the sending ends. */
function useFreshUploads(studyId: string) {
  const queryClient = useQueryClient()
  useEffect(
    () => () => {
      void queryClient.invalidateQueries({ queryKey: keys.uploads(studyId) })
      void queryClient.invalidateQueries({ queryKey: keys.room(studyId) })
    },
    [queryClient, studyId],
  )
}

const shareOf = ({ sentBytes, totalBytes }: Snapshot) =>
  totalBytes === 0 ? 1 : sentBytes / totalBytes

function headline({ state }: Snapshot, name: string): string {
  switch (state.kind) {
    case 'completing':
      return `All of ${name} has arrived. The server is being told …`
    case 'paused':
      return `${name} is paused`
    case 'waiting':
      return `${name} waits for the connection`
    case 'stopped':
      return `${name} has stopped`
    default:
      return `Sending ${name}`
  }
}

function numbers(snapshot: Snapshot): string {
  const { files, filesSent, sentBytes, totalBytes, bytesPerSecond, secondsLeft } = snapshot
  const parts = [
    `${formatCount(filesSent)} of ${countOf(files, 'file')}`,
    `${formatBytes(sentBytes)} of ${formatBytes(totalBytes)}`,
  ]
  if (bytesPerSecond !== null) parts.push(`${formatBytes(bytesPerSecond)}/s`)
  if (secondsLeft !== null) parts.push(formatTimeLeft(secondsLeft))
  return parts.join(' · ')
}

const ANNOUNCED_EVERY = 0.25

/** Changes rarely: a screen reader reads every change aloud. */
function announcement(snapshot: Snapshot): string {
  switch (snapshot.state.kind) {
    case 'sending': {
      const share = Math.floor(shareOf(snapshot) / ANNOUNCED_EVERY) * ANNOUNCED_EVERY
      return `Sending, ${Math.round(share * 100)} % done`
    }
    case 'paused':
      return 'Sending is paused'
    default:
      return ''
  }
}

/** What stopped it and what to do; the server's own words where they say both. */
function explanation({ reason, problem }: Extract<SendingState, { kind: 'stopped' }>): string {
  switch (reason) {
    case 'full':
      return problem
    case 'signed-out':
      return 'Your log-in had ended. What has arrived is kept. Log in again, then go on.'
    case 'gone':
      return 'This upload is no longer on the server: it was completed or discarded, or has expired.'
    case 'unreadable':
      return `${problem} What has arrived is kept. Put the file back and try again, or cancel.`
    case 'refused':
      return `${problem} What has arrived is kept.`
  }
}

function Obstacle({ state, running: { sending } }: { state: SendingState; running: RunningUpload }) {
  if (state.kind === 'waiting') {
    return (
      <Alert color="yellow" role="alert" icon={<IconPlugOff aria-hidden />} py="xs">
        <Group justify="space-between" gap="sm">
          <Text size="sm" flex={1} miw={300}>
            {state.problem || 'The server cannot be reached.'} What has arrived is kept. Sending
            goes on by itself.
          </Text>
          <Button
            variant="default"
            size="xs"
            onClick={() => {
              sending.hurry()
            }}
          >
            Try now
          </Button>
        </Group>
      </Alert>
    )
  }
  if (state.kind !== 'stopped') return null
  return (
    <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />} py="xs">
      <Group justify="space-between" gap="sm">
        <Text size="sm" flex={1} miw={300}>
          {explanation(state)}
        </Text>
        {state.reason === 'gone' ? (
          <Button
            variant="default"
            size="xs"
            onClick={() => {
              sending.discard()
            }}
          >
            Close
          </Button>
        ) : (
          <Button
            variant="default"
            size="xs"
            onClick={() => {
              sending.start()
            }}
          >
            Try again
          </Button>
        )}
      </Group>
    </Alert>
  )
}
