import { Button, PasswordInput, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { changePassword } from '../api/client'
import type { Account } from '../api/types'
import { Section } from '../study/overview/Section'
import { ProofDialog } from './ProofDialog'
import { useAccountChange } from './useAccountChange'

export function PasswordSection({ account }: { account: Account }) {
  const [changing, setChanging] = useState(false)
  const [password, setPassword] = useState('')
  const changed = useAccountChange()
  return (
    <Section title="Password">
      <Text size="sm">A new password logs you out everywhere but here.</Text>
      <div>
        <Button
          variant="default"
          onClick={() => {
            setChanging(true)
          }}
        >
          Change the password
        </Button>
      </div>
      {changing && (
        <ProofDialog
          account={account}
          title="Change the password"
          confirm="Change the password"
          onClose={() => {
            setChanging(false)
          }}
          onProven={async (proof) => {
            await changePassword(proof, password)
            setPassword('')
            await changed()
            notifications.show({ message: 'Your password is changed.' })
          }}
        >
          <PasswordInput
            label="New password"
            description="At least eight characters, and none that many people use."
            autoComplete="new-password"
            required
            withAsterisk={false}
            minLength={8}
            data-autofocus
            value={password}
            onChange={(event) => {
              setPassword(event.currentTarget.value)
            }}
          />
        </ProofDialog>
      )}
    </Section>
  )
}
