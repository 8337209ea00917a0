import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { addPasskey, askForNewPasskey, removePasskey } from '../api/client'
import type { Account, Passkey } from '../api/types'
import { formatDate } from '../format'
import { knowsPasskeys, makePasskey } from '../login/passkeys'
import { Section } from '../study/overview/Section'
import { ProofDialog } from './ProofDialog'
import { RecoveryCodes } from './RecoveryCodes'
import { useAccountChange } from './useAccountChange'

/** Passkeys: they log in without a password, by fingerprint, face or PIN. */
export function PasskeySection({ account }: { account: Account }) {
  const [adding, setAdding] = useState(false)
  const [removing, setRemoving] = useState<Passkey | null>(null)
  const [name, setName] = useState('')
  const [codes, setCodes] = useState<string[] | null>(null)
  const changed = useAccountChange()
  return (
    <Section title="Passkeys">
      <Text size="sm">
        A passkey logs you in without password and code: this computer, your phone or a security key
        asks for your fingerprint, your face or a PIN.
      </Text>
      {account.passkeys.length === 0 ? (
        <Text size="sm" fw={600}>
          You have none.
        </Text>
      ) : (
        <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
          {account.passkeys.map((passkey) => (
            <Group key={passkey.id} component="li" justify="space-between" wrap="nowrap">
              <div>
                <Text size="sm" fw={600}>
                  {passkey.name}
                </Text>
                <Text size="xs" c="dimmed">
                  {usedInWords(passkey)}
                </Text>
              </div>
              <Button
                variant="subtle"
                color="red" c="red.9"
                size="xs"
                aria-label={`Remove ${passkey.name}`}
                onClick={() => {
                  setRemoving(passkey)
                }}
              >
                Remove
              </Button>
            </Group>
          ))}
        </Stack>
      )}
      <div>
        {knowsPasskeys() ? (
          <Button
            variant="default"
            onClick={() => {
              setAdding(true)
            }}
          >
            Add a passkey
          </Button>
        ) : (
          <Text size="sm" c="dimmed">
            This browser has no passkeys on this page; it must come over HTTPS.
          </Text>
        )}
      </div>
      {adding && (
        <ProofDialog
          account={account}
          title="Add a passkey"
          confirm="Go on"
          onClose={() => {
            setAdding(false)
          }}
          onProven={async (proof) => {
            const credential = await makePasskey(await askForNewPasskey(proof))
            const made = await addPasskey(name.trim(), credential)
            if (made.recovery_codes.length > 0) setCodes(made.recovery_codes)
            setName('')
            await changed()
          }}
        >
          <TextInput
            label="Name"
            description="So that you know it again, such as “Reading room 2” or “My phone”."
            required
            withAsterisk={false}
            maxLength={60}
            data-autofocus
            value={name}
            onChange={(event) => {
              setName(event.currentTarget.value)
            }}
          />
        </ProofDialog>
      )}
      {removing && (
        <ProofDialog
          account={account}
          title={`Remove “${removing.name}”?`}
          confirm="Remove the passkey"
          dangerous
          onClose={() => {
            setRemoving(null)
          }}
          onProven={async (proof) => {
            await removePasskey(removing.id, proof)
            await changed()
          }}
        />
      )}
      {codes && (
        <RecoveryCodes
          codes={codes}
          onClose={() => {
            setCodes(null)
          }}
        />
      )}
    </Section>
  )
}

function usedInWords({ created_at, last_used_at }: Passkey): string {
  const made = `Added on ${formatDate(created_at)}`
  return last_used_at === null ? `${made}, not used yet` : `${made}, last used on ${formatDate(last_used_at)}`
}
