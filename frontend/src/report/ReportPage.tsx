import { Button, Group } from '@mantine/core'
import { IconArrowLeft, IconLock, IconPrinter } from '@tabler/icons-react'
import { Link } from 'react-router'
import { useReport } from '../api/queries'
import type { Study } from '../api/types'
import { EmptyState, FailureState, LoadingState } from '../shell/PageStates'
import { useLoadedStudy } from '../study/StudyLayout'
import { isLocked, isSigned } from '../study/wording'
import { AdjudicationPanel } from './AdjudicationPanel'
import { DownloadMenu } from './DownloadMenu'
import { ReportArticle } from './ReportArticle'
import classes from './report.module.css'

export default function ReportPage() {
  const study = useLoadedStudy()
  return (
    <>
      <title>{`Report · ${study.name} · Reader Study`}</title>
      {isLocked(study.state) ? <LockedReport study={study} /> : <NoReportYet />}
    </>
  )
}

function LockedReport({ study }: { study: Study }) {
  const report = useReport(study.id, true)
  if (report.isPending) return <LoadingState what="the report" />
  if (report.isError) {
    return <FailureState error={report.error} onRetry={() => void report.refetch()} />
  }
  return (
    <>
      <Group justify="flex-end" gap="sm" className={classes.actions}>
        <DownloadMenu studyId={study.id} signed={isSigned(study)} />
        <Button
          leftSection={<IconPrinter size={16} aria-hidden />}
          onClick={() => {
            window.print()
          }}
        >
          Print
        </Button>
      </Group>
      <AdjudicationPanel study={study} />
      <ReportArticle
        studyId={study.id}
        report={report.data}
        confidence={study.protocol.confidence}
      />
    </>
  )
}

function NoReportYet() {
  return (
    <EmptyState
      icon={<IconLock size={24} aria-hidden />}
      title="There is no report before the lock"
      action={
        <Button
          component={Link}
          to=".."
          relative="path"
          variant="default"
          mt="sm"
          leftSection={<IconArrowLeft size={16} aria-hidden />}
        >
          See what is missing
        </Button>
      }
    >
      Nobody sees rates or agreement while ratings can still change: knowing them would influence
      the reading. Once every rater has submitted every case, lock the study; the report is computed
      from the frozen ratings.
    </EmptyState>
  )
}
