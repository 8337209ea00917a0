import { Alert, Badge, Group, Stack, Title, VisuallyHidden } from '@mantine/core'
import { NavLink, Outlet, useOutletContext, useParams } from 'react-router'
import { useStudy, useWaitingSeries } from '../api/queries'
import type { Study } from '../api/types'
import { DataNotice } from '../shell/DataNotice'
import { FailureState, LoadingState } from '../shell/PageStates'
import { mayChangeCohort, mayRun, maySeeResults } from './rights'
import { StateBadge } from './StateBadge'
import classes from './StudyLayout.module.css'

/** Name, state, notice and navigation above every page of one study. */
export default function StudyLayout() {
  const { studyId = '' } = useParams()
  const study = useStudy(studyId)
  if (study.isPending) return <LoadingState what="the study" />
  if (study.isError && !study.data) {
    return <FailureState titleOrder={1} error={study.error} onRetry={() => void study.refetch()} />
  }
  return (
    <Stack gap="md">
      <Stack gap="sm" className={classes.screenOnly}>
        <Group gap="md">
          <Title order={1}>{study.data.name}</Title>
          <StateBadge state={study.data.state} />
        </Group>
        <nav aria-label="Study" className={classes.tabs}>
          <NavLink to="." end className={classes.tab}>
            Overview
          </NavLink>
          <NavLink to="cases" className={classes.tab}>
            Cases
          </NavLink>
          {mayChangeCohort(study.data) && <ReleaseLink studyId={studyId} />}
          <NavLink to="protocol" className={classes.tab}>
            Protocol
          </NavLink>
          {mayRun(study.data) && (
            <NavLink to="model" className={classes.tab}>
              Model
            </NavLink>
          )}
          {mayRun(study.data) && (
            <NavLink to="people" className={classes.tab}>
              People
            </NavLink>
          )}
          {maySeeResults(study.data) && (
            <NavLink to="report" className={classes.tab}>
              Report
            </NavLink>
          )}
          {mayRun(study.data) && (
            <NavLink to="audit" className={classes.tab}>
              Audit
            </NavLink>
          )}
        </nav>
      </Stack>
      {study.isError && (
        <Alert color="red" role="alert" className={classes.screenOnly}>
          {study.error.message} This page shows the last known state.
        </Alert>
      )}
      <DataNotice text={study.data.data_notice} />
      <Outlet context={study.data} />
    </Stack>
  )
}

/** Leads out of these pages into the dark, with the number of series that wait there. */
function ReleaseLink({ studyId }: { studyId: string }) {
  const waiting = useWaitingSeries(studyId).data?.length ?? 0
  return (
    <NavLink to="review" className={classes.tab}>
      Release
      {waiting > 0 && (
        <Badge ml={7} size="sm" display="inline-flex" color="orange.9" className={classes.badge}>
          {waiting} <VisuallyHidden>waiting</VisuallyHidden>
        </Badge>
      )}
    </NavLink>
  )
}

/** The study of the page, loaded by StudyLayout. */
export function useLoadedStudy(): Study {
  return useOutletContext<Study>()
}
