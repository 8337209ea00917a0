import { Alert, PasswordInput, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useEffect, type Ref } from 'react'
import { givePasskey, isProblem, type Proof } from '../api/client'
import { CodeInput } from './CodeInput'
import { PasskeyButton } from './PasskeyButton'
import { showPasskey } from './passkeys'

export const NOTHING_TYPED: Proof = { password: '', code: '' }

interface ProofFieldsProps {
  proof: Proof
  onChange: (proof: Proof) => void
  /** Of the last attempt, which is said here; it may have wanted a second factor. */
  error: Error | null
  /** Whether the person is known to have a second factor, so that it is asked for at once. */
  hasSecondFactor?: boolean
  /** What the password does here, where it is more than a proof. */
  description?: string
  isFirst?: boolean
  passwordRef?: Ref<HTMLInputElement>
}

/** Password and, of people who have one, second factor: they prove who is at the keyboard. */
export function ProofFields(props: ProofFieldsProps) {
  const { proof, onChange, error, hasSecondFactor = false, description, isFirst, passwordRef } = props
  const passkey = useMutation({
    mutationFn: async () => givePasskey(await showPasskey()),
    onSuccess: () => {
      onChange({ ...proof, code: '' })
    },
  })
  const isAsked = isProblem(error, 'code-needed')
  const isWanted = isAsked || isProblem(error, 'code-wrong')
  const { reset: forgetPasskey } = passkey
  // A passkey stands in for a code once.
  useEffect(() => {
    if (isProblem(error, 'code-needed') || isProblem(error, 'code-wrong')) forgetPasskey()
  }, [error, forgetPasskey])
  const problem = passkey.error ?? (isAsked ? null : error)
  return (
    <Stack gap="sm">
      <PasswordInput
        label="Your password"
        {...(description !== undefined && { description })}
        name="password"
        autoComplete="current-password"
        required
        withAsterisk={false}
        data-autofocus={isFirst === true ? true : undefined}
        {...(passwordRef && { ref: passwordRef })}
        value={proof.password}
        onChange={(event) => {
          onChange({ ...proof, password: event.currentTarget.value })
        }}
      />
      {passkey.isSuccess ? (
        <Text size="sm">Your passkey was shown.</Text>
      ) : (
        (hasSecondFactor || isWanted || proof.code !== '') && (
          <>
            {isAsked && (
              <Text size="sm" role="status">
                {error.message}
              </Text>
            )}
            <CodeInput
              value={proof.code}
              onChange={(code) => {
                onChange({ ...proof, code })
              }}
            />
            <PasskeyButton
              label="Show a passkey instead of a code"
              loading={passkey.isPending}
              onClick={() => {
                passkey.mutate()
              }}
            />
          </>
        )
      )}
      {problem && (
        <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />}>
          {problem.message}
        </Alert>
      )}
    </Stack>
  )
}
