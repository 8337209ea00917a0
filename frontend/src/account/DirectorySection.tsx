import { Button, Group, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { addressAtDirectory, unlinkDirectory } from '../api/client'
import { useSession } from '../api/queries'
import { Section } from '../study/overview/Section'
import { useAccountChange } from './useAccountChange'

/** Other ways in: directories, such as the hospital's, that vouch for the person. */
export function DirectorySection() {
  const directories = useSession().data?.directories ?? []
  const changed = useAccountChange()
  const onError = (error: Error) => {
    notifications.show({ color: 'red', title: 'Nothing was changed', message: error.message })
  }
  const link = useMutation({
    mutationFn: (id: string) => addressAtDirectory(id, true),
    onSuccess: ({ address }) => {
      window.location.assign(address)
    },
    onError,
  })
  const unlink = useMutation({ mutationFn: unlinkDirectory, onSuccess: changed, onError })
  if (directories.length === 0) return null
  return (
    <Section title="Other ways to log in">
      <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
        {directories.map(({ id, name, linked }) => (
          <Group key={id} component="li" justify="space-between" wrap="nowrap">
            <Text size="sm">
              <b>{name}</b> {linked ? 'logs you in here.' : 'is not linked to this account.'}
            </Text>
            <Button
              size="xs"
              variant="default"
              aria-label={linked ? `Unlink ${name}` : `Link ${name}`}
              onClick={() => {
                if (linked) unlink.mutate(id)
                else link.mutate(id)
              }}
            >
              {linked ? 'Unlink' : 'Link'}
            </Button>
          </Group>
        ))}
      </Stack>
    </Section>
  )
}
