import { notifications } from '@mantine/notifications'
import { IconLock } from '@tabler/icons-react'
import { useNavigate } from 'react-router'
import { lockStudy } from '../../api/client'
import type { Study } from '../../api/types'
import { Dialog } from '../../shell/Dialog'
import { FinalStepForm } from '../FinalStepForm'
import { useStudyAction } from './useStudyAction'

interface LockStudyModalProps {
  study: Study
  opened: boolean
  onClose: () => void
}

const CONSEQUENCES = [
  'No rating can be added or changed any more.',
  'A snapshot of all ratings is taken and its hash recorded.',
  'Rates and agreement are computed from it and become visible to you.',
]

export function LockStudyModal({ study, opened, onClose }: LockStudyModalProps) {
  const navigate = useNavigate()
  const locking = useStudyAction(
    (typedName: string) => lockStudy(study.id, typedName),
    () => {
      notifications.show({ message: 'The study is locked. This is its report.' })
      void navigate(`/studies/${study.id}/report`)
    },
  )
  return (
    <Dialog title="Lock the study?" opened={opened} onClose={onClose}>
      <FinalStepForm
        studyName={study.name}
        consequences={CONSEQUENCES}
        button="Lock study"
        icon={<IconLock size={16} aria-hidden />}
        pending={locking.isPending}
        error={locking.error}
        onCancel={onClose}
        onConfirm={locking.mutate}
      />
    </Dialog>
  )
}
