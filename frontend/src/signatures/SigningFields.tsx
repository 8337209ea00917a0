import { Stack, Text } from '@mantine/core'
import type { Proof } from '../api/client'
import { ProofFields } from '../login/ProofFields'
import classes from './signatures.module.css'

interface SigningFieldsProps {
  printedName: string
  meaning: string
  proof: Proof
  onChange: (proof: Proof) => void
  error: Error | null
  isFirst?: boolean
}

/** What a signature states, under which name, and the password that makes it one. */
export function SigningFields({ printedName, meaning, ...fields }: SigningFieldsProps) {
  return (
    <Stack gap="sm">
      <blockquote className={classes.statement}>
        <Text>“{meaning}”</Text>
        <Text size="sm" c="dimmed">
          {printedName}, with the date and time of the server
        </Text>
      </blockquote>
      <ProofFields {...fields} description="Typed again, it is your signature." />
    </Stack>
  )
}
