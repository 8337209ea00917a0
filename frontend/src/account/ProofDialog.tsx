import { Alert, Button, Group, PasswordInput, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconFingerprint } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, type SubmitEvent, useState } from 'react'
import { givePasskey, type Proof } from '../api/client'
import type { Account } from '../api/types'
import { CodeInput } from '../login/CodeInput'
import { knowsPasskeys, showPasskey } from '../login/passkeys'
import { Dialog } from '../shell/Dialog'

interface ProofDialogProps {
  account: Account
  title: string
  confirm: string
  dangerous?: boolean
  onClose: () => void
  /** Does what was asked for; what it throws is shown, and the dialog stays. */
  onProven: (proof: Proof) => Promise<unknown>
  children?: ReactNode
}

/** Asks for password and second factor again before something about the account changes. */
export function ProofDialog(props: ProofDialogProps) {
  const { account, title, confirm, dangerous, onClose, onProven, children } = props
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const hasPasskeys = account.passkeys.length > 0
  const hasSecondFactor = account.app_since !== null || hasPasskeys
  const passkey = useMutation({ mutationFn: async () => givePasskey(await showPasskey()) })
  const attempt = useMutation({
    mutationFn: () => onProven({ password, code: passkey.isSuccess ? '' : code }),
    onSuccess: onClose,
    onError: () => {
      setCode('')
      passkey.reset()
    },
  })
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    attempt.mutate()
  }
  const problem = attempt.error ?? passkey.error
  return (
    <Dialog title={title} opened onClose={onClose}>
      <form onSubmit={submit}>
        <Stack gap="md">
          {children}
          {problem && (
            <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />}>
              {problem.message}
            </Alert>
          )}
          <PasswordInput
            label="Your password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            data-autofocus={children === undefined}
            value={password}
            onChange={(event) => {
              setPassword(event.currentTarget.value)
            }}
          />
          {hasSecondFactor && !passkey.isSuccess && <CodeInput value={code} onChange={setCode} />}
          {hasPasskeys && knowsPasskeys() && !passkey.isSuccess && (
            <Button
              variant="default"
              leftSection={<IconFingerprint size={18} aria-hidden />}
              loading={passkey.isPending}
              onClick={() => {
                passkey.mutate()
              }}
            >
              Show a passkey instead of a code
            </Button>
          )}
          {passkey.isSuccess && <Text size="sm">Your passkey was shown.</Text>}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              loading={attempt.isPending}
              {...(dangerous ? { color: 'red' } : {})}
            >
              {confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  )
}
