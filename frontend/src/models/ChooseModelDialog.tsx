import { Alert, Button, Group, Radio, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { chooseModel } from '../api/client'
import type { SegmentationModel, Study } from '../api/types'
import { countOf, shortHash } from '../format'
import { Dialog } from '../shell/Dialog'
import { useStudyChange } from '../study/useStudyChange'

interface ChooseModelDialogProps {
  study: Study
  choices: SegmentationModel[]
  opened: boolean
  onClose: () => void
}

export function ChooseModelDialog({ study, choices, opened, onClose }: ChooseModelDialogProps) {
  return (
    <Dialog title="Choose the study’s model" opened={opened} onClose={onClose}>
      <ChooseModelForm study={study} choices={choices} onClose={onClose} />
    </Dialog>
  )
}

function ChooseModelForm({ study, choices, onClose }: Omit<ChooseModelDialogProps, 'opened'>) {
  const [sha256, setSha256] = useState('')
  const choice = useStudyChange(
    study.id,
    () => chooseModel(study.id, sha256),
    () => {
      notifications.show({ message: 'The cases are segmented with the chosen model.' })
      onClose()
    },
  )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        choice.mutate(undefined)
      }}
    >
      <Stack>
        <Radio.Group label="Models on this server" value={sha256} onChange={setSha256}>
          <Stack gap="sm" mt="xs">
            {choices.map((model) => (
              <Radio
                key={model.sha256}
                value={model.sha256}
                label={`${model.name} (${shortHash(model.sha256)})`}
                description={model.notice}
              />
            ))}
          </Stack>
        </Radio.Group>
        {study.counts.cases > 0 && (
          <Text size="sm">
            {countOf(study.counts.cases, 'case')} will be segmented anew. Once reading has begun,
            the model stays.
          </Text>
        )}
        {choice.isError && (
          <Alert color="red" role="alert">
            {choice.error.message}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={sha256 === ''} loading={choice.isPending}>
            Use this model
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
