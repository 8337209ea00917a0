import { notifications } from '@mantine/notifications'
import { concludeStudy } from '../api/client'
import type { Study } from '../api/types'
import { Dialog } from '../shell/Dialog'
import type { Proof } from '../api/client'
import { useSignedStep } from '../signatures/useSignedStep'
import { FinalStepForm } from '../study/FinalStepForm'
import { isSigned } from '../study/wording'
import { useAdjudicationAction } from './useAdjudicationAction'

interface ConcludeDialogProps {
  study: Study
  opened: boolean
  onClose: () => void
}

const CONSEQUENCES = [
  'The consensus is stored and its hash recorded.',
  'The report stays as it is.',
]

export function ConcludeDialog({ study, opened, onClose }: ConcludeDialogProps) {
  const step = useSignedStep(study.id, 'consensus', opened && isSigned(study))
  const concluding = useAdjudicationAction(
    study.id,
    ({ typedName, proof }: { typedName: string; proof: Proof }) =>
      concludeStudy(study.id, typedName, step.signature(proof)),
    () => {
      onClose()
      notifications.show({ message: 'The study is concluded.' })
    },
  )
  return (
    <Dialog title="Conclude the study?" opened={opened} onClose={onClose}>
      <FinalStepForm
        studyName={study.name}
        consequences={CONSEQUENCES}
        button="Conclude study"
        pending={concluding.isPending || step.isLoading}
        error={concluding.error}
        onCancel={onClose}
        signs={step.signs}
        onConfirm={(typedName, proof) => {
          concluding.mutate({ typedName, proof }, { onError: step.onRefused })
        }}
      />
    </Dialog>
  )
}
