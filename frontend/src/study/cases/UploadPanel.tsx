import {
  Alert,
  Button,
  FileButton,
  Group,
  Paper,
  Progress,
  Select,
  Stack,
  Text,
  Title,
} from '@mantine/core'
import { Dropzone } from '@mantine/dropzone'
import { IconAlertTriangle, IconFileZip, IconFolder } from '@tabler/icons-react'
import { type ComponentProps, type ReactNode, useState } from 'react'
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
    <Stack component="section" aria-label="Add cases" gap="xs">
      {upload.error !== '' && (
        <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />}>
          {upload.error}
        </Alert>
      )}
      {upload.progress !== null ? (
        <Sending progress={upload.progress} onCancel={upload.cancel} />
      ) : (
        <DropArea onFiles={send}>
          <Select
            label="Site of these patients"
            placeholder="Choose the site"
            w={240}
            data={study.sites.map(({ code, name }) => ({
              value: code,
              label: `${code} · ${name}`,
            }))}
            value={site}
            onChange={(value) => {
              setSite(value)
              setSiteMissing(false)
            }}
            error={siteMissing ? 'Choose the site, then add the files again' : undefined}
            allowDeselect={false}
          />
        </DropArea>
      )}
    </Stack>
  )
}

interface DropAreaProps {
  onFiles: (files: readonly File[]) => void
  children: ReactNode
}

function DropArea({ onFiles, children }: DropAreaProps) {
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
      <Group justify="space-between" align="flex-start" gap="lg" className={classes.inner}>
        <Stack gap={4} flex={1} miw={300}>
          <Title order={2}>Add cases</Title>
          <Text size="sm" c="dimmed">
            Drag folders, zip archives or DICOM files of non-contrast CT and DSA here. Each patient
            becomes one case; names and other identifying data are removed.
          </Text>
        </Stack>
        <Group gap="sm" align="flex-start">
          {children}
          <PickButton label="Files to upload" icon={<IconFileZip size={16} />} onFiles={onFiles}>
            Choose files
          </PickButton>
          <PickButton
            label="Folder to upload"
            icon={<IconFolder size={16} />}
            onFiles={onFiles}
            inputProps={folderPicker}
          >
            Choose a folder
          </PickButton>
        </Group>
      </Group>
    </Dropzone>
  )
}

interface PickButtonProps extends DropAreaProps {
  label: string
  icon: ReactNode
  inputProps?: ComponentProps<'input'>
}

function PickButton({ label, icon, onFiles, inputProps, children }: PickButtonProps) {
  return (
    <FileButton onChange={onFiles} multiple inputProps={{ ...inputProps, 'aria-label': label }}>
      {(props) => (
        // The margin lines it up with the select, which has its label above it.
        <Button variant="default" leftSection={icon} mt={23} {...props}>
          {children}
        </Button>
      )}
    </FileButton>
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
    <Paper withBorder p="lg">
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
    </Paper>
  )
}
