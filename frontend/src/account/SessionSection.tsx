import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { endOtherSessions } from '../api/client'
import type { Account } from '../api/types'
import { formatDateTime } from '../format'
import { Section } from '../study/overview/Section'
import { browserInWords } from './browserInWords'
import { useAccountChange } from './useAccountChange'

/** Where the person is logged in. */
export function SessionSection({ account }: { account: Account }) {
  const changed = useAccountChange()
  const end = useMutation({
    mutationFn: endOtherSessions,
    onSuccess: async () => {
      await changed()
      notifications.show({ message: 'You are logged out everywhere else.' })
    },
    onError: (error) => {
      notifications.show({ color: 'red', title: 'Nothing was ended', message: error.message })
    },
  })
  const others = account.sessions.filter(({ here }) => !here)
  return (
    <Section title="Where you are logged in">
      <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
        {account.sessions.map((session, number) => (
          <Group key={number} component="li" gap="sm" justify="space-between" wrap="nowrap">
            <div>
              <Text size="sm" fw={600}>
                {browserInWords(session.browser)}
                {session.address && `, from ${session.address}`}
              </Text>
              <Text size="xs" c="dimmed">
                Last active {formatDateTime(session.active_at)}
              </Text>
            </div>
            {session.here && (
              <Badge variant="light" tt="none">
                Here
              </Badge>
            )}
          </Group>
        ))}
      </Stack>
      <div>
        <Button
          variant="default"
          disabled={others.length === 0}
          loading={end.isPending}
          onClick={() => {
            end.mutate()
          }}
        >
          Log out everywhere else
        </Button>
      </div>
    </Section>
  )
}
