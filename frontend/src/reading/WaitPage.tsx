import { Button } from '@mantine/core'
import { useEffect, useEffectEvent } from 'react'
import type { Wait, Worklist } from '../api/types'
import { countOf } from '../format'
import { BackToStudies, Notice } from './Notice'
import type { JustSubmitted } from './rating/justSubmitted'
import { SubmittedNotice } from './rating/SubmittedNotice'
import { useTakeBack } from './rating/useTakeBack'
import { SignPage } from './SignPage'
import { waitInWords } from './waitInWords'
import classes from './room.module.css'

interface WaitPageProps {
  studyId: string
  worklist: Worklist
  wait: Wait
  submittedBefore: JustSubmitted | null
  onTakenBack: (code: string) => void
  onLookAgain: () => void
}

/** There is no case to read now: why, and when there will be. */
export function WaitPage(page: WaitPageProps) {
  const { studyId, worklist, wait, submittedBefore, ...props } = page
  const { onLookAgain, onTakenBack } = props
  const takeBack = useTakeBack(submittedBefore, onTakenBack)
  const press = useEffectEvent(({ key, target }: KeyboardEvent) => {
    if (key === 'Backspace' && !(target instanceof HTMLInputElement)) takeBack.undo()
  })
  useEffect(() => {
    window.addEventListener('keydown', press)
    return () => {
      window.removeEventListener('keydown', press)
    }
  }, [])
  const { title, then } = waitInWords(worklist, wait, new Date())
  const { submitted, total } = worklist
  const justNow = submittedBefore && (
    <p role="status">
      <SubmittedNotice submitted={submittedBefore} takeBack={takeBack} />
    </p>
  )
  if (worklist.signature === 'to-sign' || (worklist.signature === 'signed' && wait.reason === 'finished')) {
    return <SignPage studyId={studyId} worklist={worklist} submitted={justNow} />
  }
  return (
    <Notice title={title}>
      <p>{then}</p>
      {wait.reason !== 'finished' && total > 0 && (
        <p>
          {submitted} of {countOf(total, 'case')} submitted.
        </p>
      )}
      {justNow}
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
