import { Grid, Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { useProgress } from '../../api/queries'
import type { Progress, Study } from '../../api/types'
import { FailureState, LoadingState } from '../../shell/PageStates'
import { useLoadedStudy } from '../StudyLayout'
import { ModelCard } from './ModelCard'
import { NextStep } from './NextStep'
import { ProtocolCard } from './ProtocolCard'
import { QueueCard } from './QueueCard'
import { RatersTable } from './RatersTable'
import { SubmissionsPerDay } from './SubmissionsPerDay'
import { TimePerCase } from './TimePerCase'
import { UnscorableCard } from './UnscorableCard'

export default function OverviewPage() {
  const study = useLoadedStudy()
  const progress = useProgress(study.id)
  return (
    <Stack gap="md">
      <title>{`${study.name} · Reader Study`}</title>
      <NextStep study={study} progress={progress.data} />
      {progress.isPending && <LoadingState what="the progress" />}
      {progress.isError && !progress.data && (
        <FailureState error={progress.error} onRetry={() => void progress.refetch()} />
      )}
      {progress.data && <Dashboard study={study} progress={progress.data} />}
    </Stack>
  )
}

/** Set up: the cohort first. Once the raters read: they first. */
function Dashboard({ study, progress }: { study: Study; progress: Progress }) {
  const raters = (
    <RatersTable raters={progress.raters} locked={!['setup', 'reading'].includes(study.state)} />
  )
  const queue = <QueueCard study={study} progress={progress} />
  if (study.state === 'setup') {
    return (
      <TwoColumns
        left={
          <>
            {queue}
            {raters}
            <ModelCard model={study.model} />
          </>
        }
        right={<ProtocolCard study={study} />}
      />
    )
  }
  return (
    <>
      {raters}
      <TwoColumns
        left={
          <>
            <SubmissionsPerDay days={progress.submissions_per_day} />
            {queue}
            <ModelCard model={study.model} />
          </>
        }
        right={
          <>
            <TimePerCase times={progress.time_per_case} />
            <UnscorableCard cases={progress.unscorable} />
            <ProtocolCard study={study} />
          </>
        }
      />
    </>
  )
}

function TwoColumns({ left, right }: { left: ReactNode; right: ReactNode }) {
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, md: 6 }}>
        <Stack gap="md">{left}</Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 6 }}>
        <Stack gap="md">{right}</Stack>
      </Grid.Col>
    </Grid>
  )
}
