import { Alert, Button, Group, Text } from '@mantine/core'
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
    <Alert color="teal" role="status" icon={<IconShieldCheck aria-hidden />}>
      <Group justify="space-between" gap="xs">
        <Text size="sm" c="var(--mantine-color-text)">
          <strong>Unbroken</strong>, {countOf(chain.data.events, 'event')}, {howMuch(chain.data)}
        </Text>
        <Group gap="md">
          <Text span size="sm" c="dark.4">
            Head <span className={classes.code}>{chain.data.head}</span>
          </Text>
          {again}
        </Group>
      </Group>
    </Alert>
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
