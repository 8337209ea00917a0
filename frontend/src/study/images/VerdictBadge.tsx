import { Badge, type MantineColor } from '@mantine/core'
import { IconAlertTriangle, IconBan, IconCircleCheck, IconRuler2, type Icon } from '@tabler/icons-react'
import type { Verdict } from '../../api/types'
import { VERDICT_NAME } from './seriesWords'

export const VERDICT_SIGN: Record<Verdict, { Icon: Icon; color: MantineColor; text: string }> = {
  pass: { Icon: IconCircleCheck, color: 'teal', text: '#05603a' },
  corrected: { Icon: IconRuler2, color: 'gray', text: 'gray.8' },
  flagged: { Icon: IconAlertTriangle, color: 'orange', text: '#8a4b00' },
  refused: { Icon: IconBan, color: 'red', text: '#912018' },
}

export function VerdictBadge({ verdict }: { verdict: Verdict }) {
  const { Icon, color, text } = VERDICT_SIGN[verdict]
  return (
    <Badge
      variant="light"
      color={color}
      c={text}
      tt="none"
      radius="sm"
      leftSection={<Icon size={14} aria-hidden />}
    >
      {VERDICT_NAME[verdict]}
    </Badge>
  )
}
