import type { ReactNode } from 'react'
import type { Answers, Level, RaterProtocol } from '../../api/types'
import type { Rating } from './rating'
import classes from '../room.module.css'

interface RatingRemarkProps {
  protocol: RaterProtocol
  rating: Rating
  /** The level at hand. */
  level: Level | null
  onKeepMine: () => void
  onTakeTheirs: () => void
}

/** One line under the answers: what is in the way, or what the level at hand means. */
export function RatingRemark(props: RatingRemarkProps) {
  const { rating, protocol, level, onKeepMine, onTakeTheirs } = props
  if (rating.theirs) {
    return (
      <Warning>
        This case was also answered in another window ({inWords(rating.theirs.answers, protocol)}).
        Nothing of yours is lost.{' '}
        <button type="button" className={classes.inlineButton} onClick={onKeepMine}>
          Keep mine
        </button>{' '}
        <button type="button" className={classes.inlineButton} onClick={onTakeTheirs}>
          Take the other
        </button>
      </Warning>
    )
  }
  if (rating.outrun) {
    return (
      <Warning>
        This case was submitted in another window ({inWords(rating.answers, protocol)}), and that
        counts. This window said: {inWords(rating.outrun, protocol)}. Should that be right, tell the
        coordinator.
      </Warning>
    )
  }
  if (rating.status === 'submitted') return 'This case is submitted and can no longer be changed.'
  if (rating.status === 'submission unconfirmed') {
    return (
      <Warning>
        The server cannot be reached. Your answers are kept in this window and are submitted as soon
        as it is back.
      </Warning>
    )
  }
  if (rating.missing.length > 0) {
    return <Warning>Not submitted yet: {rating.missing.join(' · ')}</Warning>
  }
  if (rating.problem) return <Warning>{rating.problem}</Warning>
  if (!level) return protocol.title
  return (
    <>
      <b>{level.name}</b> {level.anchor}
    </>
  )
}

function Warning({ children }: { children: ReactNode }) {
  return (
    <span className={classes.warning} role="alert">
      {children}
    </span>
  )
}

function inWords(answers: Answers, protocol: RaterProtocol): string {
  const { grade, unscorable_reason: reason, comment } = answers
  const level = protocol.levels.find(({ value }) => value === grade)
  const why = protocol.unscorable_reasons.find(({ code }) => code === reason)
  const answer = level?.name ?? why?.label ?? 'no grade'
  return comment ? `${answer}, “${comment}”` : answer
}
