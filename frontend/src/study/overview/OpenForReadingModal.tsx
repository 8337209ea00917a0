import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { openForReading } from '../../api/client'
import type { Study } from '../../api/types'
import { countOf } from '../../format'
import { Dialog } from '../../shell/Dialog'
import { useStudyAction } from './useStudyAction'

interface OpenForReadingModalProps {
  study: Study
  opened: boolean
  onClose: () => void
}

export function OpenForReadingModal({ study, opened, onClose }: OpenForReadingModalProps) {
  const opening = useStudyAction(
    () => openForReading(study.id),
    () => {
      onClose()
      notifications.show({ message: 'The study is open for reading.' })
    },
  )
  return (
    <Dialog title="Open for reading?" opened={opened} onClose={onClose}>
      <Stack>
        <Text>
          Each of {countOf(study.raters.length, 'rater')} gets {countOf(study.counts.ready, 'case')}{' '}
          in an order of their own. From then on what a case is read for, the calibration, the
          repeats and the levels of the scale stay as they are. Cases can still be added or
          withdrawn.
        </Text>
        {opening.isError && (
          <Alert color="red" role="alert">
            {opening.error.message}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Not yet
          </Button>
          <Button
            data-autofocus
            loading={opening.isPending}
            onClick={() => {
              opening.mutate(undefined)
            }}
          >
            Open for reading
          </Button>
        </Group>
      </Stack>
    </Dialog>
  )
}
