import { Group, Progress, Stack, Text } from '@mantine/core'
import type { Study } from '../../api/types'
import { Section } from './Section'

/** How far each rater is. What they answered stays hidden until the study is locked. */
export function RatersCard({ study }: { study: Study }) {
  return (
    <Section
      title="Raters"
      aside={
        study.state !== 'locked' && (
          <Text size="sm" c="dimmed">
            Agreement is shown only after the lock
          </Text>
        )
      }
    >
      {study.raters.length === 0 ? (
        <Text c="dimmed">No rater has been added to this study yet.</Text>
      ) : (
        <Stack gap="md">
          {study.raters.map((rater) => (
            <Stack key={rater.username} gap={6}>
              <Group justify="space-between">
                <Text fw={500}>{rater.full_name || rater.username}</Text>
                <Text size="sm" c="dimmed">
                  {rater.total === 0
                    ? 'nothing assigned yet'
                    : `${rater.submitted} of ${rater.total} submitted`}
                </Text>
              </Group>
              <Progress
                value={rater.total === 0 ? 0 : (rater.submitted / rater.total) * 100}
                aria-label={`Cases submitted by ${rater.full_name || rater.username}`}
              />
            </Stack>
          ))}
        </Stack>
      )}
    </Section>
  )
}
