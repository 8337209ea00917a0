import { Alert, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { discardUpload } from '../../api/client'
import type { Study, Upload } from '../../api/types'
import { countOf, formatBytes, formatDateTime, formatPercent } from '../../format'
import { Dialog } from '../../shell/Dialog'
import { useStudyChange } from '../useStudyChange'
import { useRunningUpload } from './runningUploads'
import classes from './UploadPanel.module.css'

interface UnfinishedUploadsProps {
  study: Study
  /** Those of which files are still to come. */
  uploads: Upload[]
  /** The one whose files are being asked for. */
  chosen: Upload | null
  onGoOn: (upload: Upload) => void
}

/** Uploads that were interrupted, by a reload or a closed laptop, to go on with or discard. */
export function UnfinishedUploads({ study, uploads, chosen, onGoOn }: UnfinishedUploadsProps) {
  const running = useRunningUpload(study.id)
  const shown = uploads.filter(({ id }) => id !== running?.upload.id && id !== chosen?.id)
  if (shown.length === 0) return null
  return (
    <Paper component="section" withBorder px="lg" py="md" aria-label="Unfinished uploads">
      <Title order={2} mb={4}>
        Not finished
      </Title>
      {shown.map((upload) => (
        <div key={upload.id} className={classes.unfinished}>
          <div>
            <Text fw={500} truncate title={upload.filename}>
              {upload.filename}
            </Text>
            <Text size="sm" c="dimmed">
              {outline(upload)}
            </Text>
          </div>
          <Group gap="sm">
            <Button
              variant="default"
              size="xs"
              disabled={running !== undefined}
              onClick={() => {
                onGoOn(upload)
              }}
            >
              Go on
            </Button>
            <Discard study={study} upload={upload} />
          </Group>
        </div>
      ))}
    </Paper>
  )
}

function outline(upload: Upload): string {
  const { site, received_bytes: received, size_bytes: size, uploaded_by: by } = upload
  return [
    site,
    `${formatBytes(received)} of ${formatBytes(size)} arrived (${formatPercent(size === 0 ? 0 : received / size, 0)})`,
    countOf(upload.file_count, 'file'),
    `begun by ${by ?? 'nobody known'}, ${formatDateTime(upload.created_at)}`,
    upload.expires_at === null ? '' : `kept until ${formatDateTime(upload.expires_at)}`,
  ]
    .filter((part) => part !== '')
    .join(' · ')
}

function Discard({ study, upload }: { study: Study; upload: Upload }) {
  const [asked, { open, close }] = useDisclosure(false)
  const discard = useStudyChange(study.id, () => discardUpload(study.id, upload.id), close)
  return (
    <>
      <Button variant="default" size="xs" onClick={open}>
        Discard
      </Button>
      <Dialog title={`Discard ${upload.filename}?`} opened={asked} onClose={close}>
        <Stack>
          <Text>
            The {formatBytes(upload.received_bytes)} that have arrived are destroyed. If somebody is
            still sending this upload in another window, it stops there.
          </Text>
          {discard.isError && (
            <Alert color="red" role="alert">
              {discard.error.message}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Keep it
            </Button>
            <Button
              color="red"
              loading={discard.isPending}
              onClick={() => {
                discard.mutate(undefined)
              }}
            >
              Discard
            </Button>
          </Group>
        </Stack>
      </Dialog>
    </>
  )
}
