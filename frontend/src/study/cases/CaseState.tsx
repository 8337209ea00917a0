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
import { retryCase } from '../../api/client'
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
      return (
        <Group gap={6} c="dimmed">
          <IconClock size={17} aria-hidden />
          Waiting for a worker
        </Group>
      )
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
      return <Failed study={study} studyCase={studyCase} />
    case 'segmenting':
      return <Working label="Segmenting" studyCase={studyCase} />
    case 'preparing':
      return <Working label="Preparing images" studyCase={studyCase} />
  }
}

function Working({ label, studyCase }: { label: string; studyCase: StudyCase }) {
  const { code, progress, seconds_left } = studyCase
  return (
    <Stack gap={4} maw={300}>
      <Group justify="space-between" gap="xs">
        <Text span size="sm">
          {label}
        </Text>
        <Text span size="sm" c="dimmed">
          {seconds_left === null ? formatPercent(progress, 0) : formatTimeLeft(seconds_left)}
        </Text>
      </Group>
      <Progress value={progress * 100} size="sm" aria-label={`${label} ${code}`} />
    </Stack>
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

function Failed({ study, studyCase }: CaseStateProps) {
  return (
    <Group gap="sm" wrap="nowrap" justify="space-between">
      <Group gap={6} wrap="nowrap" align="flex-start" className={classes.message}>
        <IconCircleX size={17} aria-hidden />
        <span>Failed. {studyCase.message}</span>
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
        retry.mutate(undefined, {
          onError: (error) => {
            notifications.show({
              color: 'red',
              title: `${studyCase.code} was not started again`,
              message: error.message,
            })
          },
        })
      }}
    >
      Try again
    </Button>
  )
}
