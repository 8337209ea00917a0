import { Button } from '@mantine/core'
import type { Wait, Worklist } from '../api/types'
import { countOf } from '../format'
import { BackToStudies, Notice } from './Notice'
import { waitInWords } from './waitInWords'
import classes from './room.module.css'

interface WaitPageProps {
  worklist: Worklist
  wait: Wait
  onLookAgain: () => void
}

/** There is no case to read now: why, and when there will be. */
export function WaitPage({ worklist, wait, onLookAgain }: WaitPageProps) {
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
