import { Button, Group, Radio, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { chooseModel } from '../api/client'
import type { Study, StudyModel } from '../api/types'
import { countOf, shortHash } from '../format'
import { Dialog } from '../shell/Dialog'
import { SaveProblem } from '../study/SaveProblem'
import { useBasis } from '../study/useBasis'
import { useStudyChange } from '../study/useStudyChange'

interface ChooseModelDialogProps {
  study: Study
  page: StudyModel
  opened: boolean
  onClose: () => void
}

export function ChooseModelDialog({ study, page, opened, onClose }: ChooseModelDialogProps) {
  return (
    <Dialog title="Choose the study’s model" opened={opened} onClose={onClose}>
      <ChooseModelForm study={study} page={page} onClose={onClose} />
    </Dialog>
  )
}

function ChooseModelForm({ study, page, onClose }: Omit<ChooseModelDialogProps, 'opened'>) {
  const [sha256, setSha256] = useState('')
  const basis = useBasis(study.id, page)
  const choice = useStudyChange(
    study.id,
    () => chooseModel(study.id, basis.etag, sha256),
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
            {page.choices.map((model) => (
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
        <SaveProblem
          error={choice.error}
          isNewer={basis.isNewer}
          saved={page.model ? page.model.name : 'no model'}
          onLoadNewer={() => void basis.loadNewer().then(choice.reset)}
        />
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
