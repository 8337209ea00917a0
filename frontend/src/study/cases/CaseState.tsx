import { Button, Group, Progress, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconCircleCheck, IconCircleX, IconClock, IconRefresh } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { retryCase } from '../../api/client'
import { keys } from '../../api/queries'
import type { StudyCase } from '../../api/types'
import { formatPercent, formatTimeLeft } from '../../format'
import classes from './CaseTable.module.css'

interface CaseStateProps {
  studyId: string
  studyCase: StudyCase
}

export function CaseState({ studyId, studyCase }: CaseStateProps) {
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
    case 'failed':
      return <Failed studyId={studyId} studyCase={studyCase} />
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

function Failed({ studyId, studyCase }: CaseStateProps) {
  const queryClient = useQueryClient()
  const retry = useMutation({
    mutationFn: () => retryCase(studyId, studyCase.id),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.cases(studyId) }),
    onError: (error) => {
      notifications.show({
        color: 'red',
        title: `${studyCase.code} was not started again`,
        message: error.message,
      })
    },
  })
  return (
    <Group gap="sm" wrap="nowrap" justify="space-between">
      <Group gap={6} wrap="nowrap" align="flex-start" className={classes.message}>
        <IconCircleX size={17} aria-hidden />
        <span>Failed. {studyCase.message}</span>
      </Group>
      <Button
        variant="default"
        size="compact-sm"
        flex="none"
        leftSection={<IconRefresh size={14} aria-hidden />}
        loading={retry.isPending}
        aria-label={`Try again: ${studyCase.code}`}
        onClick={() => {
          retry.mutate()
        }}
      >
        Try again
      </Button>
    </Group>
  )
}
