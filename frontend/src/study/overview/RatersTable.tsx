import { Anchor, Group, Progress, ScrollArea, Stack, Table, Text, Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import type { RaterRow } from '../../api/types'
import { countOf, formatAgo, formatDateTime, formatDay, formatMinutes } from '../../format'
import { Section } from './Section'

interface RatersTableProps {
  raters: RaterRow[]
  locked: boolean
}

/** How far each rater is. What they answered stays hidden until the study is locked. */
export function RatersTable({ raters, locked }: RatersTableProps) {
  const calibrated = raters.some(({ calibration }) => calibration !== null)
  const begun = raters.some(({ total }) => total > 0)
  return (
    <Section
      title="Raters"
      aside={
        !locked && (
          <Text size="sm" c="dimmed">
            Agreement is shown only after the lock
          </Text>
        )
      }
    >
      {raters.length === 0 && (
        <Text c="dimmed">No rater has been added to this study yet.</Text>
      )}
      {!begun && raters.length > 0 && <Names raters={raters} />}
      {begun && (
        <ScrollArea type="auto" scrollbars="x">
          <Table aria-label="Raters" verticalSpacing="sm" miw={900} fz="md" tabularNums>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Rater</Table.Th>
                {calibrated && <Table.Th>Calibration</Table.Th>}
                <Table.Th w="30%">Read</Table.Th>
                <Table.Th>Today</Table.Th>
                <Table.Th>
                  <Tooltip label="Median time at work on a case, pauses left out; below it from opening to submitting">
                    <span>Time per case</span>
                  </Tooltip>
                </Table.Th>
                <Table.Th>Last activity</Table.Th>
                <Table.Th>
                  <Tooltip label="At the pace of the last 7 days on which the rater read">
                    <span>Done by</span>
                  </Tooltip>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {raters.map((rater) => (
                <Row key={rater.username} rater={rater} calibrated={calibrated} />
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea>
      )}
    </Section>
  )
}

/** Before the opening there is no more to tell of the raters than who they are. */
function Names({ raters }: { raters: RaterRow[] }) {
  return (
    <Stack gap={6}>
      {raters.map(({ username, full_name, rater_number }) => (
        <Group key={username} gap="sm">
          <Text fw={500}>{full_name || username}</Text>
          <Note>Rater {rater_number}</Note>
        </Group>
      ))}
    </Stack>
  )
}

function Row({ rater, calibrated }: { rater: RaterRow; calibrated: boolean }) {
  const name = rater.full_name || rater.username
  return (
    <Table.Tr style={{ verticalAlign: 'top' }}>
      <Table.Th scope="row" fw={400}>
        <Text fw={500}>{name}</Text>
        <Note>Rater {rater.rater_number}</Note>
      </Table.Th>
      {calibrated && (
        <Table.Td>
          <Calibration rater={rater} />
        </Table.Td>
      )}
      <Table.Td>
        <CasesRead rater={rater} name={name} />
      </Table.Td>
      <Table.Td>{rater.read_today}</Table.Td>
      <Table.Td>
        {formatMinutes(rater.median_active_minutes)}
        {rater.median_wall_minutes !== null && (
          <Note>{formatMinutes(rater.median_wall_minutes)} in all</Note>
        )}
      </Table.Td>
      <Table.Td>
        {rater.last_activity_at === null ? (
          <Text c="dimmed">not begun</Text>
        ) : (
          <Tooltip label={formatDateTime(rater.last_activity_at)}>
            <span>{formatAgo(rater.last_activity_at)}</span>
          </Tooltip>
        )}
      </Table.Td>
      <Table.Td>
        {rater.finish_on === null ? (
          <Text c="dimmed">{rater.no_finish_because}</Text>
        ) : (
          <Text fw={500}>{formatDay(rater.finish_on)}</Text>
        )}
      </Table.Td>
    </Table.Tr>
  )
}

function CasesRead({ rater, name }: { rater: RaterRow; name: string }) {
  const { submitted, total, opening_later: later, unlocked } = rater
  if (total === 0) return <Text c="dimmed">nothing assigned yet</Text>
  return (
    <Stack gap={4}>
      <Group gap="sm" wrap="nowrap">
        <Progress
          flex={1}
          value={(submitted / total) * 100}
          aria-label={`Cases submitted by ${name}`}
        />
        <Text span inherit flex="none">
          {submitted} of {total}
        </Text>
      </Group>
      {later.count > 0 && (
        <Note>
          {`${countOf(later.count, 'hidden repeat')} ${later.count === 1 ? 'opens' : 'open'} later`}
          {later.first_at !== null && `, the first on ${formatDay(later.first_at)}`}
        </Note>
      )}
      {unlocked.length > 0 && (
        <Text size="sm" c="#8a4b00">
          Waits for a correction:{' '}
          {unlocked.map(({ case_id, case_code }, index) => (
            <span key={case_id}>
              {index > 0 && ', '}
              <Anchor component={Link} to={`cases?case=${case_id}`} inherit c="inherit" td="underline">
                {case_code}
              </Anchor>
            </span>
          ))}
        </Text>
      )}
    </Stack>
  )
}

function Calibration({ rater: { calibration } }: { rater: RaterRow }) {
  if (calibration === null) return null
  const { state, attempt, submitted, total } = calibration
  const words = { 'not-begun': 'Not begun', 'under-way': 'Under way', passed: 'Passed' }[state]
  return (
    <>
      <Text fw={state === 'passed' ? 500 : 400} c={state === 'passed' ? 'teal.9' : undefined}>
        {words}
      </Text>
      {(attempt > 1 || state === 'under-way') && (
        <Note>
          {attempt > 1 && `attempt ${attempt}`}
          {attempt > 1 && state === 'under-way' && ', '}
          {state === 'under-way' && `${submitted} of ${total} read`}
        </Note>
      )}
    </>
  )
}

function Note({ children }: { children: ReactNode }) {
  return (
    <Text size="sm" c="dimmed">
      {children}
    </Text>
  )
}
