import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { discardUpload } from '../../api/client'
import type { Study } from '../../api/types'
import { countOf, formatBytes, formatCount } from '../../format'
import { Dialog } from '../../shell/Dialog'
import { type RunningUpload, useSendingSnapshot } from './runningUploads'

interface StopDialogProps {
  study: Study
  running: RunningUpload
  opened: boolean
  onClose: () => void
}

/** Asks what becomes of what has arrived. */
export function StopDialog({ study, running, opened, onClose }: StopDialogProps) {
  const { upload, sending } = running
  const { filesSent, files, sentBytes } = useSendingSnapshot(running)
  const discard = useMutation({
    mutationFn: () => {
      sending.pause()
      return discardUpload(study.id, upload.id)
    },
    onSuccess: () => {
      sending.discard()
    },
  })
  return (
    <Dialog title={`Stop sending ${upload.filename}?`} opened={opened} onClose={onClose}>
      <Stack>
        <Text>
          {formatCount(filesSent)} of {countOf(files, 'file')} ({formatBytes(sentBytes)}) have arrived. Stop and go on
          another time, or discard them: then they are destroyed.
        </Text>
        {discard.isError && (
          <Alert color="red" role="alert">
            {discard.error.message}
          </Alert>
        )}
        <Group justify="space-between" gap="xs">
          <Button
            variant="subtle"
            color="red"
            c="red.9"
            px="xs"
            loading={discard.isPending}
            onClick={() => {
              discard.mutate()
            }}
          >
            Discard
          </Button>
          <Group gap="xs">
            <Button
              variant="default"
              onClick={() => {
                sending.discard()
              }}
            >
              Stop, go on later
            </Button>
            <Button onClick={onClose} data-autofocus>
              Keep sending
            </Button>
          </Group>
        </Group>
      </Stack>
    </Dialog>
  )
}
