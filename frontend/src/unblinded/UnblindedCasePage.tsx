import { useQuery } from '@tanstack/react-query'
import { useParams } from 'react-router'
import { getUnblindedCase } from '../api/client'
import { useReport, useStudy } from '../api/queries'
import { Failure, Notice } from '../reading/Notice'
import { UnblindedRoom } from './UnblindedRoom'

/** A case of a locked study as its raters saw it, with all that they said of it. */
export default function UnblindedCasePage() {
  const { studyId = '', code = '' } = useParams()
  const study = useStudy(studyId)
  const report = useReport(studyId, true)
  const found = useQuery({
    queryKey: ['unblinded case', studyId, code],
    queryFn: () => getUnblindedCase(studyId, code),
    // Each look is written into the audit trail: none happens by itself.
    ...{ staleTime: Infinity, gcTime: 0, retry: false, refetchOnWindowFocus: false },
  })
  const failed = [found, study, report].find(({ isError }) => isError)
  if (failed?.error) {
    return <Failure error={failed.error} onRetry={() => void failed.refetch()} />
  }
  if (!found.data || !study.data || !report.data) return <Notice title="Opening the case…" />
  return (
    <UnblindedRoom
      key={code}
      study={study.data}
      found={found.data}
      differing={(report.data.disagreements ?? []).map((one) => one.case)}
    />
  )
}
