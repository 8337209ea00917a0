import { Anchor, Button, Group, Progress, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import {
  IconArchive,
  IconCircleCheck,
  IconCircleX,
  IconClock,
  IconEye,
  IconRefresh,
  IconTrash,
} from '@tabler/icons-react'
import { Link } from 'react-router'
import { cancelCase, retryCase } from '../../api/client'
import type { Study, StudyCase } from '../../api/types'
import { formatPercent, formatTimeLeft } from '../../format'
import { mayChangeCohort } from '../rights'
import classes from './CaseTable.module.css'
import { useStudyChange } from '../useStudyChange'

interface CaseStateProps {
  study: Study
  studyCase: StudyCase
}

export function CaseState({ study, studyCase }: CaseStateProps) {
  if (studyCase.deleted) return <Deleted studyCase={studyCase} />
  if (studyCase.withdrawn_at !== null) return <Withdrawn studyCase={studyCase} />
  switch (studyCase.state) {
    case 'ready':
      return (
        <Group gap={6}>
          <IconCircleCheck size={17} color="var(--mantine-color-teal-8)" aria-hidden />
          Ready
        </Group>
      )
    case 'waiting':
      return <Waiting study={study} studyCase={studyCase} />
    case 'review':
      return (
        <Group gap={6} wrap="nowrap">
          <IconEye size={17} color="var(--mantine-color-orange-8)" aria-hidden />
          <Anchor component={Link} to={`/studies/${study.id}/review`} inherit>
            Waits for your release
          </Anchor>
        </Group>
      )
    case 'failed':
      return <Stopped outcome="Failed." study={study} studyCase={studyCase} />
    case 'cancelled':
      return <Stopped outcome="Stopped." study={study} studyCase={studyCase} />
    case 'segmenting':
      return <Working label="Segmenting" study={study} studyCase={studyCase} />
    case 'preparing':
      return <Working label="Preparing images" study={study} studyCase={studyCase} />
  }
}

function Waiting({ study, studyCase }: CaseStateProps) {
  return (
    <Group gap="sm" wrap="nowrap" justify="space-between">
      <Group gap={6} wrap="nowrap" align="flex-start" c="dimmed">
        <IconClock size={17} aria-hidden />
        {studyCase.message || 'Waiting for a worker'}
      </Group>
      {mayChangeCohort(study) && <StopButton study={study} studyCase={studyCase} />}
    </Group>
  )
}

function Working({ label, study, studyCase }: { label: string } & CaseStateProps) {
  const { code, message, progress, seconds_left } = studyCase
  return (
    <Group gap="sm" wrap="nowrap" justify="space-between">
      <Stack gap={4} maw={300} flex={1}>
        <Group justify="space-between" gap="xs">
          <Text span size="sm">
            {label}
          </Text>
          <Text span size="sm" c="dimmed">
            {seconds_left === null ? formatPercent(progress, 0) : formatTimeLeft(seconds_left)}
          </Text>
        </Group>
        <Progress value={progress * 100} size="sm" aria-label={`${label} ${code}`} />
        {message && (
          <Text span size="sm" c="dimmed">
            {message}
          </Text>
        )}
      </Stack>
      {mayChangeCohort(study) && <StopButton study={study} studyCase={studyCase} />}
    </Group>
  )
}

function Deleted({ studyCase }: { studyCase: StudyCase }) {
  return (
    <Group gap={6} wrap="nowrap" align="flex-start" c="dimmed" className={classes.withdrawn}>
      <IconTrash size={17} aria-hidden />
      <span>Images deleted on request. {studyCase.withdrawn_at !== null && 'Withdrawn.'}</span>
    </Group>
  )
}

function Withdrawn({ studyCase }: { studyCase: StudyCase }) {
  return (
    <Group gap={6} wrap="nowrap" align="flex-start" c="dimmed" className={classes.withdrawn}>
      <IconArchive size={17} aria-hidden />
      <span>Withdrawn. {studyCase.withdrawn_reason}</span>
    </Group>
  )
}

function Stopped({ outcome, study, studyCase }: { outcome: string } & CaseStateProps) {
  return (
    <Group gap="sm" wrap="nowrap" justify="space-between">
      <Group gap={6} wrap="nowrap" align="flex-start" className={classes.message}>
        <IconCircleX size={17} aria-hidden />
        <span>
          {outcome} {studyCase.message}
        </span>
      </Group>
      {mayChangeCohort(study) && <RetryButton study={study} studyCase={studyCase} />}
    </Group>
  )
}

function RetryButton({ study, studyCase }: CaseStateProps) {
  const retry = useStudyChange(
    study.id,
    () => retryCase(study.id, studyCase.id),
    () => undefined,
  )
  return (
    <Button
      variant="default"
      size="compact-sm"
      flex="none"
      leftSection={<IconRefresh size={14} aria-hidden />}
      loading={retry.isPending}
      aria-label={`Try again: ${studyCase.code}`}
      onClick={() => {
        retry.mutate(undefined, { onError: sayThat(`${studyCase.code} was not started again`) })
      }}
    >
      Try again
    </Button>
  )
}

/** Needs no confirmation: nothing is lost, and "Try again" takes its place. */
function StopButton({ study, studyCase }: CaseStateProps) {
  const stop = useStudyChange(
    study.id,
    () => cancelCase(study.id, studyCase.id),
    () => undefined,
  )
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      flex="none"
      loading={stop.isPending}
      aria-label={`Stop: ${studyCase.code}`}
      onClick={() => {
        stop.mutate(undefined, { onError: sayThat(`${studyCase.code} was not stopped`) })
      }}
    >
      Stop
    </Button>
  )
}

function sayThat(title: string) {
  return (error: Error) => {
    notifications.show({ color: 'red', title, message: error.message })
  }
}
