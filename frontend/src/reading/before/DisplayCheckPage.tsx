import { Button } from '@mantine/core'
import { useState } from 'react'
import { sendDisplayCheck } from '../../api/client'
import type { DisplayFindings } from '../../api/types'
import { BackToStudies } from '../Notice'
import { useFirstFocus } from '../useFirstFocus'
import { DisplayPattern, type Seen } from './DisplayPattern'
import { adviceOn } from './displayWords'
import { drawEmptyPatches } from './displayPattern'
import { screenFacts } from './screenFacts'
import classes from './before.module.css'
import room from '../room.module.css'

interface DisplayCheckPageProps {
  studyId: string
  onDone: () => void
}

/** Before the first case of a session: does this screen, in this room, show every grey? */
export function DisplayCheckPage({ studyId, onDone }: DisplayCheckPageProps) {
  const [round, setRound] = useState(() => ({ number: 0, empty: drawEmptyPatches() }))
  const [failed, setFailed] = useState<{ findings: DisplayFindings; seen: Seen } | null>(null)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')

  const send = async (seen: Seen, goesOn: boolean) => {
    setBusy(true)
    setProblem('')
    try {
      const findings = await sendDisplayCheck(studyId, {
        screen: screenFacts(),
        room_is_dim: seen.roomIsDim,
        empty_patches: round.empty,
        seen_patches: seen.patches,
        goes_on: goesOn,
      })
      if (goesOn || findings.verdict === 'passed') onDone()
      else setFailed({ findings, seen })
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error))
    } finally {
      setBusy(false)
    }
  }
  const checkAgain = () => {
    setFailed(null)
    setRound({ number: round.number + 1, empty: drawEmptyPatches() })
  }

  return (
    <main className={room.noticePage} data-testid="display-check">
      {failed ? (
        <FailedDisplay
          findings={failed.findings}
          busy={busy}
          onAgain={checkAgain}
          onGoOn={() => void send(failed.seen, true)}
        />
      ) : (
        <DisplayPattern
          key={round.number}
          empty={round.empty}
          busy={busy}
          onDone={(seen) => void send(seen, false)}
        />
      )}
      {problem && (
        <p role="alert" className={classes.warning}>
          {problem} Nothing is lost: try once more.
        </p>
      )}
    </main>
  )
}

interface FailedDisplayProps {
  findings: DisplayFindings
  busy: boolean
  onAgain: () => void
  onGoOn: () => void
}

function FailedDisplay({ findings, busy, onAgain, onGoOn }: FailedDisplayProps) {
  const again = useFirstFocus<HTMLButtonElement>()
  return (
    <>
      <h1>
        {findings.unseen.length > 0
          ? 'This screen does not show every grey'
          : 'A mark was seen where there is none'}
      </h1>
      <dl className={classes.advice}>
        {adviceOn(findings).map(({ what, todo }) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>{todo}</dd>
          </div>
        ))}
      </dl>
      <p>You may read all the same. That the display failed is then kept with the study.</p>
      <div className={room.choices}>
        <Button ref={again} color="petrol.8" disabled={busy} onClick={onAgain}>
          Check again
        </Button>
        <Button variant="default" loading={busy} onClick={onGoOn}>
          Read all the same
        </Button>
        <BackToStudies />
      </div>
    </>
  )
}
