import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState, useSyncExternalStore, type ComponentProps } from 'react'
import { Navigate, useLocation, useNavigate, useParams } from 'react-router'
import { ApiError, getFollowingCase, getReadingCase, getWorklist } from '../api/client'
import type { CaseSubmitted, ReadingCase, Worklist } from '../api/types'
import { startWorkers } from '../viewer/mediaWorkers'
import { BeforeReading } from './before/BeforeReading'
import { FROM_LIST } from './before/tourMemory'
import { CaseRoom } from './CaseRoom'
import { takeEarlyImages } from './early'
import { Failure, Notice } from './Notice'
import { justSubmittedIn, type JustSubmitted } from './rating/justSubmitted'
import { RoomImages } from './roomImages'
import { StartPage } from './StartPage'
import { WaitPage } from './WaitPage'

/** What is shown must not change under the reader's eyes, so nothing is fetched again by itself. */
const AS_FETCHED = { staleTime: Infinity, gcTime: 0, retry: false, refetchOnWindowFocus: false }

export default function ReadingRoomPage() {
  const { studyId = '' } = useParams()
  const { code, submittedBefore, onNextCase } = useCaseOfAddress()
  const images = useRoomImages()
  const [opened] = useState(() => new Map<string, ReadingCase>())
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
  const place = { studyId, worklist: worklist.data }
  const { next, checked_screens: checked } = worklist.data
  const listEntry = <ListEntry {...place} onLookAgain={() => void worklist.refetch()} />
  if (!code && next === null) return listEntry
  return (
    <BeforeReading studyId={studyId} checked={checked}>
      {code ? (
        <ReadingCaseRoom
          key={code}
          {...{ code, submittedBefore, onNextCase, images, opened }}
          {...place}
        />
      ) : (
        listEntry
      )}
    </BeforeReading>
  )
}

interface NextCase {
  code: string
  submittedBefore: JustSubmitted | null
}

/**
 * The case that the address names. The next one is entered at once: the router would let it come
 * piece by piece, with time for what nobody waits for.
 */
function useCaseOfAddress() {
  const { code } = useParams()
  const location = useLocation()
  const [entered, setEntered] = useState<{ from: string; next: NextCase } | null>(null)
  // Wherever the address leads from there, it is followed: also back, before it has led anywhere.
  if (entered && entered.from !== location.key) setEntered(null)
  useEffect(() => {
    const follow = () => {
      setEntered(null)
    }
    window.addEventListener('popstate', follow)
    return () => {
      window.removeEventListener('popstate', follow)
    }
  }, [])
  const named = { code, submittedBefore: justSubmittedIn(location.state) }
  const onNextCase = (next: NextCase) => {
    setEntered({ from: location.key, next })
  }
  return { ...(entered?.from === location.key ? entered.next : named), onNextCase }
}

function useRoomImages(): RoomImages {
  const [images] = useState(() => new RoomImages(getFollowingCase, takeEarlyImages))
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
  const location = useLocation()
  const openTakenBack = useOpenTakenBack(studyId)
  if (next === null) {
    return (
      <WaitPage
        studyId={studyId}
        worklist={worklist}
        wait={wait ?? NOTHING_NOW}
        submittedBefore={justSubmittedIn(location.state)}
        onTakenBack={openTakenBack}
        onLookAgain={onLookAgain}
      />
    )
  }
  if (submitted === 0) return <StartPage studyId={studyId} worklist={worklist} next={next} />
  return (
    <Navigate
      to={`/read/${studyId}/${next}`}
      state={{ ...FROM_LIST, justSubmitted: justSubmittedIn(location.state) }}
      replace
    />
  )
}

/** Opens a case that was taken back, with nothing left of how it was known before. */
function useOpenTakenBack(studyId: string) {
  const navigate = useNavigate()
  const queries = useQueryClient()
  const open = async (code: string) => {
    queries.removeQueries({ queryKey: ['reading case', code] })
    await queries.refetchQueries({ queryKey: ['worklist', studyId] })
    await navigate(`/read/${studyId}/${code}`)
  }
  return (code: string) => void open(code)
}

interface ReadingCaseRoomProps extends NextCase {
  studyId: string
  onNextCase: (next: NextCase) => void
  images: RoomImages
  /** Cases that came with the answer to a submission, until their room is entered. */
  opened: Map<string, ReadingCase>
  worklist: Worklist
}

function ReadingCaseRoom(props: ReadingCaseRoomProps) {
  const { studyId, code, images, opened, worklist } = props
  const navigate = useNavigate()
  const queries = useQueryClient()
  const openTakenBack = useOpenTakenBack(studyId)
  const [initialData] = useState(() => opened.get(code))
  const reading = useQuery({
    queryKey: ['reading case', code],
    queryFn: () => getReadingCase(code),
    initialData,
    ...AS_FETCHED,
  })
  useEffect(() => {
    // Whoever comes back to this case later wants to know how it stands then.
    opened.delete(code)
  }, [opened, code])

  const askForNext = async (submitted: JustSubmitted | null) => {
    await queries.refetchQueries({ queryKey: ['worklist', studyId] })
    await navigate(`/read/${studyId}`, { state: { justSubmitted: submitted } })
  }
  const goOn = async (receipt: CaseSubmitted, submitted: JustSubmitted) => {
    const { opened: following, ...progress } = receipt
    const { next, stage, attempt } = progress
    const sameList = stage === worklist.stage && attempt === worklist.attempt
    // Where a calibration was judged there is no way back.
    if (next === null || !sameList) return askForNext(sameList ? submitted : null)
    queries.setQueryData(['worklist', studyId], { ...worklist, ...progress })
    // The case that was submitted stays in view until the next one can take its place.
    if (following) opened.set(following.code, following)
    props.onNextCase({ code: next, submittedBefore: submitted })
    await navigate(`/read/${studyId}/${next}`, { state: { justSubmitted: submitted } })
  }

  if (reading.isError) {
    const { error } = reading
    const putAway = error instanceof ApiError && error.status === 409
    return putAway ? (
      <Failure error={error} onRetry={() => void askForNext(null)} retry="Go on" />
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
      submittedBefore={props.submittedBefore}
      onSubmitted={(receipt, submitted) => void goOn(receipt, submitted)}
      onTakenBack={openTakenBack}
      onNext={() => void askForNext(null)}
    />
  )
}

const DRAWN_MS = 500

type OpenedCaseProps = Omit<ComponentProps<typeof CaseRoom>, 'images'> & {
  reading: ReadingCase
  roomImages: RoomImages
}

/** The room with the images of its case; once all are there, the following case's are fetched. */
function OpenedCase({ roomImages, ...room }: OpenedCaseProps) {
  const [images] = useState(() => roomImages.of(room.reading))
  const complete = useSyncExternalStore(images.subscribe, () => images.isComplete)
  useEffect(() => {
    if (!complete) return
    // The reader's own images are drawn before a processor is asked for the next ones.
    const timer = setTimeout(() => void roomImages.fetchAhead(), DRAWN_MS)
    return () => {
      clearTimeout(timer)
    }
  }, [complete, roomImages])
  return <CaseRoom images={images} {...room} />
}
