import { keyOf } from '../shortcuts'
import type { JustSubmitted } from './justSubmitted'
import type { TakeBack } from './useTakeBack'
import classes from '../room.module.css'

interface SubmittedNoticeProps {
  submitted: JustSubmitted
  takeBack: TakeBack
}

/** What was submitted a moment ago, and the way back to it. */
export function SubmittedNotice({ submitted, takeBack: { undo, problem } }: SubmittedNoticeProps) {
  if (problem) return <span className={classes.warning}>{problem}</span>
  return (
    <span className={classes.submitted}>
      <span title={submitted.words}>{submitted.words}</span>
      <button type="button" className={classes.inlineButton} onClick={undo}>
        Undo <kbd>{keyOf('undo')}</kbd>
      </button>
    </span>
  )
}
