import { Anchor, Group, Progress as Bar, Stack, Text } from '@mantine/core'
import { Link } from 'react-router'
import type { Progress, Study } from '../../api/types'
import { countOf, formatPercent, formatTimeLeft } from '../../format'
import { CaseCounts } from './CaseCounts'
import { Section } from './Section'

interface QueueCardProps {
  study: Study
  progress: Progress
}

/** The cohort by numbers, and what the workers have in hand. */
export function QueueCard({ study, progress }: QueueCardProps) {
  const { queue, calibration_cases, withdrawn_cases } = progress
  return (
    <Section title="Cases">
      <CaseCounts study={study} />
      {queue.running.length > 0 && (
        <Stack gap="xs">
          {queue.running.map((work) => (
            <RunningWork key={`${work.step} ${work.case_id}`} work={work} />
          ))}
        </Stack>
      )}
      <Stack gap={4}>
        {queue.waiting > 0 && (
          <Text size="sm" c="dimmed" role="status">
            {`${countOf(queue.waiting, 'case waits', 'cases wait')} for a worker.`}
          </Text>
        )}
        {calibration_cases > 0 && (
          <Aside count={calibration_cases} filter="?purpose=calibration">
            for calibration
          </Aside>
        )}
        {withdrawn_cases > 0 && (
          <Aside count={withdrawn_cases} filter="?show=withdrawn">
            withdrawn, not counted above
          </Aside>
        )}
      </Stack>
    </Section>
  )
}

function RunningWork({ work }: { work: Progress['queue']['running'][number] }) {
  const { case_code, case_id, step, progress, seconds_left } = work
  const words = step === 'segmenting' ? 'Segmenting' : 'Preparing images of'
  return (
    <Stack gap={4}>
      <Group justify="space-between">
        <Text size="sm">
          {words}{' '}
          <Anchor component={Link} to={`cases?case=${case_id}`} inherit>
            {case_code}
          </Anchor>
        </Text>
        <Text size="sm" c="dimmed">
          {seconds_left === null ? formatPercent(progress, 0) : formatTimeLeft(seconds_left)}
        </Text>
      </Group>
      <Bar value={progress * 100} size="sm" aria-label={`${words} ${case_code}`} />
    </Stack>
  )
}

function Aside({ count, filter, children }: { count: number; filter: string; children: string }) {
  return (
    <Text size="sm" c="dimmed">
      <Anchor component={Link} to={`cases${filter}`} inherit td="underline">
        {countOf(count, 'case')}
      </Anchor>{' '}
      {children}
    </Text>
  )
}
