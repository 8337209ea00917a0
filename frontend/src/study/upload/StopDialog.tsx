import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { discardUpload } from '../../api/client'
import type { Study } from '../../api/types'
import { formatBytes } from '../../format'
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
          {filesSent} of {files} files ({formatBytes(sentBytes)}) have arrived. Keep them and go on
          another time, or destroy them.
        </Text>
        {discard.isError && (
          <Alert color="red" role="alert">
            {discard.error.message}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button
            variant="default"
            color="red"
            loading={discard.isPending}
            onClick={() => {
              discard.mutate()
            }}
          >
            Destroy them
          </Button>
          <Button
            variant="default"
            onClick={() => {
              sending.discard()
            }}
          >
            Stop, keep for later
          </Button>
          <Button onClick={onClose} data-autofocus>
            Keep sending
          </Button>
        </Group>
      </Stack>
    </Dialog>
  )
}
