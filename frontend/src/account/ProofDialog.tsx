import { Button, Group, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, type SubmitEvent, useState } from 'react'
import type { Proof } from '../api/client'
import type { Account } from '../api/types'
import { NOTHING_TYPED, ProofFields } from '../login/ProofFields'
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
  const [proof, setProof] = useState(NOTHING_TYPED)
  const attempt = useMutation({
    mutationFn: () => onProven(proof),
    onSuccess: onClose,
    onError: () => {
      setProof({ ...proof, code: '' })
    },
  })
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    attempt.mutate()
  }
  return (
    <Dialog title={title} opened onClose={onClose}>
      <form onSubmit={submit}>
        <Stack gap="md">
          {children}
          <ProofFields
            proof={proof}
            onChange={setProof}
            error={attempt.error}
            hasSecondFactor={account.app_since !== null || account.passkeys.length > 0}
            isFirst={children === undefined}
          />
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
