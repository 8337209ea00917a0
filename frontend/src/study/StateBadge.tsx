import { Badge } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import type { StudyState } from '../api/types'
import { isLocked } from './wording'

const LABELS: Record<StudyState, string> = {
  setup: 'Being set up',
  reading: 'Open for reading',
  locked: 'Locked',
  adjudicating: 'Being adjudicated',
  concluded: 'Concluded',
}

export function StateBadge({ state }: { state: StudyState }) {
  return (
    <Badge
      variant={state === 'reading' ? 'light' : 'default'}
      leftSection={isLocked(state) && <IconLock size={14} aria-hidden />}
      tt="none"
      size="lg"
      fw={600}
    >
      {LABELS[state]}
    </Badge>
  )
}
