import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useLocation, useNavigate } from 'react-router'
import { newRecoveryCodes, newSecret, removeApp } from '../api/client'
import type { Account, NewSecret } from '../api/types'
import { formatDate } from '../format'
import { Section } from '../study/overview/Section'
import { ProofDialog } from './ProofDialog'
import { RecoveryCodes } from './RecoveryCodes'
import { SetUpApp } from './SetUpApp'
import { useAccountChange } from './useAccountChange'

type Step = 'none' | 'prove to add' | 'prove to remove' | 'prove for codes'

/** The address that led here because a second factor was missing. */
function cameFrom(state: unknown): string | null {
  const known = typeof state === 'object' && state !== null && 'from' in state
  return known && typeof state.from === 'string' ? state.from : null
}

/** The app that shows codes, and the codes for when it is lost. */
export function SecondFactorSection({ account }: { account: Account }) {
  const [step, setStep] = useState<Step>('none')
  const [secret, setSecret] = useState<NewSecret | null>(null)
  const [codes, setCodes] = useState<string[] | null>(null)
  const changed = useAccountChange()
  const navigate = useNavigate()
  const back = cameFrom(useLocation().state)
  const hasApp = account.app_since !== null
  const hasAny = hasApp || account.passkeys.length > 0
  const close = () => {
    setStep('none')
  }
  const keptCodes = () => {
    setCodes(null)
    if (back !== null) void navigate(back)
  }
  return (
    <Section
      title="Second factor"
      aside={
        hasAny ? (
          <Badge variant="light" tt="none">
            On
          </Badge>
        ) : (
          <Badge color="gray" c="gray.8" variant="light" tt="none">
            Off
          </Badge>
        )
      }
    >
      <Text size="sm">
        Beside your password you type a code that an app on your phone shows. Whoever learns your
        password cannot log in with it alone.
      </Text>
      <Stack gap="xs">
        <Text size="sm" fw={600}>
          {account.app_since === null
            ? 'No app is set up.'
            : `An app is set up since ${formatDate(account.app_since)}.`}
        </Text>
        {hasAny && (
          <Text size="sm">
            {account.recovery_codes_left} recovery codes are left, for the day on which the phone is
            lost.
          </Text>
        )}
      </Stack>
      <Group gap="sm">
        <Button
          variant={hasApp ? 'default' : 'filled'}
          onClick={() => {
            setStep('prove to add')
          }}
        >
          {hasApp ? 'Set up another phone' : 'Set up an app'}
        </Button>
        {hasAny && (
          <Button
            variant="default"
            onClick={() => {
              setStep('prove for codes')
            }}
          >
            New recovery codes
          </Button>
        )}
        {hasApp && (
          <Button
            variant="subtle"
            color="red" c="red.9"
            onClick={() => {
              setStep('prove to remove')
            }}
          >
            Remove the app
          </Button>
        )}
      </Group>
      {step === 'prove to add' && (
        <ProofDialog
          account={account}
          title="Set up an app"
          confirm="Go on"
          onClose={close}
          onProven={async (proof) => {
            setSecret(await newSecret(proof))
          }}
        />
      )}
      {step === 'prove for codes' && (
        <ProofDialog
          account={account}
          title="New recovery codes"
          confirm="Make new codes"
          onClose={close}
          onProven={async (proof) => {
            setCodes((await newRecoveryCodes(proof)).recovery_codes)
            await changed()
          }}
        >
          <Text size="sm">The codes that you have now become useless.</Text>
        </ProofDialog>
      )}
      {step === 'prove to remove' && (
        <ProofDialog
          account={account}
          title="Remove the app?"
          confirm="Remove the app"
          dangerous
          onClose={close}
          onProven={async (proof) => {
            await removeApp(proof)
            await changed()
          }}
        >
          <Text size="sm">
            You then log in with {account.passkeys.length > 0 ? 'a passkey' : 'the password alone'}.
            Studies that ask for a second factor are closed to people without one.
          </Text>
        </ProofDialog>
      )}
      {secret && (
        <SetUpApp
          secret={secret}
          onClose={() => {
            setSecret(null)
          }}
          onAdded={(made) => {
            setSecret(null)
            if (made.length > 0) setCodes(made)
            else if (back !== null) void navigate(back)
            void changed()
          }}
        />
      )}
      {codes && <RecoveryCodes codes={codes} onClose={keptCodes} />}
    </Section>
  )
}
