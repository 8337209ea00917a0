import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Navigate, useNavigate, useParams } from 'react-router'
import { ApiError, getReadingCase, getWorklist } from '../api/client'
import type { CaseSubmitted, Worklist } from '../api/types'
import { BeforeReading } from './before/BeforeReading'
import { FROM_LIST } from './before/tourMemory'
import { CaseRoom } from './CaseRoom'
import { Failure, Notice } from './Notice'
import { StartPage } from './StartPage'
import { WaitPage } from './WaitPage'

/** What is shown must not change under the reader's eyes, so nothing is fetched again by itself. */
const AS_FETCHED = { staleTime: Infinity, gcTime: 0, retry: false, refetchOnWindowFocus: false }

export default function ReadingRoomPage() {
  const { studyId = '', code } = useParams()
  const worklist = useQuery({
    queryKey: ['worklist', studyId],
    queryFn: () => getWorklist(studyId),
    ...AS_FETCHED,
    // The list of studies may have left an older answer behind.
    refetchOnMount: 'always',
  })
  if (worklist.isError) {
    return <Failure error={worklist.error} onRetry={() => void worklist.refetch()} />
  }
  if (!worklist.isFetchedAfterMount || !worklist.data) {
    return <Notice title="Opening the reading room…" />
  }
  if (code) return <ReadingCaseRoom key={code} studyId={studyId} code={code} {...worklist} />
  return (
    <ListEntry
      studyId={studyId}
      worklist={worklist.data}
      onLookAgain={() => void worklist.refetch()}
    />
  )
}

const NOTHING_NOW = { reason: 'nothing-assigned', until: null } as const

interface ListEntryProps {
  studyId: string
  worklist: Worklist
  onLookAgain: () => void
}

/** Where a list is entered: straight to the case, once its first case is submitted. */
function ListEntry({ studyId, worklist, onLookAgain }: ListEntryProps) {
  const { next, wait, submitted } = worklist
  if (next === null) {
    return <WaitPage worklist={worklist} wait={wait ?? NOTHING_NOW} onLookAgain={onLookAgain} />
  }
  return (
    <BeforeReading studyId={studyId} checked={worklist.checked_screens}>
      {submitted === 0 ? (
        <StartPage studyId={studyId} worklist={worklist} next={next} />
      ) : (
        <Navigate to={`/read/${studyId}/${next}`} state={FROM_LIST} replace />
      )}
    </BeforeReading>
  )
}

interface ReadingCaseRoomProps {
  studyId: string
  code: string
  data: Worklist
}

function ReadingCaseRoom({ studyId, code, data: worklist }: ReadingCaseRoomProps) {
  const navigate = useNavigate()
  const queries = useQueryClient()
  const reading = useQuery({
    queryKey: ['reading case', code],
    queryFn: () => getReadingCase(code),
    ...AS_FETCHED,
  })

  const askForNext = async () => {
    await queries.refetchQueries({ queryKey: ['worklist', studyId] })
    await navigate(`/read/${studyId}`)
  }
  const goOn = async (receipt: CaseSubmitted) => {
    const { next, stage, attempt } = receipt
    const sameList = stage === worklist.stage && attempt === worklist.attempt
    if (next === null || !sameList) return askForNext()
    queries.setQueryData(['worklist', studyId], { ...worklist, ...receipt })
    await navigate(`/read/${studyId}/${next}`)
  }

  if (reading.isError) {
    const { error } = reading
    const putAway = error instanceof ApiError && error.status === 409
    return putAway ? (
      <Failure error={error} onRetry={() => void askForNext()} retry="Go on" />
    ) : (
      <Failure error={error} onRetry={() => void reading.refetch()} />
    )
  }
  if (!reading.data) return <Notice title="Opening the case…" />
  return (
    <CaseRoom
      studyId={studyId}
      reading={reading.data}
      protocol={reading.data.protocol}
      dataNotice={worklist.data_notice}
      onSubmitted={(submitted) => void goOn(submitted)}
      onNext={() => void askForNext()}
    />
  )
}
