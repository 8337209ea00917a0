import { notifications } from '@mantine/notifications'
import { endMembership } from '../../api/client'
import type { Member, Role, Study } from '../../api/types'
import { Dialog } from '../../shell/Dialog'
import { ReasonForm } from '../ReasonDialog'

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
      {member && (
        <ReasonForm
          studyId={study.id}
          onClose={onClose}
          reasonLabel="Why do they leave?"
          reasonHint="Kept in the audit trail for good"
          confirm="Take out"
          confirmColor="red"
          act={(reason) => endMembership(study.id, member.id, reason)}
          onDone={() => {
            notifications.show({
              message: `${nameOf(member)} is out of the study. You can take them back.`,
            })
          }}
        >
          {CONSEQUENCE[member.role]} You can take them back into the same role later.
        </ReasonForm>
      )}
    </Dialog>
  )
}

function nameOf(member: Member): string {
  return member.full_name || member.username
}
