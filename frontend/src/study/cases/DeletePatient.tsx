import { Button, Group, List, Stack, Text, TextInput, Textarea } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { deletePatient } from '../../api/client'
import type { CaseDetail, Study } from '../../api/types'
import { NOTHING_TYPED, ProofFields } from '../../login/ProofFields'
import { Dialog } from '../../shell/Dialog'
import { mayRun } from '../rights'
import { isLocked } from '../wording'
import { useStudyChange } from '../useStudyChange'

const LONGEST_REASON = 500

interface DeletePatientProps {
  study: Study
  studyCase: CaseDetail
}

/** For a patient who wants to be forgotten: images, identity and comments go for good. */
export function DeletePatient({ study, studyCase }: DeletePatientProps) {
  const [asked, { open, close }] = useDisclosure(false)
  if (!mayRun(study) || studyCase.deleted) return null
  return (
    <div>
      <Button
        variant="subtle"
        color="red"
        px={0}
        leftSection={<IconTrash size={16} aria-hidden />}
        onClick={open}
      >
        Delete the patient’s data …
      </Button>
      <Dialog
        title={`Delete the patient’s data of ${studyCase.code}?`}
        opened={asked}
        onClose={close}
      >
        <DeleteForm study={study} studyCase={studyCase} onClose={close} />
      </Dialog>
    </div>
  )
}

function DeleteForm({ study, studyCase, onClose }: DeletePatientProps & { onClose: () => void }) {
  const { code } = studyCase
  const [typed, setTyped] = useState('')
  const [reason, setReason] = useState('')
  const [proof, setProof] = useState(NOTHING_TYPED)
  const action = useStudyChange(
    study.id,
    () => deletePatient(study.id, studyCase.id, { confirm_code: typed.trim(), reason, ...proof }),
    () => {
      onClose()
      notifications.show({ message: `The data of ${code} are deleted.` })
    },
  )
  const complete = typed.trim() === code && reason.trim() !== '' && proof.password !== ''
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        action.mutate(undefined)
      }}
    >
      <Stack>
        <List spacing={6}>
          <List.Item>
            All images, masks, the sealed identity and the raters’ comments on the case are deleted.
          </List.Item>
          <List.Item>
            {isLocked(study.state)
              ? 'The locked result stays: grades under the code, and comments inside the sealed snapshot.'
              : 'The case is withdrawn from the study. Its grades stay under the code and do not count.'}
          </List.Item>
          <List.Item>The audit trail stays.</List.Item>
        </List>
        <Text fw={600}>This cannot be undone.</Text>
        <TextInput
          data-autofocus
          label="To confirm, type the case’s code"
          description={code}
          autoComplete="off"
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value)
          }}
        />
        <Textarea
          label="Why?"
          description="It stands in the study’s record. Name no patient."
          rows={2}
          maxLength={LONGEST_REASON}
          value={reason}
          onChange={(event) => {
            setReason(event.currentTarget.value)
          }}
        />
        <ProofFields proof={proof} onChange={setProof} error={action.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" color="red" disabled={!complete} loading={action.isPending}>
            Delete for good
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
