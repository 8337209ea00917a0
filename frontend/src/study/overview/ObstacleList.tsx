import { Anchor, List, ThemeIcon } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconClock } from '@tabler/icons-react'
import { Link } from 'react-router'
import type { Obstacle } from '../../api/types'

const PAGE_NAMES = { cases: 'Cases', people: 'People', protocol: 'Protocol' }

interface ObstacleListProps {
  obstacles: Obstacle[]
  /** What to say when nothing is in the way. */
  none: string
}

/** What stands in the way: first what somebody can do something about, with the way there. */
export function ObstacleList({ obstacles, none }: ObstacleListProps) {
  const toDoFirst = [...obstacles].sort((a, b) => Number(b.page !== null) - Number(a.page !== null))
  if (toDoFirst.length === 0) {
    return (
      <List spacing={6} center icon={<Sign kind="free" />}>
        <List.Item>{none}</List.Item>
      </List>
    )
  }
  return (
    <List spacing={6} center>
      {toDoFirst.map(({ text, page }) => (
        <List.Item key={text} icon={<Sign kind={page === null ? 'wait' : 'act'} />}>
          {text}{' '}
          {page !== null && (
            <Anchor component={Link} to={page} inherit>
              {PAGE_NAMES[page]}
            </Anchor>
          )}
        </List.Item>
      ))}
    </List>
  )
}

const SIGNS = {
  free: { color: 'teal', Icon: IconCircleCheck },
  act: { color: 'orange', Icon: IconAlertTriangle },
  wait: { color: 'gray', Icon: IconClock },
}

function Sign({ kind }: { kind: keyof typeof SIGNS }) {
  const { color, Icon } = SIGNS[kind]
  return (
    <ThemeIcon size={22} radius="xl" variant="light" color={color}>
      <Icon size={14} aria-hidden />
    </ThemeIcon>
  )
}
