import { Anchor, List, ThemeIcon } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconClock } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import type { Obstacle } from '../../api/types'

const PAGES = { cases: 'Cases', review: 'Release', people: 'People', protocol: 'Protocol' }

const SIGNS = {
  free: { color: 'teal', Icon: IconCircleCheck },
  act: { color: 'orange', Icon: IconAlertTriangle },
  wait: { color: 'gray', Icon: IconClock },
}

export function StepList({ children }: { children: ReactNode }) {
  return (
    <List spacing={6} center lh={1.4}>
      {children}
    </List>
  )
}

interface StepItemProps {
  /** Nothing is in the way, somebody must act, or there is only to wait. */
  kind: keyof typeof SIGNS
  children: ReactNode
}

export function StepItem({ kind, children }: StepItemProps) {
  const { color, Icon } = SIGNS[kind]
  return (
    <List.Item
      icon={
        <ThemeIcon size={22} radius="xl" variant="light" color={color}>
          <Icon size={14} aria-hidden />
        </ThemeIcon>
      }
    >
      {children}
    </List.Item>
  )
}

/** What stands in the way. The page on which it is removed is linked where it is named. */
export function ObstacleItem({ obstacle: { text, page } }: { obstacle: Obstacle }) {
  if (page === null) return <StepItem kind="wait">{text}</StepItem>
  const words = `${PAGES[page]} page`
  const [before = '', after] = text.split(words)
  return (
    <StepItem kind="act">
      {before}
      {after === undefined && ' '}
      <Anchor component={Link} to={page} inherit>
        {after === undefined ? PAGES[page] : words}
      </Anchor>
      {after}
    </StepItem>
  )
}
