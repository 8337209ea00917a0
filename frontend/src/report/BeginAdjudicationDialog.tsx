import { Alert, Button, Group, List, NativeSelect, Stack } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { beginAdjudication } from '../api/client'
import type { Adjudication, Study } from '../api/types'
import { countOf } from '../format'
import { Dialog } from '../shell/Dialog'
import { useAdjudicationAction } from './useAdjudicationAction'

interface BeginAdjudicationDialogProps {
  study: Study
  adjudication: Adjudication
  opened: boolean
  onClose: () => void
}

export function BeginAdjudicationDialog(props: BeginAdjudicationDialogProps) {
  return (
    <Dialog title="Begin the adjudication?" opened={props.opened} onClose={props.onClose}>
      <BeginForm {...props} />
    </Dialog>
  )
}

function BeginForm({ study, adjudication, onClose }: BeginAdjudicationDialogProps) {
  const { adjudicators, to_adjudicate } = adjudication
  const [chosen, setChosen] = useState(adjudicators[0]?.username ?? '')
  const beginning = useAdjudicationAction(
    study.id,
    (username: string) => beginAdjudication(study.id, username),
    () => {
      onClose()
      notifications.show({ message: 'The adjudication has begun.' })
    },
  )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        beginning.mutate(chosen)
      }}
    >
      <Stack>
        <NativeSelect
          data-autofocus
          label="Who decides"
          value={chosen}
          onChange={(event) => {
            setChosen(event.currentTarget.value)
          }}
          data={adjudicators.map(({ username, full_name }) => ({
            value: username,
            label: full_name === '' ? username : `${full_name} (${username})`,
          }))}
        />
        <List spacing={6}>
          <List.Item>
            {countOf(to_adjudicate, 'case')} go to this person’s list, in an order of their own.
          </List.Item>
          <List.Item>The person sees the images, and nobody’s grades.</List.Item>
          <List.Item>This begins once: the cases and the person cannot be changed.</List.Item>
        </List>
        {beginning.isError && (
          <Alert color="red" role="alert">
            {beginning.error.message}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={chosen === ''} loading={beginning.isPending}>
            Begin
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
