import { Button, Group, Paper, Progress as Bar, Stack, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconArrowRight, IconFileText, IconLock, IconPlayerPlay } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { casesInWork } from '../../api/queries'
import type { Obstacle, Progress, RaterRow, Study } from '../../api/types'
import { countOf } from '../../format'
import { AddToListsButton } from '../cases/AddToListsButton'
import { mayRun, maySeeResults } from '../rights'
import { LockStudyModal } from './LockStudyModal'
import { OpenForReadingModal } from './OpenForReadingModal'
import { ratersStillReading, readingLeftInWords } from './readingLeft'
import { ObstacleItem, StepItem, StepList } from './StepList'

interface NextStepProps {
  study: Study
  /** Known a little later than the study. */
  progress?: Progress | undefined
}

/** What needs the coordinator now: what stands in the way, or the next step. */
export function NextStep({ study, progress }: NextStepProps) {
  if (study.state === 'setup') return <Setup study={study} progress={progress} />
  if (study.state === 'reading') return <Reading study={study} progress={progress} />
  return <Locked study={study} state={study.state} />
}

function Setup({ study, progress }: NextStepProps) {
  const [opened, { open, close }] = useDisclosure(false)
  const obstacles = obstaclesOf(study.blockers.open, progress)
  const empty = study.counts.cases === 0
  return (
    <Panel
      title={obstacles.length > 0 ? 'Before reading can begin' : 'Everything is ready for reading'}
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
          {!empty && mayRun(study) && (
            <Button
              leftSection={<IconPlayerPlay size={16} aria-hidden />}
              disabled={obstacles.length > 0}
              onClick={open}
            >
              Open for reading
            </Button>
          )}
        </>
      }
    >
      <StepList>
        {obstacles.map((obstacle) => (
          <ObstacleItem key={obstacle.text} obstacle={obstacle} />
        ))}
        {obstacles.length === 0 && (
          <StepItem kind="free">
            {countOf(study.counts.ready, 'case')} can be given to{' '}
            {countOf(study.raters.length, 'rater')}.
          </StepItem>
        )}
      </StepList>
      <PreparationProgress study={study} />
      <OpenForReadingModal study={study} opened={opened} onClose={close} />
    </Panel>
  )
}

function Reading({ study, progress }: NextStepProps) {
  const [opened, { open, close }] = useDisclosure(false)
  const obstacles = obstaclesOf(study.blockers.lock, progress)
  const acts = obstacles.filter(({ page }) => page !== null)
  const waits = waitsOf(obstacles, progress?.raters ?? [])
  const unlisted = progress?.ready_but_unlisted ?? 0
  return (
    <Panel
      title={obstacles.length > 0 ? 'Reading is under way' : 'All readings are in'}
      action={
        mayRun(study) && (
          <>
            {unlisted > 0 && <AddToListsButton study={study} count={unlisted} />}
            <Button
              leftSection={<IconLock size={16} aria-hidden />}
              disabled={obstacles.length > 0}
              onClick={open}
            >
              Lock study
            </Button>
          </>
        )
      }
    >
      <StepList>
        {acts.map((obstacle) => (
          <ObstacleItem key={obstacle.text} obstacle={obstacle} />
        ))}
        {waits.map((text) => (
          <StepItem key={text} kind="wait">
            {text}
          </StepItem>
        ))}
        {obstacles.length === 0 && (
          <StepItem kind="free">
            Lock the study to freeze the ratings and to see rates and agreement.
          </StepItem>
        )}
      </StepList>
      <LockStudyModal study={study} opened={opened} onClose={close} />
    </Panel>
  )
}

const ONCE_LOCKED = {
  locked: ['The study is locked', 'The ratings are frozen. The report is ready.'],
  adjudicating: [
    'Adjudication is under way',
    'A third reader judges the cases that the ratings left open. The report shows how far.',
  ],
  concluded: ['The study is concluded', 'The report and the consensus are ready.'],
} as const

function Locked({ study, state }: { study: Study; state: keyof typeof ONCE_LOCKED }) {
  const [title, remark] = ONCE_LOCKED[state]
  return (
    <Panel
      title={title}
      action={
        maySeeResults(study) && (
          <Button component={Link} to="report" leftSection={<IconFileText size={16} aria-hidden />}>
            View the report
          </Button>
        )
      }
    >
      <StepList>
        <StepItem kind="free">{remark}</StepItem>
      </StepList>
    </Panel>
  )
}

/** The dashboard knows where each obstacle is removed; the study only its words. */
function obstaclesOf(texts: string[], progress: Progress | undefined): Obstacle[] {
  const places = new Map(progress?.obstacles.map(({ text, page }) => [text, page]))
  return texts.map((text) => ({ text, page: places.get(text) ?? null }))
}

/** What there is to wait for: where it is the raters alone, in one sentence for all of them. */
function waitsOf(obstacles: Obstacle[], raters: RaterRow[]): string[] {
  const waits = obstacles.filter(({ page }) => page === null).map(({ text }) => text)
  return waits.length === ratersStillReading(raters).length
    ? [readingLeftInWords(raters)].filter((text) => text !== '')
    : waits
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

function PreparationProgress({ study }: { study: Study }) {
  const { cases, ready, failed } = study.counts
  const left = casesInWork(study.counts)
  if (left === 0) return null
  return (
    <Stack gap={4} maw={460}>
      <Bar value={((ready + failed) / cases) * 100} aria-label="Cases prepared" />
      <Text size="sm" c="dimmed" role="status">
        {ready} of {countOf(cases, 'case')} ready, {left} being prepared
      </Text>
    </Stack>
  )
}
