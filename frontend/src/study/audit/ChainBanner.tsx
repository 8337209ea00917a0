import { Alert, Button, Group, Paper, Text } from '@mantine/core'
import { IconShieldCheck, IconShieldX } from '@tabler/icons-react'
import { useChainState } from '../../api/queries'
import type { ChainState } from '../../api/types'
import { countOf, formatAgo, formatCount } from '../../format'
import classes from './audit.module.css'

/** Whether the trail is still what was written. */
export function ChainBanner({ studyId }: { studyId: string }) {
  const chain = useChainState(studyId)
  const again = (
    <Button
      variant="default"
      size="compact-sm"
      loading={chain.isFetching}
      onClick={() => void chain.refetch()}
    >
      Check again
    </Button>
  )
  if (chain.isPending) {
    return (
      <Alert color="gray" role="status">
        Checking the chain of events …
      </Alert>
    )
  }
  if (chain.isError) {
    return (
      <Alert color="red" role="alert" title="The chain could not be checked">
        <Group justify="space-between">
          {chain.error.message}
          {again}
        </Group>
      </Alert>
    )
  }
  return chain.data.state === 'unbroken' ? (
    <Paper withBorder px="lg" py={8} role="status">
      <Group justify="space-between" gap="xs">
        <Group gap="sm">
          <IconShieldCheck size={20} color="var(--mantine-color-teal-8)" aria-hidden />
          <Text size="sm">
            <strong>Unbroken</strong>, {countOf(chain.data.events, 'event')}, {howMuch(chain.data)}
          </Text>
        </Group>
        <Group gap="md">
          <Text span size="sm" c="dimmed">
            Head <span className={classes.code}>{chain.data.head}</span>
          </Text>
          {again}
        </Group>
      </Group>
    </Paper>
  ) : (
    <Alert
      color="red"
      role="alert"
      icon={<IconShieldX aria-hidden />}
      title="The trail was changed behind the program’s back"
    >
      <Group justify="space-between" align="end">
        <Text size="sm" maw={720}>
          {chain.data.problem} Leave the database as it is, and tell whoever runs this installation:
          the command <span className={classes.code}>verify_audit</span> says more.
        </Text>
        {again}
      </Group>
    </Alert>
  )
}

function howMuch({ events, checked, checked_at: at }: ChainState): string {
  const when = `checked ${formatAgo(at)}`
  return checked < events ? `the newest ${formatCount(checked)} of them ${when}.` : `${when}.`
}
