import { Alert, Group, Loader, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconClock } from '@tabler/icons-react'
import type { ModelImport } from '../api/types'
import { formatBytes, formatDateTime } from '../format'
import { Section } from '../study/overview/Section'

/** The imports asked for on this page, newest first. */
export function ImportList({ imports }: { imports: ModelImport[] }) {
  return (
    <Section title="Imports">
      <Stack gap="sm">
        {imports.map((one) => (
          <ImportRow key={one.id} one={one} />
        ))}
      </Stack>
    </Section>
  )
}

const STATES = {
  queued: { words: 'waits for a worker', icon: <IconClock size={18} aria-hidden /> },
  running: { words: 'is being checked and converted', icon: <Loader size={16} /> },
  done: { words: 'imported', icon: <IconCheck size={18} aria-hidden color="green" /> },
  failed: { words: 'refused', icon: <IconAlertTriangle size={18} aria-hidden color="red" /> },
}

function ImportRow({ one }: { one: ModelImport }) {
  const { words, icon } = STATES[one.state]
  return (
    <Stack gap={6}>
      <Group gap="sm" role="status">
        {icon}
        <Text fw={500}>{one.name}</Text>
        <Text>{words}</Text>
        <Text size="sm" c="dimmed">
          {one.file_name}, {formatBytes(one.size_bytes)}, sent by {one.requested_by} on{' '}
          {formatDateTime(one.created_at)}
        </Text>
      </Group>
      {one.error && (
        <Alert color="red" variant="light">
          {one.error}
        </Alert>
      )}
    </Stack>
  )
}
