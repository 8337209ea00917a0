import {
  Alert,
  Button,
  Center,
  Paper,
  PasswordInput,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type SubmitEvent, useEffect, useRef, useState } from 'react'
import { Navigate, useLocation } from 'react-router'
import { ApiError, logIn } from '../api/client'
import { keys, useSession } from '../api/queries'
import { Brand } from '../shell/Brand'

function returnAddress(state: unknown): string {
  const known = typeof state === 'object' && state !== null && 'from' in state
  return known && typeof state.from === 'string' ? state.from : '/'
}

export function LoginPage() {
  const session = useSession()
  const location = useLocation()
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
            <LoginForm />
          </Stack>
        </Paper>
        <Text size="sm" c="dimmed" ta="center">
          For research only. Not for clinical use.
        </Text>
      </Stack>
    </Center>
  )
}

function LoginForm() {
  const queryClient = useQueryClient()
  const nameInput = useRef<HTMLInputElement>(null)
  const passwordInput = useRef<HTMLInputElement>(null)
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const attempt = useMutation({
    mutationFn: () => logIn(username.trim(), password),
    onSuccess: (session) => {
      // The session that ended here may have been somebody else's.
      queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== keys.session[0] })
      queryClient.setQueryData(keys.session, session)
    },
    onError: (error) => {
      if (error instanceof ApiError && error.status !== 0) passwordInput.current?.select()
    },
  })
  useEffect(() => {
    nameInput.current?.focus()
  }, [])

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    attempt.mutate()
  }
  const clearError = () => {
    if (attempt.isError) attempt.reset()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {attempt.isError && (
          <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />}>
            {attempt.error.message}
          </Alert>
        )}
        <TextInput
          ref={nameInput}
          label="User name"
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          withAsterisk={false}
          value={username}
          onChange={(event) => {
            setUsername(event.currentTarget.value)
            clearError()
          }}
        />
        <PasswordInput
          ref={passwordInput}
          label="Password"
          name="password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={password}
          onChange={(event) => {
            setPassword(event.currentTarget.value)
            clearError()
          }}
        />
        <Button type="submit" loading={attempt.isPending} fullWidth>
          Log in
        </Button>
      </Stack>
    </form>
  )
}
