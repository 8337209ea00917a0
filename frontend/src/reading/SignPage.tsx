import { Button } from '@mantine/core'
import { IconSignature } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { ApiError, getSigning, signReadings } from '../api/client'
import { keys } from '../api/queries'
import type { RaterProtocol, Signing, Worklist } from '../api/types'
import { countOf } from '../format'
import { NOTHING_TYPED, ProofFields } from '../login/ProofFields'
import { BackToStudies, Failure, Notice } from './Notice'
import { answersInWords } from './answersInWords'
import classes from './sign.module.css'
import { useFirstFocus } from './useFirstFocus'
import room from './room.module.css'

interface SignPageProps {
  studyId: string
  worklist: Worklist
  /** What was just submitted, and the way to take it back. */
  submitted?: ReactNode
}

/** The end of a list: every case is graded, and the rater signs. */
export function SignPage({ studyId, worklist, submitted }: SignPageProps) {
  const signing = useQuery({
    queryKey: keys.signing(studyId),
    queryFn: () => getSigning(studyId),
    gcTime: 0,
    refetchOnMount: 'always',
    refetchOnWindowFocus: false,
  })
  if (signing.isError) {
    return <Failure error={signing.error} onRetry={() => void signing.refetch()} />
  }
  if (!signing.isFetchedAfterMount || !signing.data) return <Notice title="All cases are graded." />
  const { data } = signing
  if (data.block === null) return <Signed worklist={worklist} signing={data} />
  return (
    <Notice title={whatToSign(data.block.readings.length)}>
      {data.void_reason !== '' && (
        <p className={classes.voided}>Your earlier signature is void: {data.void_reason}</p>
      )}
      {submitted}
      <SignForm
        studyId={studyId}
        signing={data}
        protocol={worklist.protocol}
        onStale={() => void signing.refetch()}
      />
    </Notice>
  )
}

function whatToSign(count: number): string {
  if (count === 1) return 'The case is graded. Sign it.'
  return `${count === 2 ? 'Both' : `All ${count}`} cases are graded. Sign them.`
}

function Signed({ worklist, signing }: { worklist: Worklist; signing: Signing }) {
  return (
    <Notice title={`${countOf(worklist.total, 'case')} graded and signed, thank you.`}>
      <p>
        {signing.signed_at !== null && `Signed on ${inFull.format(new Date(signing.signed_at))}. `}
        Nothing is left to do. Your answers are stored.
      </p>
      <div className={room.choices}>
        <BackToStudies />
      </div>
    </Notice>
  )
}

const inFull = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short' })

interface SignFormProps {
  studyId: string
  signing: Signing
  protocol: RaterProtocol
  onStale: () => void
}

function SignForm({ studyId, signing, protocol, onStale }: SignFormProps) {
  const [proof, setProof] = useState(NOTHING_TYPED)
  const password = useFirstFocus<HTMLInputElement>()
  const queries = useQueryClient()
  const readings = signing.block?.readings ?? []
  const attempt = useMutation({
    mutationFn: () => signReadings(studyId, signing.block?.record_sha256 ?? '', proof),
    onSuccess: (signed) => {
      queries.setQueryData(keys.signing(studyId), signed)
      void queries.invalidateQueries({ queryKey: keys.worklist(studyId) })
    },
    onError: (error) => {
      if (error instanceof ApiError && error.status === 409) onStale()
    },
  })
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault()
        attempt.mutate()
      }}
    >
      <div className={classes.readings}>
        <table aria-label="What you sign">
          <thead>
            <tr>
              <th scope="col">Case</th>
              <th scope="col">Your answer</th>
              <th scope="col">Comment</th>
            </tr>
          </thead>
          <tbody>
            {readings.map(({ code, answers }) => (
              <tr key={code}>
                <th scope="row">{code}</th>
                <td>{answersInWords(answers, protocol)}</td>
                <td>{answers.comment}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className={classes.sign}>
        <blockquote>
          “{signing.meaning}”
          <footer>{signing.printed_name}, with the date and time of the server</footer>
        </blockquote>
        <ProofFields
          proof={proof}
          onChange={setProof}
          error={attempt.error}
          description="Typed again, it is your signature."
          passwordRef={password}
        />
        <div className={room.choices}>
          <Button
            type="submit"
            leftSection={<IconSignature size={16} aria-hidden />}
            disabled={proof.password === ''}
            loading={attempt.isPending}
          >
            Sign {countOf(readings.length, 'reading')}
          </Button>
          <BackToStudies />
        </div>
      </div>
    </form>
  )
}
