import { Button, Group, Loader, Popover, Stack, Text } from '@mantine/core'
import { IconPhotoPlus, IconRefresh, IconTrash } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useRef } from 'react'
import { exampleImageAddress, sendExampleImage } from '../../api/client'
import classes from './ScaleSection.module.css'
import type { Editor } from './useProtocolEditor'

interface ExampleImageProps {
  editor: Editor
  of: string
  sha256: string | null
  problem: string | undefined
  onChange: (sha256: string | null) => void
}

export function ExampleImage({ editor, of, sha256, problem, onChange }: ExampleImageProps) {
  const picker = useRef<HTMLInputElement>(null)
  const sending = useMutation({
    mutationFn: (image: File) => sendExampleImage(editor.studyId, image),
    onSuccess: (stored) => {
      onChange(stored.sha256)
    },
  })
  const choose = () => picker.current?.click()
  const failure = sending.error?.message ?? problem
  return (
    <div>
      <input
        ref={picker}
        type="file"
        hidden
        accept="image/png,image/jpeg"
        aria-label={`Example image of ${of}`}
        onChange={(event) => {
          const image = event.currentTarget.files?.[0]
          // The same file can be chosen again after a failure.
          event.currentTarget.value = ''
          if (image) sending.mutate(image)
        }}
      />
      {sha256 === null ? (
        <button
          type="button"
          className={classes.example}
          aria-label={`Add an example image to ${of}`}
          title="Add an example image (PNG or JPEG, at most 5 MB)"
          onClick={choose}
        >
          {sending.isPending ? <Loader size={16} /> : <IconPhotoPlus size={18} aria-hidden />}
        </button>
      ) : (
        <Filled
          address={exampleImageAddress(editor.studyId, sha256)}
          of={of}
          isSending={sending.isPending}
          onReplace={choose}
          onRemove={() => {
            onChange(null)
          }}
        />
      )}
      {failure !== undefined && (
        <Text size="xs" c="red.8" role="alert">
          {failure}
        </Text>
      )}
    </div>
  )
}

interface FilledProps {
  address: string
  of: string
  isSending: boolean
  onReplace: () => void
  onRemove: () => void
}

/** The image as a thumbnail; a click shows it large, to be replaced or removed. */
function Filled({ address, of, isSending, onReplace, onRemove }: FilledProps) {
  return (
    <Popover position="left" withArrow trapFocus shadow="md">
      <Popover.Target>
        <button
          type="button"
          className={classes.example}
          data-filled
          aria-label={`Example image of ${of}: show, replace or remove`}
        >
          {isSending ? <Loader size={16} /> : <img src={address} alt="" />}
        </button>
      </Popover.Target>
      <Popover.Dropdown p="xs" aria-label={`Example image of ${of}`}>
        <Stack gap="xs">
          <img src={address} alt={`Example of ${of}`} className={classes.large} />
          <Group gap="xs">
            <Button
              variant="default"
              size="xs"
              leftSection={<IconRefresh size={15} aria-hidden />}
              onClick={onReplace}
            >
              Replace
            </Button>
            <Button
              variant="default"
              size="xs"
              leftSection={<IconTrash size={15} aria-hidden />}
              onClick={onRemove}
            >
              Remove
            </Button>
          </Group>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
