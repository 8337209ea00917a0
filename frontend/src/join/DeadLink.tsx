import { Button, Stack, Text, Title } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { Link } from 'react-router'
import { ApiError } from '../api/client'

/** A link that leads nowhere, or an answer that did not come. */
export function DeadLink({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const status = error instanceof ApiError ? error.status : 0
  const dead = status === 404 || status === 409
  return (
    <Stack gap="sm" role="alert">
      <Title order={1} fz="xl">
        {dead ? 'This link does not work' : 'The invitation could not be loaded'}
      </Title>
      <Text>
        {status === 404
          ? 'There is no such invitation. Check that the whole link was copied, or ask the study’s coordinator for a new one.'
          : error.message}
      </Text>
      {dead ? (
        <Button component={Link} to="/" variant="default">
          Go to my studies
        </Button>
      ) : (
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} aria-hidden />}
          onClick={onRetry}
        >
          Try again
        </Button>
      )}
    </Stack>
  )
}
