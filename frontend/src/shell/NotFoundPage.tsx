import { Button } from '@mantine/core'
import { IconMapOff } from '@tabler/icons-react'
import { Link } from 'react-router'
import { EmptyState } from './PageStates'

export function NotFoundPage() {
  return (
    <EmptyState
      icon={<IconMapOff size={24} aria-hidden />}
      title="There is no such page"
      titleOrder={1}
      action={
        <Button component={Link} to="/" mt="sm">
          Go to my studies
        </Button>
      }
    >
      The address may be mistyped, or the page was moved.
    </EmptyState>
  )
}
