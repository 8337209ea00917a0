import { Alert, Button, Divider, PasswordInput, Stack, TextInput } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { type SubmitEvent, useEffect, useRef, useState } from 'react'
import { ApiError, isProblem, logIn, logInWithPasskey } from '../api/client'
import type { Session } from '../api/types'
import { CodeInput } from './CodeInput'
import { PasskeyButton } from './PasskeyButton'
import { knowsPasskeys, showPasskey } from './passkeys'

interface LoginFormProps {
  /** Whose session it was, where only they are to come back. */
  username?: string
  onLoggedIn: (session: Session) => void
}

/** Name and password; then, of people who have a second factor, a code. */
export function LoginForm({ username: known, onLoggedIn }: LoginFormProps) {
  const nameInput = useRef<HTMLInputElement>(null)
  const passwordInput = useRef<HTMLInputElement>(null)
  const [username, setUsername] = useState(known ?? '')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState<string | null>(null)
  const attempt = useMutation({
    mutationFn: () => logIn(username.trim(), password, code ?? undefined),
    onSuccess: onLoggedIn,
    onError: (error) => {
      if (isProblem(error, 'code-needed')) setCode('')
      else if (code !== null) setCode('')
      else if (error instanceof ApiError && error.status !== 0) passwordInput.current?.select()
    },
  })
  const byPasskey = useMutation({
    mutationFn: async () => logInWithPasskey(await showPasskey()),
    onSuccess: onLoggedIn,
  })
  useEffect(() => {
    const first = known === undefined ? nameInput : passwordInput
    first.current?.focus()
  }, [known])

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    attempt.mutate()
  }
  const clearError = () => {
    if (attempt.isError) attempt.reset()
    if (byPasskey.isError) byPasskey.reset()
  }
  const failure = isProblem(attempt.error, 'code-needed') ? null : attempt.error
  const problem = failure ?? byPasskey.error
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {problem && (
          <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />}>
            {problem.message}
          </Alert>
        )}
        {code === null ? (
          <>
            {known === undefined && (
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
            )}
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
          </>
        ) : (
          <CodeInput
            value={code}
            takesFocus
            onChange={(typed) => {
              setCode(typed)
              clearError()
            }}
          />
        )}
        <Button type="submit" loading={attempt.isPending} fullWidth>
          Log in
        </Button>
        {code !== null && (
          <Button
            variant="subtle"
            onClick={() => {
              setCode(null)
              setPassword('')
              clearError()
            }}
          >
            Back
          </Button>
        )}
        {knowsPasskeys() && (
          <>
            <Divider label="or" />
            <PasskeyButton
              label="Use a passkey"
              loading={byPasskey.isPending}
              onClick={() => {
                byPasskey.mutate()
              }}
            />
          </>
        )}
      </Stack>
    </form>
  )
}
