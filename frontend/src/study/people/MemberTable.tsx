import { Alert, Button, Group, Stack, Table, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { restoreMembership } from '../../api/client'
import type { Member, Study } from '../../api/types'
import { formatDate } from '../../format'
import { ROLE_MEANS, ROLE_NAME, ROLES } from '../roles'
import { EndMembershipDialog } from './EndMembershipDialog'
import classes from './people.module.css'
import { useStudyChange } from '../useStudyChange'

interface MemberTableProps {
  study: Study
  members: Member[]
}

/** The people by role; those who left come last. */
export function MemberTable({ study, members }: MemberTableProps) {
  const [leaving, setLeaving] = useState<Member | null>(null)
  const present = members.filter(({ ended_at }) => ended_at === null)
  const former = members.filter(({ ended_at }) => ended_at !== null)
  return (
    <Stack gap="sm">
      <Table verticalSpacing={5} layout="fixed" aria-label="People" className={classes.people}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th w="36%">Details</Table.Th>
            <Table.Th w={150}>In the study since</Table.Th>
            <Table.Th w={110}>
              <span className={classes.forListening}>Actions</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        {ROLES.map((role) => {
          const people = present.filter((member) => member.role === role)
          if (people.length === 0) return null
          return (
            <Table.Tbody key={role}>
              <Heading name={ROLE_NAME[role]}>{ROLE_MEANS[role]}</Heading>
              {people.map((member) => (
                <PresentRow
                  key={member.id}
                  member={member}
                  onEnd={() => {
                    setLeaving(member)
                  }}
                />
              ))}
            </Table.Tbody>
          )
        })}
        {former.length > 0 && (
          <Table.Tbody>
            <Heading name="Left the study">They see nothing of it any more.</Heading>
            {former.map((member) => (
              <FormerRow key={member.id} study={study} member={member} />
            ))}
          </Table.Tbody>
        )}
      </Table>
      <EndMembershipDialog
        study={study}
        member={leaving}
        onClose={() => {
          setLeaving(null)
        }}
      />
    </Stack>
  )
}

function Heading({ name, children }: { name: string; children: string }) {
  return (
    <Table.Tr className={classes.group}>
      <Table.Th colSpan={4} scope="rowgroup">
        {name}
        <Text span size="sm" c="dimmed" ml="sm" fw={400}>
          {children}
        </Text>
      </Table.Th>
    </Table.Tr>
  )
}

function Name({ member }: { member: Member }) {
  return (
    <Group gap={8} wrap="nowrap">
      <Text span inherit fw={500} truncate>
        {member.full_name || member.username}
      </Text>
      <Text span size="sm" c="dimmed" truncate>
        {member.username}
        {member.you && ' · you'}
      </Text>
    </Group>
  )
}

function particulars({ rater_number, sites }: Member): string {
  if (rater_number !== null) return `Rater ${rater_number}`
  return sites.map(({ name }) => name).join(', ')
}

/** The display that a rater last read on. */
function DisplayLine({ check }: { check: NonNullable<Member['display_check']> }) {
  const failed = check.verdict === 'failed'
  const facts = [
    `${check.screen_width} × ${check.screen_height}`,
    check.zoom_percent !== null && check.zoom_percent !== 100 && `zoom ${check.zoom_percent} %`,
    !check.room_is_dim && 'room not dim',
  ].filter(Boolean)
  return (
    <Text size="sm" c={failed ? 'red.8' : 'dimmed'}>
      {`${failed ? 'Read on a display that failed' : 'Display passed'}, ${formatDate(check.at)}: ${facts.join(', ')}`}
    </Text>
  )
}

function PresentRow({ member, onEnd }: { member: Member; onEnd: () => void }) {
  const name = member.full_name || member.username
  return (
    <Table.Tr>
      <Table.Td>
        <Name member={member} />
      </Table.Td>
      <Table.Td>
        {particulars(member)}
        {member.display_check && <DisplayLine check={member.display_check} />}
      </Table.Td>
      <Table.Td>{formatDate(member.joined_at)}</Table.Td>
      <Table.Td ta="right">
        {!member.you && (
          <Button
            variant="subtle"
            color="red"
            size="compact-sm"
            onClick={onEnd}
            aria-label={`Take out ${name}`}
          >
            Take out
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  )
}

function FormerRow({ study, member }: { study: Study; member: Member }) {
  const name = member.full_name || member.username
  const restoring = useStudyChange(
    study.id,
    () => restoreMembership(study.id, member.id),
    () => {
      notifications.show({
        message: `${name} is ${ROLE_NAME[member.role].toLowerCase()} again.`,
      })
    },
  )
  const details = [ROLE_NAME[member.role], member.rater_number].filter((part) => part !== null)
  return (
    <>
      <Table.Tr>
        <Table.Td>
          <Name member={member} />
        </Table.Td>
        <Table.Td>
          {details.join(' ')}. {member.ended_reason}
        </Table.Td>
        <Table.Td>{member.ended_at && `until ${formatDate(member.ended_at)}`}</Table.Td>
        <Table.Td ta="right">
          <Button
            variant="subtle"
            size="compact-sm"
            loading={restoring.isPending}
            aria-label={`Take back ${name}`}
            onClick={() => {
              restoring.mutate(undefined)
            }}
          >
            Take back
          </Button>
        </Table.Td>
      </Table.Tr>
      {restoring.isError && (
        <Table.Tr>
          <Table.Td colSpan={4}>
            <Alert color="red" role="alert">
              {restoring.error.message}
            </Alert>
          </Table.Td>
        </Table.Tr>
      )}
    </>
  )
}
