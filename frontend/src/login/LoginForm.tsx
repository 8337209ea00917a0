import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type SubmitEvent, useEffect, useRef, useState } from 'react'
import { ApiError, logIn } from '../api/client'
import { keys } from '../api/queries'

export function LoginForm() {
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
