import { Button } from '@mantine/core'
import { useEffect, useEffectEvent } from 'react'
import type { Wait, Worklist } from '../api/types'
import { countOf } from '../format'
import { BackToStudies, Notice } from './Notice'
import type { JustSubmitted } from './rating/justSubmitted'
import { SubmittedNotice } from './rating/SubmittedNotice'
import { useTakeBack } from './rating/useTakeBack'
import { waitInWords } from './waitInWords'
import classes from './room.module.css'

interface WaitPageProps {
  worklist: Worklist
  wait: Wait
  submittedBefore: JustSubmitted | null
  onTakenBack: (code: string) => void
  onLookAgain: () => void
}

/** There is no case to read now: why, and when there will be. */
export function WaitPage({ worklist, wait, submittedBefore, ...props }: WaitPageProps) {
  const { onLookAgain, onTakenBack } = props
  const takeBack = useTakeBack(submittedBefore, onTakenBack)
  const press = useEffectEvent(({ key }: KeyboardEvent) => {
    if (key === 'Backspace') takeBack.undo()
  })
  useEffect(() => {
    window.addEventListener('keydown', press)
    return () => {
      window.removeEventListener('keydown', press)
    }
  }, [])
  const { title, then } = waitInWords(worklist, wait, new Date())
  const { submitted, total } = worklist
  return (
    <Notice title={title}>
      <p>{then}</p>
      {wait.reason !== 'finished' && total > 0 && (
        <p>
          {submitted} of {countOf(total, 'case')} submitted.
        </p>
      )}
      {submittedBefore && (
        <p role="status">
          <SubmittedNotice submitted={submittedBefore} takeBack={takeBack} />
        </p>
      )}
      <div className={classes.choices}>
        {wait.reason !== 'finished' && (
          <Button variant="default" onClick={onLookAgain}>
            Look again
          </Button>
        )}
        <BackToStudies />
      </div>
    </Notice>
  )
}
