import { Alert, Button, FileButton, Group, Paper, Progress, Select, Stack, Text, Title } from '@mantine/core'
import { Dropzone } from '@mantine/dropzone'
import { IconAlertTriangle, IconFileZip, IconFolder, IconUpload } from '@tabler/icons-react'
import { type ComponentProps, useState } from 'react'
import type { Study } from '../../api/types'
import { countOf, formatBytes } from '../../format'
import classes from './UploadPanel.module.css'
import { type UploadInBrowser, useUpload } from './useUpload'

// React's types leave this attribute out; it turns the picker into one for folders.
const folderPicker = { webkitdirectory: '' } as ComponentProps<'input'>

export function UploadPanel({ study }: { study: Study }) {
  const [site, setSite] = useState<string | null>(
    study.sites.length === 1 ? (study.sites[0]?.code ?? null) : null,
  )
  const [siteMissing, setSiteMissing] = useState(false)
  const upload = useUpload(study.id)
  const send = (files: readonly File[]) => {
    setSiteMissing(site === null)
    if (site !== null && files.length > 0) void upload.start(files, site)
  }
  return (
    <Paper component="section" withBorder p="lg" aria-label="Add cases">
      <Stack gap="md">
        <Group justify="space-between" align="flex-end">
          <div>
            <Title order={2}>Add cases</Title>
            <Text size="sm" c="dimmed">
              DICOM of non-contrast CT and DSA. Each patient becomes one case; names and other
              identifying data are removed.
            </Text>
          </div>
          <Select
            label="Site these patients are from"
            placeholder="Choose the site"
            w={260}
            data={study.sites.map(({ code, name }) => ({ value: code, label: `${code} · ${name}` }))}
            value={site}
            onChange={(value) => {
              setSite(value)
              setSiteMissing(false)
            }}
            error={siteMissing ? 'Choose the site, then add the files again' : undefined}
            allowDeselect={false}
          />
        </Group>
        {upload.error !== '' && (
          <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />}>
            {upload.error}
          </Alert>
        )}
        {upload.progress === null ? (
          <DropArea onFiles={send} />
        ) : (
          <Sending progress={upload.progress} onCancel={upload.cancel} />
        )}
      </Stack>
    </Paper>
  )
}

function DropArea({ onFiles }: { onFiles: (files: readonly File[]) => void }) {
  return (
    <Dropzone
      onDrop={onFiles}
      activateOnClick={false}
      activateOnKeyboard={false}
      tabIndex={-1}
      inputProps={{ 'aria-hidden': true, tabIndex: -1 }}
      className={classes.zone}
      p="lg"
    >
      <Group justify="center" gap="md" className={classes.inner}>
        <IconUpload size={22} aria-hidden />
        <Text>Drag folders, zip archives or DICOM files here, or</Text>
        <FileButton onChange={onFiles} multiple inputProps={{ 'aria-label': 'Files to upload' }}>
          {(props) => (
            <Button variant="default" leftSection={<IconFileZip size={16} aria-hidden />} {...props}>
              Choose files
            </Button>
          )}
        </FileButton>
        <FileButton
          onChange={onFiles}
          multiple
          inputProps={{ ...folderPicker, 'aria-label': 'Folder to upload' }}
        >
          {(props) => (
            <Button variant="default" leftSection={<IconFolder size={16} aria-hidden />} {...props}>
              Choose a folder
            </Button>
          )}
        </FileButton>
      </Group>
    </Dropzone>
  )
}

interface SendingProps {
  progress: NonNullable<UploadInBrowser['progress']>
  onCancel: () => void
}

function Sending({ progress, onCancel }: SendingProps) {
  const { files, sentBytes, totalBytes } = progress
  const sent = totalBytes === 0 ? 0 : sentBytes / totalBytes
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Text role="status">
          {sent < 1
            ? `Sending ${countOf(files, 'file')}: ${formatBytes(sentBytes)} of ${formatBytes(totalBytes)}`
            : 'All sent. The server is storing the files …'}
        </Text>
        <Button variant="default" size="xs" onClick={onCancel}>
          Cancel
        </Button>
      </Group>
      <Progress value={sent * 100} aria-label="Upload" animated={sent >= 1} />
      <Text size="sm" c="dimmed">
        Keep this page open until the files are sent.
      </Text>
    </Stack>
  )
}
