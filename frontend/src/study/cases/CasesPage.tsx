import { Stack } from '@mantine/core'
import { IconStack2 } from '@tabler/icons-react'
import { hashKey, type QueryKey, useQueryClient } from '@tanstack/react-query'
import { useEffect, useEffectEvent } from 'react'
import { isArriving, isBeingPrepared, isBeingScanned, keys, useCases, useUploads } from '../../api/queries'
import type { Study } from '../../api/types'
import { EmptyState, FailureState, LoadingState } from '../../shell/PageStates'
import { useLoadedStudy } from '../StudyLayout'
import { UploadList } from '../upload/UploadList'
import { UploadSection } from '../upload/UploadSection'
import { AddToListsPanel } from './AddToListsPanel'
import { CaseDrawer } from './CaseDrawer'
import { isReadyButNotGivenOut } from './caseSelection'
import { CaseTable } from './CaseTable'

export default function CasesPage() {
  const study = useLoadedStudy()
  const uploads = useUploads(study.id)
  const scanning = uploads.data?.some(isBeingScanned) ?? false
  const uploadStates = uploads.data?.map(({ id, state }) => `${id} ${state}`).join() ?? ''
  // Cases that an upload added as its last act are asked for once it has ended.
  useRefresh(keys.cases(study.id), uploadStates)
  return (
    <Stack gap="md">
      <title>{`Cases · ${study.name} · Reader Study`}</title>
      <UploadSection study={study} uploads={uploads.data ?? []} />
      {uploads.isError ? (
        <FailureState error={uploads.error} onRetry={() => void uploads.refetch()} />
      ) : (
        <UploadList
          study={study}
          uploads={uploads.data?.filter((upload) => !isArriving(upload)) ?? []}
        />
      )}
      <Cases study={study} scanning={scanning} />
      <CaseDrawer study={study} />
    </Stack>
  )
}

function Cases({ study, scanning }: { study: Study; scanning: boolean }) {
  const cases = useCases(study.id, scanning)
  const inWork = cases.data?.filter(isBeingPrepared).length ?? 0
  // Counts and blockers of the study follow what happens to its cases.
  useRefresh(keys.study(study.id), `${cases.data?.length ?? 0} cases, ${inWork} in work`)

  if (cases.isPending) return <LoadingState what="the cases" />
  if (cases.isError && !cases.data) {
    return <FailureState error={cases.error} onRetry={() => void cases.refetch()} />
  }
  if (cases.data.length > 0) {
    const notGivenOut = cases.data.filter(isReadyButNotGivenOut).length
    return (
      <>
        {study.state === 'reading' && notGivenOut > 0 && (
          <AddToListsPanel study={study} count={notGivenOut} />
        )}
        <CaseTable study={study} cases={cases.data} />
      </>
    )
  }
  return (
    <EmptyState icon={<IconStack2 size={24} aria-hidden />} title="No cases yet">
      {scanning
        ? 'The uploaded files are being checked. Cases appear here as they are found.'
        : 'Upload the non-contrast CT and the DSA of each patient, as folders or zip archives. Each patient becomes one case.'}
    </EmptyState>
  )
}

/** Asks for a query's data once more when the states on which the data depends have changed. */
function useRefresh(queryKey: QueryKey, states: string) {
  const queryClient = useQueryClient()
  const query = hashKey(queryKey)
  const refresh = useEffectEvent(() => {
    void queryClient.invalidateQueries({ queryKey, exact: true })
  })
  useEffect(() => {
    refresh()
  }, [query, states])
}
