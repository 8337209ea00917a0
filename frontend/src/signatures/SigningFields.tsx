import { Alert, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { isProblem } from '../api/client'
import classes from './signatures.module.css'

/** What the signer types to prove who they are. */
export interface Proof {
  password: string
  code: string
}

export const NOTHING_TYPED: Proof = { password: '', code: '' }

interface SigningFieldsProps {
  printedName: string
  meaning: string
  proof: Proof
  onChange: (proof: Proof) => void
  error: Error | null
  isFirst?: boolean
}

/** What a signature states, under which name, and the password that makes it one. */
export function SigningFields(props: SigningFieldsProps) {
  const { printedName, meaning, proof, onChange, error, isFirst = false } = props
  return (
    <Stack gap="sm">
      <blockquote className={classes.statement}>
        <Text>“{meaning}”</Text>
        <Text size="sm" c="dimmed">
          {printedName}, with the date and time of the server
        </Text>
      </blockquote>
      <PasswordInput
        label="Your password"
        description="Typed again, it is your signature."
        name="password"
        autoComplete="current-password"
        data-autofocus={isFirst || undefined}
        value={proof.password}
        onChange={(event) => {
          onChange({ ...proof, password: event.currentTarget.value })
        }}
      />
      {(asksForCode(error) || proof.code !== '') && (
        <TextInput
          label="Code of your second factor"
          name="code"
          autoComplete="one-time-code"
          inputMode="numeric"
          value={proof.code}
          onChange={(event) => {
            onChange({ ...proof, code: event.currentTarget.value })
          }}
        />
      )}
      {error && (
        <Alert color="red" role="alert">
          {error.message}
        </Alert>
      )}
    </Stack>
  )
}

/** Whether the server wants the code of a second factor beside the password. */
export function asksForCode(error: Error | null): boolean {
  return error !== null && isProblem(error, 'code-needed')
}
