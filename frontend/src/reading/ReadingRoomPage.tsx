import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState, useSyncExternalStore, type ComponentProps } from 'react'
import { Navigate, useNavigate, useParams } from 'react-router'
import { ApiError, getFollowingCase, getReadingCase, getWorklist } from '../api/client'
import type { CaseSubmitted, ReadingCase, Worklist } from '../api/types'
import { startWorkers } from '../viewer/mediaWorkers'
import { CaseRoom } from './CaseRoom'
import { Failure, Notice } from './Notice'
import { RoomImages } from './roomImages'
import { StartPage } from './StartPage'
import { WaitPage } from './WaitPage'

/** What is shown must not change under the reader's eyes, so nothing is fetched again by itself. */
const AS_FETCHED = { staleTime: Infinity, gcTime: 0, retry: false, refetchOnWindowFocus: false }

export default function ReadingRoomPage() {
  const { studyId = '', code } = useParams()
  const images = useRoomImages()
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
  if (code) {
    const place = { studyId, code, images, worklist: worklist.data }
    return <ReadingCaseRoom key={code} {...place} />
  }
  return (
    <ListEntry
      studyId={studyId}
      worklist={worklist.data}
      onLookAgain={() => void worklist.refetch()}
    />
  )
}

function useRoomImages(): RoomImages {
  const [images] = useState(() => new RoomImages(getFollowingCase))
  useEffect(() => {
    startWorkers()
    return images.drop
  }, [images])
  return images
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
  if (submitted === 0) return <StartPage studyId={studyId} worklist={worklist} next={next} />
  return <Navigate to={`/read/${studyId}/${next}`} replace />
}

interface ReadingCaseRoomProps {
  studyId: string
  code: string
  images: RoomImages
  worklist: Worklist
}

function ReadingCaseRoom({ studyId, code, images, worklist }: ReadingCaseRoomProps) {
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
    <OpenedCase
      studyId={studyId}
      reading={reading.data}
      roomImages={images}
      protocol={reading.data.protocol}
      dataNotice={worklist.data_notice}
      onSubmitted={(submitted) => void goOn(submitted)}
      onNext={() => void askForNext()}
    />
  )
}

type OpenedCaseProps = Omit<ComponentProps<typeof CaseRoom>, 'images'> & {
  reading: ReadingCase
  roomImages: RoomImages
}

/** The room with the images of its case; once all are there, the following case's are fetched. */
function OpenedCase({ roomImages, ...room }: OpenedCaseProps) {
  const [images] = useState(() => roomImages.of(room.reading))
  const complete = useSyncExternalStore(images.subscribe, () => images.isComplete)
  useEffect(() => {
    if (complete) void roomImages.fetchAhead()
  }, [complete, roomImages])
  return <CaseRoom images={images} {...room} />
}
