import { Alert, Badge, Button, Group, Table, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { revokeInvitation } from '../../api/client'
import type { Invitation, Study } from '../../api/types'
import { formatDate, formatDateTime } from '../../format'
import { Dialog } from '../../shell/Dialog'
import { ROLE_NAME } from '../roles'
import classes from './people.module.css'
import { useStudyChange } from '../useStudyChange'

interface InvitationTableProps {
  study: Study
  invitations: Invitation[]
}

export function InvitationTable({ study, invitations }: InvitationTableProps) {
  const [revoking, setRevoking] = useState<Invitation | null>(null)
  if (invitations.length === 0) {
    return (
      <Text c="dimmed">
        Nobody has been invited yet. An invitation is a link that works once, for 14 days; you send
        it yourself.
      </Text>
    )
  }
  return (
    <>
      <Table verticalSpacing={6} layout="fixed" aria-label="Invitations">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>For</Table.Th>
            <Table.Th w="36%">As</Table.Th>
            <Table.Th w={150}>Made on</Table.Th>
            <Table.Th w={230}>State</Table.Th>
            <Table.Th w={110}>
              <span className={classes.forListening}>Actions</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {invitations.map((invitation) => (
            <Table.Tr key={invitation.id}>
              <Table.Td>{invitation.invited}</Table.Td>
              <Table.Td>
                {ROLE_NAME[invitation.role]}
                {invitation.sites.length > 0 &&
                  ` for ${invitation.sites.map(({ name }) => name).join(', ')}`}
              </Table.Td>
              <Table.Td>{formatDate(invitation.created_at)}</Table.Td>
              <Table.Td>
                <InvitationState invitation={invitation} />
              </Table.Td>
              <Table.Td ta="right">
                {invitation.state === 'open' && (
                  <Button
                    variant="subtle"
                    color="red"
                    size="compact-sm"
                    aria-label={`Revoke the invitation for ${invitation.invited}`}
                    onClick={() => {
                      setRevoking(invitation)
                    }}
                  >
                    Revoke
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <RevokeDialog
        study={study}
        invitation={revoking}
        onClose={() => {
          setRevoking(null)
        }}
      />
    </>
  )
}

function InvitationState({ invitation }: { invitation: Invitation }) {
  switch (invitation.state) {
    case 'open':
      return (
        <Badge variant="light" tt="none" radius="sm" fw={600}>
          open until {formatDateTime(invitation.expires_at)}
        </Badge>
      )
    case 'accepted':
      return <>joined as {invitation.accepted_by}</>
    case 'revoked':
      return (
        <Text span inherit c="dimmed">
          revoked
        </Text>
      )
    case 'expired':
      return (
        <Text span inherit c="dimmed">
          expired on {formatDate(invitation.expires_at)}
        </Text>
      )
  }
}

interface RevokeDialogProps {
  study: Study
  /** Null while the dialog is closed. */
  invitation: Invitation | null
  onClose: () => void
}

function RevokeDialog({ study, invitation, onClose }: RevokeDialogProps) {
  const revoking = useStudyChange(
    study.id,
    (id: string) => revokeInvitation(study.id, id),
    () => {
      onClose()
      notifications.show({ message: 'The link works no more.' })
    },
  )
  return (
    <Dialog title="Revoke the invitation?" opened={invitation !== null} onClose={onClose}>
      <Text mb="md">
        The link for {invitation?.invited} stops working. You can make another one at any time.
      </Text>
      {revoking.isError && (
        <Alert color="red" role="alert" mb="md">
          {revoking.error.message}
        </Alert>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Keep it
        </Button>
        <Button
          data-autofocus
          color="red"
          loading={revoking.isPending}
          onClick={() => {
            if (invitation) revoking.mutate(invitation.id)
          }}
        >
          Revoke
        </Button>
      </Group>
    </Dialog>
  )
}
