import { Badge, Button, Group, Paper, Progress, Stack, Text, Title } from '@mantine/core'
import { IconArrowRight, IconFlask } from '@tabler/icons-react'
import { Link } from 'react-router'
import { useWorklist } from '../api/queries'
import type { StudySummary, Worklist } from '../api/types'
import { countOf } from '../format'
import { PLACE_OF, ROLE_NAME } from '../study/roles'
import { StateBadge } from '../study/StateBadge'

export function StudyCard({ study }: { study: StudySummary }) {
  const follows = study.roles.some((role) => PLACE_OF[role] === 'study')
  const reads = study.roles.includes('rater')
  return (
    <Paper withBorder p="lg">
      <Group justify="space-between" align="center" gap="xl">
        <Stack gap={8} flex={1} miw={280}>
          <Group gap="sm">
            <Title order={2}>{study.name}</Title>
            <StateBadge state={study.state} />
          </Group>
          <Group gap="sm">
            <Text size="sm" c="dimmed">
              Your role: {study.roles.map((role) => ROLE_NAME[role].toLowerCase()).join(' and ')}
            </Text>
            {study.data_notice !== '' && (
              <Badge
                variant="light"
                color="orange"
                c="#7a3300"
                tt="none"
                radius="sm"
                leftSection={<IconFlask size={13} aria-hidden />}
              >
                {study.data_notice}
              </Badge>
            )}
          </Group>
        </Stack>
        {reads && <ReadingEntry study={study} />}
        {follows && (
          <Button
            component={Link}
            to={`/studies/${study.id}`}
            variant={reads && study.state === 'reading' ? 'default' : 'filled'}
            aria-label={`Open ${study.name}`}
          >
            Open
          </Button>
        )}
      </Group>
    </Paper>
  )
}

/** A rater's own progress; nothing here says anything about others. */
function ReadingEntry({ study }: { study: StudySummary }) {
  const open = study.state === 'reading'
  const worklist = useWorklist(study.id, open)
  if (study.state === 'setup') return <Remark text="Not open for reading yet" />
  if (study.state === 'locked') return <Remark text="Reading is closed" />
  if (worklist.isPending) return <Remark text="Loading your list …" />
  if (worklist.isError) return <Remark text={worklist.error.message} />
  return <ContinueReading study={study} worklist={worklist.data} />
}

function ContinueReading({ study, worklist }: { study: StudySummary; worklist: Worklist }) {
  const { submitted, total, next, position } = worklist
  if (total === 0) return <Remark text="No case is assigned to you yet" />
  if (next === null) return <Remark text={`You have read all ${countOf(total, 'case')}`} />
  const verb = submitted === 0 ? 'Start reading' : 'Continue reading'
  const place = `${position ?? submitted + 1} of ${total}`
  return (
    <Group gap="lg">
      <Stack gap={4} w={150}>
        <Text size="sm" c="dimmed">
          {submitted} of {total} submitted
        </Text>
        <Progress
          value={(submitted / total) * 100}
          aria-label={`Cases submitted in ${study.name}`}
        />
      </Stack>
      <Button
        component={Link}
        to={`/read/${study.id}`}
        rightSection={<IconArrowRight size={16} aria-hidden />}
      >
        {`${verb} ${place}`}
      </Button>
    </Group>
  )
}

function Remark({ text }: { text: string }) {
  return (
    <Text size="sm" c="dimmed">
      {text}
    </Text>
  )
}
