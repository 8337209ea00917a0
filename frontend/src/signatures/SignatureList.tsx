import { Text } from '@mantine/core'
import type { GivenSignature } from '../api/types'
import { formatUtc } from '../format'
import classes from './signatures.module.css'

/** Who signed what, what it states, when, and the hash that it is bound to. */
export function SignatureList({ signatures }: { signatures: GivenSignature[] }) {
  if (signatures.length === 0) return <Text>Not signed.</Text>
  return (
    <ul className={classes.list}>
      {signatures.map((signature) => (
        <Given key={signature.id} signature={signature} />
      ))}
    </ul>
  )
}

function Given({ signature }: { signature: GivenSignature }) {
  const { under, printed_name, role, meaning, voided_at, void_reason, holds } = signature
  const faulty = voided_at === null && !holds
  return (
    <li data-voided={voided_at !== null || undefined} data-fault={faulty || undefined}>
      <Text fw={600}>
        {under}: {printed_name}, {role.toLowerCase()}
      </Text>
      <Text size="sm">
        “{meaning}” {formatUtc(signature.signed_at)}, by{' '}
        {signature.reauthenticated_by.toLowerCase()}
      </Text>
      <div className={classes.hash}>SHA-256 {signature.record_sha256}</div>
      {voided_at !== null && (
        <Text size="sm">
          Void since {formatUtc(voided_at)}: {void_reason}
        </Text>
      )}
      {faulty && (
        <Text size="sm" c="red.9" fw={600}>
          What was signed was changed since. Run verify_signatures on the server.
        </Text>
      )}
    </li>
  )
}
