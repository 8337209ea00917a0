import { Text } from '@mantine/core'
import type { ProtocolVersion } from '../../api/types'
import { formatDateTime } from '../../format'
import { Hash } from '../overview/Hash'
import { Section } from '../overview/Section'
import classes from './VersionHistory.module.css'

export function VersionHistory({ versions }: { versions: readonly ProtocolVersion[] }) {
  return (
    <Section title="Versions">
      <ol className={classes.versions}>
        {versions.map((version) => (
          <li key={version.version} value={version.version}>
            <div className={classes.head}>
              <Text fw={600}>Version {version.version}</Text>
              <Hash sha256={version.sha256} of={`version ${version.version}`} />
            </div>
            <Text size="sm">{version.reason === '' ? 'First version' : version.reason}</Text>
            <Text size="sm" c="dimmed">
              {version.created_by ?? 'Command line'}, {formatDateTime(version.created_at)}
            </Text>
          </li>
        ))}
      </ol>
    </Section>
  )
}
