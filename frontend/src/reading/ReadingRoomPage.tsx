import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Link, Navigate, useNavigate, useParams } from 'react-router'
import { ApiError, getReadingCase, getWorklist } from '../api/client'
import type { Worklist } from '../api/types'
import { CaseRoom } from './CaseRoom'
import classes from './room.module.css'

/** What is shown must not change under the reader's eyes, so nothing is fetched again by itself. */
const AS_FETCHED = { staleTime: Infinity, gcTime: 0, retry: false, refetchOnWindowFocus: false }

export default function ReadingRoomPage() {
  const { studyId = '', code } = useParams()
  const worklist = useQuery({
    queryKey: ['worklist', studyId],
    queryFn: () => getWorklist(studyId),
    ...AS_FETCHED,
  })
  if (worklist.isError) {
    return <Failure error={worklist.error} onRetry={() => void worklist.refetch()} />
  }
  if (!worklist.data) return <Notice title="Opening the reading room…" />
  if (code) return <ReadingCaseRoom key={code} studyId={studyId} code={code} {...worklist} />
  return worklist.data.next ? (
    <Navigate to={`/read/${studyId}/${worklist.data.next}`} replace />
  ) : (
    <EndOfList {...worklist.data} />
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

  const goTo = async (next: string | null) => {
    if (next === null) await queries.refetchQueries({ queryKey: ['worklist', studyId] })
    await navigate(next === null ? `/read/${studyId}` : `/read/${studyId}/${next}`)
  }

  if (reading.isError) {
    return <Failure error={reading.error} onRetry={() => void reading.refetch()} />
  }
  if (!reading.data) return <Notice title="Opening the case…" />
  const { next } = reading.data
  return (
    <CaseRoom
      reading={reading.data}
      protocol={worklist.protocol}
      dataNotice={worklist.data_notice}
      onSubmitted={(submitted) => void goTo(submitted.next)}
      onNext={() => void goTo(next)}
    />
  )
}

function EndOfList({ total, submitted }: Worklist) {
  if (total === 0) {
    return (
      <Notice title="No cases are assigned to you yet.">
        <p>The coordinator opens the study for reading; your cases then appear here.</p>
        <BackToStudies />
      </Notice>
    )
  }
  if (submitted < total) {
    return (
      <Notice title={`${submitted} of ${total} cases submitted.`}>
        <p>The next case is not ready yet. Come back a little later.</p>
        <BackToStudies />
      </Notice>
    )
  }
  return (
    <Notice title={`All ${total} cases submitted, thank you.`}>
      <p>Nothing is left to do. Your answers are stored.</p>
      <BackToStudies />
    </Notice>
  )
}

function Failure({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const loggedOut = error instanceof ApiError && (error.status === 401 || error.status === 403)
  return (
    <Notice title={error.message}>
      <div className={classes.choices}>
        {loggedOut ? (
          <Button component={Link} to="/login">
            Log in
          </Button>
        ) : (
          <Button onClick={onRetry}>Try again</Button>
        )}
        <BackToStudies />
      </div>
    </Notice>
  )
}

function BackToStudies() {
  return (
    <Button component={Link} to="/" variant="default">
      My studies
    </Button>
  )
}

function Notice({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <main className={classes.noticePage}>
      <h1>{title}</h1>
      {children}
    </main>
  )
}
