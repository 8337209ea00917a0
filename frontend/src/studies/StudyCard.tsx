import { Badge, Button, Group, Paper, Progress, Stack, Text, Title } from '@mantine/core'
import { IconArrowRight, IconFlask, IconSignature } from '@tabler/icons-react'
import { Link } from 'react-router'
import { useWorklist } from '../api/queries'
import type { StudyState, StudySummary, Worklist } from '../api/types'
import { countOf } from '../format'
import { waitInWords } from '../reading/waitInWords'
import { PLACE_OF, ROLE_NAME } from '../study/roles'
import { StateBadge } from '../study/StateBadge'

export function StudyCard({ study }: { study: StudySummary }) {
  const follows = study.roles.some((role) => PLACE_OF[role] === 'study')
  const reads = study.roles.includes('rater') || study.roles.includes('adjudicator')
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

/** A reader's own progress; nothing here says anything about others. */
function ReadingEntry({ study }: { study: StudySummary }) {
  const adjudicates = study.roles.includes('adjudicator')
  const open = study.state === (adjudicates ? 'adjudicating' : 'reading')
  const worklist = useWorklist(study.id, open)
  if (!open) return <Remark text={closedInWords(study.state, adjudicates)} />
  if (worklist.isPending) return <Remark text="Loading your list …" />
  if (worklist.isError) return <Remark text={worklist.error.message} />
  return <ContinueReading study={study} worklist={worklist.data} />
}

function closedInWords(state: StudyState, adjudicates: boolean): string {
  if (adjudicates) {
    return state === 'concluded' ? 'Adjudication is closed' : 'Nothing to adjudicate yet'
  }
  return state === 'setup' ? 'Not open for reading yet' : 'Reading is closed'
}

function ContinueReading({ study, worklist }: { study: StudySummary; worklist: Worklist }) {
  const { submitted, total, next, wait } = worklist
  if (worklist.signature === 'to-sign') return <SignReminder study={study} worklist={worklist} />
  if (worklist.signature === 'signed') {
    return <Remark text={`All ${countOf(total, 'case')} graded and signed, thank you.`} />
  }
  if (next === null && wait) return <Remark text={waitInWords(worklist, wait, new Date()).title} />
  const what = worklist.stage === 'adjudication' ? 'adjudicating' : 'reading'
  const verb = `${submitted === 0 ? 'Start' : 'Continue'} ${what}`
  const place = `${submitted + 1} of ${total}`
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

/** Nothing is left to grade, and the rater's name is still to be put under it. */
function SignReminder({ study, worklist }: { study: StudySummary; worklist: Worklist }) {
  return (
    <Group gap="lg">
      <Remark text={`All ${countOf(worklist.total, 'case')} graded, not signed yet`} />
      <Button
        component={Link}
        to={`/read/${study.id}`}
        leftSection={<IconSignature size={16} aria-hidden />}
      >
        Sign your readings
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
