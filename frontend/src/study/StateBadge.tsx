import { Badge } from '@mantine/core'
import type { StudyState } from '../api/types'

const APPEARANCE: Record<StudyState, { label: string; color: string }> = {
  setup: { label: 'Being set up', color: 'gray' },
  reading: { label: 'Open for reading', color: 'petrol' },
  locked: { label: 'Locked', color: 'dark' },
}

export function StateBadge({ state }: { state: StudyState }) {
  const { label, color } = APPEARANCE[state]
  return (
    <Badge variant="light" color={color} tt="none" size="lg" fw={600}>
      {label}
    </Badge>
  )
}
