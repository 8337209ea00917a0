import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { type SubmitEvent, useState } from 'react'
import { joinWithNewAccount } from '../api/client'
import type { NewAccount } from '../api/types'
import { useJoin } from './useJoin'

const NOTHING: NewAccount = { full_name: '', username: '', password: '' }

export function NewAccountForm({ token }: { token: string }) {
  const [account, setAccount] = useState(NOTHING)
  const joining = useJoin((given: NewAccount) => joinWithNewAccount(token, given))
  const change = (part: Partial<NewAccount>) => {
    setAccount({ ...account, ...part })
    if (joining.isError) joining.reset()
  }
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    joining.mutate({ ...account, username: account.username.trim() })
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {joining.isError && (
          <Alert color="red" role="alert">
            {joining.error.message}
          </Alert>
        )}
        <TextInput
          label="Your name"
          description="As the study’s coordinators will see it"
          name="name"
          autoComplete="name"
          required
          withAsterisk={false}
          maxLength={150}
          value={account.full_name}
          onChange={(event) => {
            change({ full_name: event.currentTarget.value })
          }}
        />
        <TextInput
          label="User name"
          description="To log in with; letters, digits and . _ - + @"
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          withAsterisk={false}
          maxLength={60}
          value={account.username}
          onChange={(event) => {
            change({ username: event.currentTarget.value })
          }}
        />
        <PasswordInput
          label="Password"
          description="At least 8 characters, and not a common one"
          name="password"
          autoComplete="new-password"
          required
          withAsterisk={false}
          minLength={8}
          maxLength={200}
          value={account.password}
          onChange={(event) => {
            change({ password: event.currentTarget.value })
          }}
        />
        <Button type="submit" loading={joining.isPending} fullWidth>
          Create my account and join
        </Button>
      </Stack>
    </form>
  )
}
