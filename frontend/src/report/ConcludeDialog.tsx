import { Alert, Button, Group, List, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { concludeStudy } from '../api/client'
import type { Study } from '../api/types'
import { Dialog } from '../shell/Dialog'
import { useAdjudicationAction } from './useAdjudicationAction'

interface ConcludeDialogProps {
  study: Study
  opened: boolean
  onClose: () => void
}

export function ConcludeDialog(props: ConcludeDialogProps) {
  return (
    <Dialog title="Conclude the study?" opened={props.opened} onClose={props.onClose}>
      <ConcludeForm {...props} />
    </Dialog>
  )
}

function ConcludeForm({ study, onClose }: ConcludeDialogProps) {
  const [name, setName] = useState('')
  const concluding = useAdjudicationAction(
    study.id,
    (typed) => concludeStudy(study.id, typed),
    () => {
      onClose()
      notifications.show({ message: 'The study is concluded.' })
    },
  )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        concluding.mutate(name.trim())
      }}
    >
      <Stack>
        <List spacing={6}>
          <List.Item>The consensus is stored and its hash recorded.</List.Item>
          <List.Item>The report stays as it is.</List.Item>
        </List>
        <Text fw={600}>This cannot be undone.</Text>
        <TextInput
          data-autofocus
          label="To confirm, type the study’s name"
          description={study.name}
          autoComplete="off"
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value)
          }}
        />
        {concluding.isError && (
          <Alert color="red" role="alert">
            {concluding.error.message}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            disabled={name.trim() !== study.name}
            loading={concluding.isPending}
          >
            Conclude study
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
