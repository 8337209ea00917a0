import { notifications } from '@mantine/notifications'
import { concludeStudy } from '../api/client'
import type { Study } from '../api/types'
import { Dialog } from '../shell/Dialog'
import { FinalStepForm } from '../study/FinalStepForm'
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
  const concluding = useAdjudicationAction(
    study.id,
    (typedName: string) => concludeStudy(study.id, typedName),
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
        pending={concluding.isPending}
        error={concluding.error}
        onCancel={onClose}
        onConfirm={concluding.mutate}
      />
    </Dialog>
  )
}
