import { Center, Paper, Stack, Text, Title } from '@mantine/core'
import { useParams } from 'react-router'
import { useInvitation, useSession } from '../api/queries'
import type { InvitedTo } from '../api/types'
import { formatDateTime } from '../format'
import { Brand } from '../shell/Brand'
import { LoadingState } from '../shell/PageStates'
import { ROLE_NAME } from '../study/roles'
import { DeadLink } from './DeadLink'
import { JoinAsNewcomer } from './JoinAsNewcomer'
import { JoinAsYourself } from './JoinAsYourself'
import { ROLE_FOR_YOU } from './roleForYou'

/** What an invitation's link opens, whether one is logged in or not. */
export default function JoinPage() {
  const { token = '' } = useParams()
  return (
    <Center component="main" mih="100vh" p="md">
      <title>Join a study · Reader Study</title>
      <Stack w={460} gap="lg">
        <Paper withBorder shadow="sm" p={32}>
          <Stack gap="lg">
            <Brand size={32} />
            <Invitation token={token} />
          </Stack>
        </Paper>
        <Text size="sm" c="dimmed" ta="center">
          For research only. Not for clinical use.
        </Text>
      </Stack>
    </Center>
  )
}

function Invitation({ token }: { token: string }) {
  const session = useSession()
  const invitation = useInvitation(token)
  if (invitation.isPending || session.isPending) return <LoadingState what="the invitation" />
  if (invitation.isError) {
    return <DeadLink error={invitation.error} onRetry={() => void invitation.refetch()} />
  }
  if (session.isError) {
    return <DeadLink error={session.error} onRetry={() => void session.refetch()} />
  }
  const { user } = session.data
  return (
    <>
      <Purpose invitation={invitation.data} />
      {user ? <JoinAsYourself token={token} user={user} /> : <JoinAsNewcomer token={token} />}
    </>
  )
}

function Purpose({ invitation }: { invitation: InvitedTo }) {
  const { study_name, role, sites, expires_at } = invitation
  return (
    <div>
      <Title order={1} fz="xl">
        Join {study_name}
      </Title>
      <Text mt={6}>
        You are invited as <strong>{ROLE_NAME[role].toLowerCase()}</strong>
        {sites.length > 0 && ` for ${sites.join(', ')}`}.
      </Text>
      <Text size="sm" c="dimmed" mt={4}>
        {ROLE_FOR_YOU[role]}
      </Text>
      <Text size="sm" c="dimmed" mt={4}>
        A person keeps one role in a study for good. The link works once, until{' '}
        {formatDateTime(expires_at)}.
      </Text>
    </div>
  )
}
