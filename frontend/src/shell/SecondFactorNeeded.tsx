import { Alert, Button, Center, Paper, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type SubmitEvent, useState } from 'react'
import { Link, useLocation } from 'react-router'
import { giveCode, givePasskey } from '../api/client'
import { keys, useSession } from '../api/queries'
import type { Session } from '../api/types'
import { CodeInput } from '../login/CodeInput'
import { PasskeyButton } from '../login/PasskeyButton'
import { showPasskey } from '../login/passkeys'

interface SecondFactorNeededProps {
  message: string
  onGiven: () => void
}

/** Leads to what a study asks for beside the password: giving it, or setting it up. */
export function SecondFactorNeeded({ message, onGiven }: SecondFactorNeededProps) {
  const { data: session } = useSession()
  const { pathname } = useLocation()
  return (
    <Center mih={320} p="md">
      <Paper withBorder p={32} maw={480}>
        <Stack gap="md">
          <Title order={1} fz="xl">
            A second factor is needed
          </Title>
          <Text>{message}</Text>
          {session?.second_factor === 'none' ? (
            <>
              <Text>Setting one up takes two minutes; your phone is enough.</Text>
              <Button component={Link} to="/account" state={{ from: pathname }}>
                Set up a second factor
              </Button>
            </>
          ) : (
            <GiveSecondFactor onGiven={onGiven} />
          )}
          <Button component={Link} to="/" variant="subtle">
            My studies
          </Button>
        </Stack>
      </Paper>
    </Center>
  )
}

function GiveSecondFactor({ onGiven }: { onGiven: () => void }) {
  const queryClient = useQueryClient()
  const [code, setCode] = useState('')
  const onSuccess = (session: Session) => {
    queryClient.setQueryData(keys.session, session)
    onGiven()
  }
  const byCode = useMutation({
    mutationFn: () => giveCode(code),
    onSuccess,
    onError: () => {
      setCode('')
    },
  })
  const byPasskey = useMutation({
    mutationFn: async () => givePasskey(await showPasskey()),
    onSuccess,
  })
  const problem = byCode.error ?? byPasskey.error
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    byCode.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {problem && (
          <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />}>
            {problem.message}
          </Alert>
        )}
        <CodeInput value={code} onChange={setCode} takesFocus />
        <Button type="submit" loading={byCode.isPending}>
          Go on
        </Button>
        <PasskeyButton
          label="Show a passkey"
          loading={byPasskey.isPending}
          onClick={() => {
            byPasskey.mutate()
          }}
        />
      </Stack>
    </form>
  )
}
