import { Button, Group, List, Paper, Progress, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import {
  IconAlertTriangle,
  IconArrowRight,
  IconCircleCheck,
  IconFileText,
  IconLock,
  IconPlayerPlay,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { casesInWork } from '../../api/queries'
import type { Study } from '../../api/types'
import { countOf } from '../../format'
import { LockStudyModal } from './LockStudyModal'
import { OpenForReadingModal } from './OpenForReadingModal'

/** What needs the coordinator now: what stands in the way, or the next step. */
export function NextStep({ study }: { study: Study }) {
  if (study.state === 'locked') return <Locked study={study} />
  return study.state === 'reading' ? <Reading study={study} /> : <Setup study={study} />
}

function Setup({ study }: { study: Study }) {
  const [opened, { open, close }] = useDisclosure(false)
  const blockers = study.blockers.open
  const empty = study.counts.cases === 0
  return (
    <Panel
      title={blockers.length > 0 ? 'Before reading can begin' : 'Everything is ready for reading'}
      action={
        <>
          <Button
            component={Link}
            to="cases"
            variant={empty ? 'filled' : 'default'}
            rightSection={<IconArrowRight size={16} aria-hidden />}
          >
            {empty ? 'Add cases' : 'Go to the cases'}
          </Button>
          {!empty && (
            <Button
              leftSection={<IconPlayerPlay size={16} aria-hidden />}
              disabled={blockers.length > 0}
              onClick={open}
            >
              Open for reading
            </Button>
          )}
        </>
      }
    >
      <Blockers
        texts={blockers}
        none={`${countOf(study.counts.ready, 'case')} can be given to ${countOf(study.raters.length, 'rater')}.`}
      />
      <PreparationProgress study={study} />
      <OpenForReadingModal study={study} opened={opened} onClose={close} />
    </Panel>
  )
}

function Reading({ study }: { study: Study }) {
  const [opened, { open, close }] = useDisclosure(false)
  const blockers = study.blockers.lock
  return (
    <Panel
      title={blockers.length > 0 ? 'Reading is under way' : 'All readings are in'}
      action={
        <Button
          leftSection={<IconLock size={16} aria-hidden />}
          disabled={blockers.length > 0}
          onClick={open}
        >
          Lock study
        </Button>
      }
    >
      <Blockers
        texts={blockers}
        none="Lock the study to freeze the ratings and to see rates and agreement."
      />
      <LockStudyModal study={study} opened={opened} onClose={close} />
    </Panel>
  )
}

function Locked({ study }: { study: Study }) {
  return (
    <Panel
      title="The study is locked"
      action={
        <Button component={Link} to="report" leftSection={<IconFileText size={16} aria-hidden />}>
          View the report
        </Button>
      }
    >
      <Blockers
        texts={[]}
        none={`The ratings of ${countOf(study.counts.cases, 'case')} are frozen. The report is ready.`}
      />
    </Panel>
  )
}

interface PanelProps {
  title: string
  action: ReactNode
  children: ReactNode
}

function Panel({ title, action, children }: PanelProps) {
  return (
    <Paper component="section" withBorder p="lg" aria-label="What needs you now">
      <Group justify="space-between" align="center" gap="xl">
        <Stack gap="sm" flex={1} miw={320}>
          <Title order={2}>{title}</Title>
          {children}
        </Stack>
        <Group gap="sm">{action}</Group>
      </Group>
    </Paper>
  )
}

function Blockers({ texts, none }: { texts: string[]; none: string }) {
  const free = texts.length === 0
  const Icon = free ? IconCircleCheck : IconAlertTriangle
  return (
    <List
      spacing={6}
      center
      icon={
        <ThemeIcon size={22} radius="xl" variant="light" color={free ? 'teal' : 'orange'}>
          <Icon size={14} aria-hidden />
        </ThemeIcon>
      }
    >
      {(free ? [none] : texts).map((text) => (
        <List.Item key={text}>{text}</List.Item>
      ))}
    </List>
  )
}

function PreparationProgress({ study }: { study: Study }) {
  const { cases, ready, failed } = study.counts
  const left = casesInWork(study.counts)
  if (left === 0) return null
  return (
    <Stack gap={4} maw={460}>
      <Progress value={((ready + failed) / cases) * 100} aria-label="Cases prepared" />
      <Text size="sm" c="dimmed" role="status">
        {ready} of {countOf(cases, 'case')} ready, {left} being prepared
      </Text>
    </Stack>
  )
}
