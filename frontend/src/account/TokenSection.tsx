import { Button, Group, Table, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { revokeToken } from '../api/client'
import { useStudies } from '../api/queries'
import type { Account, ApiToken } from '../api/types'
import { formatDate } from '../format'
import { Section } from '../study/overview/Section'
import { NewTokenDialog } from './NewTokenDialog'
import { ShownToken } from './ShownToken'
import { SCOPE_NAME } from './scopes'
import { useAccountChange } from './useAccountChange'

/** Keys with which scripts of the person use the program's interface. */
export function TokenSection({ account }: { account: Account }) {
  const [making, setMaking] = useState(false)
  const [token, setToken] = useState<string | null>(null)
  return (
    <Section
      title="API tokens"
      aside={
        <Button
          variant="default"
          onClick={() => {
            setMaking(true)
          }}
        >
          Make a token
        </Button>
      }
    >
      <Text size="sm">
        For scripts that send images or fetch exports in your name. No token opens cases to read.
      </Text>
      {account.tokens.length > 0 && <TokenTable tokens={account.tokens} />}
      {making && (
        <NewTokenDialog
          account={account}
          onClose={() => {
            setMaking(false)
          }}
          onMade={setToken}
        />
      )}
      {token && (
        <ShownToken
          token={token}
          onClose={() => {
            setToken(null)
          }}
        />
      )}
    </Section>
  )
}

function TokenTable({ tokens }: { tokens: readonly ApiToken[] }) {
  const studies = useStudies().data ?? []
  const changed = useAccountChange()
  const revoke = useMutation({
    mutationFn: revokeToken,
    onSuccess: changed,
    onError: (error) => {
      notifications.show({ color: 'red', title: 'The token still works', message: error.message })
    },
  })
  const studyOf = ({ only_study }: ApiToken) =>
    only_study == null
      ? 'All your studies'
      : (studies.find(({ id }) => id === only_study)?.name ?? 'A study that you left')
  return (
    <Table aria-label="API tokens" verticalSpacing={6}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Name</Table.Th>
          <Table.Th>Begins with</Table.Th>
          <Table.Th>May</Table.Th>
          <Table.Th>Study</Table.Th>
          <Table.Th>Last used</Table.Th>
          <Table.Th>Until</Table.Th>
          <Table.Th aria-label="Actions" />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {tokens.map((token) => (
          <Table.Tr key={token.id}>
            <Table.Td>{token.name}</Table.Td>
            <Table.Td ff="monospace">{token.prefix}…</Table.Td>
            <Table.Td>{token.scopes.map((scope) => SCOPE_NAME[scope]).join(', ')}</Table.Td>
            <Table.Td>{studyOf(token)}</Table.Td>
            <Table.Td>{token.last_used_at ? formatDate(token.last_used_at) : 'Never'}</Table.Td>
            <Table.Td>{formatDate(token.expires_at)}</Table.Td>
            <Table.Td>
              <Group justify="flex-end">
                <Button
                  size="xs"
                  variant="subtle"
                  color="red" c="red.9"
                  aria-label={`Revoke ${token.name}`}
                  loading={revoke.isPending && revoke.variables === token.id}
                  onClick={() => {
                    revoke.mutate(token.id)
                  }}
                >
                  Revoke
                </Button>
              </Group>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
