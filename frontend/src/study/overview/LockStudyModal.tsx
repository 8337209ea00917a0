import { notifications } from '@mantine/notifications'
import { IconLock } from '@tabler/icons-react'
import { useNavigate } from 'react-router'
import { lockStudy } from '../../api/client'
import type { Study } from '../../api/types'
import { Dialog } from '../../shell/Dialog'
import type { Proof } from '../../api/client'
import { useSignedStep } from '../../signatures/useSignedStep'
import { FinalStepForm } from '../FinalStepForm'
import { isSigned } from '../wording'
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
  const step = useSignedStep(study.id, 'lock', opened && isSigned(study))
  const locking = useStudyAction(
    ({ typedName, proof }: { typedName: string; proof: Proof }) =>
      lockStudy(study.id, typedName, step.signature(proof)),
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
        pending={locking.isPending || step.isLoading}
        error={locking.error}
        onCancel={onClose}
        signs={step.signs}
        onConfirm={(typedName, proof) => {
          locking.mutate({ typedName, proof }, { onError: step.onRefused })
        }}
      />
    </Dialog>
  )
}
