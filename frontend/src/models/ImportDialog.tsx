import {
  Alert,
  Button,
  FileInput,
  Group,
  NumberInput,
  Progress,
  Stack,
  Textarea,
  TextInput,
} from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { announceModel, modelFileAddress } from '../api/client'
import { putFile } from '../api/fileTransfer'
import { keys } from '../api/queries'
import { formatBytes } from '../format'
import { Dialog } from '../shell/Dialog'

interface ImportDialogProps {
  maxBytes: number
  opened: boolean
  onClose: () => void
}

const LONGEST_NOTICE = 200

export function ImportDialog({ maxBytes, opened, onClose }: ImportDialogProps) {
  return (
    <Dialog title="Import a model" opened={opened} onClose={onClose}>
      <ImportForm maxBytes={maxBytes} onClose={onClose} />
    </Dialog>
  )
}

function ImportForm({ maxBytes, onClose }: Omit<ImportDialogProps, 'opened'>) {
  const [file, setFile] = useState<File | null>(null)
  const [name, setName] = useState('')
  const [notice, setNotice] = useState('')
  const [configuration, setConfiguration] = useState('')
  const [smallest, setSmallest] = useState<number | string>(0)
  const [sent, setSent] = useState(0)
  const queryClient = useQueryClient()
  const sending = useMutation({
    mutationFn: async (zip: File) => {
      setSent(0)
      const begun = await announceModel({
        file_name: zip.name,
        size_bytes: zip.size,
        name,
        notice,
        configuration,
        smallest_component_mm3: Number(smallest),
      })
      await putFile(modelFileAddress(begun.id), zip, setSent)
    },
    onSuccess: async () => {
      notifications.show({ message: 'The model has arrived and is being checked.' })
      onClose()
      await queryClient.invalidateQueries({ queryKey: keys.models })
    },
  })
  const tooLarge = file !== null && file.size > maxBytes
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (file) sending.mutate(file)
      }}
    >
      <Stack>
        <FileInput
          label="Exported model"
          description={`The zip that nnUNetv2_export_model_to_zip wrote, at most ${formatBytes(maxBytes)}`}
          placeholder="Choose the zip"
          accept=".zip,application/zip"
          value={file}
          onChange={setFile}
          error={tooLarge && 'The file is larger than that.'}
          disabled={sending.isPending}
        />
        <TextInput
          label="Name"
          description="Small letters, digits, points and dashes"
          placeholder="arteries-2026"
          maxLength={100}
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value)
          }}
        />
        <Textarea
          label="Notice"
          description="Shown wherever the model’s segmentations are"
          placeholder="Research model, trained on … Not for clinical use."
          rows={2}
          maxLength={LONGEST_NOTICE}
          value={notice}
          onChange={(event) => {
            setNotice(event.currentTarget.value)
          }}
        />
        <Group grow align="flex-end">
          <TextInput
            label="Configuration"
            description="If the zip holds several"
            placeholder="3d_fullres"
            value={configuration}
            onChange={(event) => {
              setConfiguration(event.currentTarget.value)
            }}
          />
          <NumberInput
            label="Smallest part kept, mm³"
            description="0 keeps every part"
            min={0}
            max={10000}
            value={smallest}
            onChange={setSmallest}
          />
        </Group>
        {sending.isPending && <Progress value={sent * 100} aria-label="Sent" />}
        {sending.isError && (
          <Alert color="red" role="alert">
            {sending.error.message}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            disabled={!file || tooLarge || name === '' || notice.trim() === ''}
            loading={sending.isPending}
          >
            Import
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
