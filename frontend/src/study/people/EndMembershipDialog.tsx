import { Alert, Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { endMembership } from '../../api/client'
import type { Member, Role, Study } from '../../api/types'
import { Dialog } from '../../shell/Dialog'
import { useStudyChange } from '../useStudyChange'

const CONSEQUENCE: Record<Role, string> = {
  coordinator: 'They can no longer see or change anything of the study.',
  'site-coordinator': 'They can no longer upload cases or see anything of the study.',
  rater:
    'They can no longer read. Their readings are kept; if the study is locked before they are taken back, these are not counted.',
  adjudicator: 'They can no longer read. What they have read is kept.',
  statistician: 'They can no longer see anything of the study.',
}

interface EndMembershipDialogProps {
  study: Study
  /** Who leaves; null while the dialog is closed. */
  member: Member | null
  onClose: () => void
}

export function EndMembershipDialog({ study, member, onClose }: EndMembershipDialogProps) {
  return (
    <Dialog
      title={`Take ${member ? nameOf(member) : 'them'} out of the study?`}
      opened={member !== null}
      onClose={onClose}
    >
      {member && <EndMembershipForm study={study} member={member} onClose={onClose} />}
    </Dialog>
  )
}

function nameOf(member: Member): string {
  return member.full_name || member.username
}

interface EndMembershipFormProps {
  study: Study
  member: Member
  onClose: () => void
}

function EndMembershipForm({ study, member, onClose }: EndMembershipFormProps) {
  const [reason, setReason] = useState('')
  const ending = useStudyChange(
    study.id,
    () => endMembership(study.id, member.id, reason),
    () => {
      onClose()
      notifications.show({ message: `${nameOf(member)} is out of the study. You can take them back.` })
    },
  )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        ending.mutate(undefined)
      }}
    >
      <Stack>
        <Text>{CONSEQUENCE[member.role]} You can take them back into the same role later.</Text>
        <Textarea
          data-autofocus
          label="Why do they leave?"
          description="Kept in the audit trail for good"
          rows={2}
          maxLength={500}
          value={reason}
          onChange={(event) => {
            setReason(event.currentTarget.value)
          }}
        />
        {ending.isError && (
          <Alert color="red" role="alert">
            {ending.error.message}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            color="red"
            disabled={reason.trim() === ''}
            loading={ending.isPending}
          >
            Take out
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
