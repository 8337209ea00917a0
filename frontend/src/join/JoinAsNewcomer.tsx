import { SegmentedControl, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { LoginForm } from '../login/LoginForm'
import { useEnter } from '../login/useEnter'
import { NewAccountForm } from './NewAccountForm'

/** Nobody is logged in: the person has an account, or makes one. */
export function JoinAsNewcomer({ token }: { token: string }) {
  const enter = useEnter()
  const [known, setKnown] = useState('new')
  return (
    <Stack gap="md">
      <SegmentedControl
        fullWidth
        aria-label="Do you have an account here?"
        value={known}
        onChange={setKnown}
        data={[
          { value: 'new', label: 'I am new here' },
          { value: 'known', label: 'I have an account' },
        ]}
      />
      {known === 'new' ? (
        <NewAccountForm token={token} />
      ) : (
        <>
          <Text size="sm" c="dimmed">
            Log in first; you are then asked whether to join.
          </Text>
          <LoginForm onLoggedIn={enter} />
        </>
      )}
    </Stack>
  )
}
