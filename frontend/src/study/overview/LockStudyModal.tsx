import { Alert, Button, Group, List, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconLock } from '@tabler/icons-react'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { lockStudy } from '../../api/client'
import type { Study } from '../../api/types'
import { Dialog } from '../../shell/Dialog'
import { useStudyAction } from './useStudyAction'

interface LockStudyModalProps {
  study: Study
  opened: boolean
  onClose: () => void
}

export function LockStudyModal(props: LockStudyModalProps) {
  return (
    <Dialog title="Lock the study?" opened={props.opened} onClose={props.onClose}>
      <LockStudyForm {...props} />
    </Dialog>
  )
}

function LockStudyForm({ study, onClose }: LockStudyModalProps) {
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const locking = useStudyAction(
    () => lockStudy(study.id, name.trim()),
    () => {
      notifications.show({ message: 'The study is locked. This is its report.' })
      void navigate(`/studies/${study.id}/report`)
    },
  )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        locking.mutate(undefined)
      }}
    >
      <Stack>
        <List spacing={6}>
          <List.Item>No rating can be added or changed any more.</List.Item>
          <List.Item>A snapshot of all ratings is taken and its hash recorded.</List.Item>
          <List.Item>Rates and agreement are computed from it and become visible to you.</List.Item>
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
        {locking.isError && (
          <Alert color="red" role="alert">
            {locking.error.message}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            leftSection={<IconLock size={16} aria-hidden />}
            disabled={name.trim() !== study.name}
            loading={locking.isPending}
          >
            Lock study
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
