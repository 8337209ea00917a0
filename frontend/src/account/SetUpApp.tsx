import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { type SubmitEvent, useState } from 'react'
import { addApp } from '../api/client'
import type { NewSecret } from '../api/types'
import { CodeInput } from '../login/CodeInput'
import { Dialog } from '../shell/Dialog'
import { QrCode } from './QrCode'

interface SetUpAppProps {
  secret: NewSecret
  onClose: () => void
  onAdded: (recoveryCodes: string[]) => void
}

const inFours = (secret: string) => secret.replace(/(.{4})(?=.)/g, '$1 ')

/** The second step: the app takes the secret, and shows that it has it. */
export function SetUpApp({ secret, onClose, onAdded }: SetUpAppProps) {
  const [code, setCode] = useState('')
  const attempt = useMutation({
    mutationFn: () => addApp(code),
    onSuccess: ({ recovery_codes }) => {
      onAdded(recovery_codes)
    },
    onError: () => {
      setCode('')
    },
  })
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    attempt.mutate()
  }
  return (
    <Dialog title="Set up an app" opened onClose={onClose}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <Text size="sm">
            1. Scan this with an authenticator app on your phone, such as the one that your hospital
            uses already.
          </Text>
          <Group gap="lg" wrap="nowrap" align="center">
            <QrCode svg={secret.qr_svg} label="QR code for the app" />
            <Stack gap={6}>
              <Text size="sm" c="dimmed">
                Or type this into the app:
              </Text>
              <Code fz="sm">{inFours(secret.secret)}</Code>
            </Stack>
          </Group>
          <Text size="sm">2. Type the six digits that the app shows now.</Text>
          {attempt.isError && (
            <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />}>
              {attempt.error.message}
            </Alert>
          )}
          <CodeInput value={code} onChange={setCode} description="They change every half minute." />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={attempt.isPending}>
              Finish
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  )
}
