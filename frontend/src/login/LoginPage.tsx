import { Alert, Center, Paper, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { Navigate, useLocation } from 'react-router'
import { useSession } from '../api/queries'
import { Brand } from '../shell/Brand'
import { DirectoryButtons } from './DirectoryButtons'
import { LoginForm } from './LoginForm'
import { directoryProblem } from './problems'
import { useEnter } from './useEnter'

function returnAddress(state: unknown): string {
  const known = typeof state === 'object' && state !== null && 'from' in state
  return known && typeof state.from === 'string' ? state.from : '/'
}

export function LoginPage() {
  const session = useSession()
  const location = useLocation()
  const enter = useEnter()
  const problem = directoryProblem(location.search)
  if (session.data?.user) return <Navigate to={returnAddress(location.state)} replace />
  return (
    <Center component="main" mih="100vh" p="md">
      <title>Log in · Reader Study</title>
      <Stack w={400} gap="lg">
        <Paper withBorder shadow="sm" p={32}>
          <Stack gap="lg">
            <Brand size={32} />
            <div>
              <Title order={1} fz="xl">
                Log in
              </Title>
              <Text size="sm" c="dimmed" mt={6}>
                Blinded reader studies of cerebral arteries segmented from non-contrast CT, graded
                against DSA.
              </Text>
            </div>
            {problem && (
              <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />}>
                {problem}
              </Alert>
            )}
            <LoginForm onLoggedIn={enter} />
            <DirectoryButtons />
          </Stack>
        </Paper>
        <Text size="sm" c="dimmed" ta="center">
          For research only. Not for clinical use.
        </Text>
      </Stack>
    </Center>
  )
}
