import { Button, Menu } from '@mantine/core'
import { useState, type RefObject } from 'react'
import type { Answers, Level, RaterProtocol } from '../api/types'
import { isClosed, type Rating } from './rating'
import { keyOf } from './shortcuts'
import classes from './room.module.css'

interface Rated {
  protocol: RaterProtocol
  rating: Rating
}

interface ReasonsProps extends Rated {
  reasonsShown: boolean
  onReasonsShown: (shown: boolean) => void
  onEdit: (answers: Partial<Answers>) => void
}

interface Conflict extends Rated {
  onKeepMine: () => void
  onTakeTheirs: () => void
}

interface RatingBarProps extends ReasonsProps, Conflict {
  commentBox: RefObject<HTMLTextAreaElement | null>
  onSubmit: () => void
  onNext: () => void
}

export function RatingBar({ commentBox, onSubmit, onNext, ...props }: RatingBarProps) {
  const { protocol, rating, onEdit } = props
  const [pointedAt, setPointedAt] = useState<Level | null>(null)
  const { answers } = rating
  const chosen = protocol.levels.find(({ value }) => value === answers.grade) ?? null
  const submitted = rating.status === 'submitted'

  return (
    <footer className={classes.ratingBar} aria-label="Rating">
      <div className={classes.answers}>
        <div role="radiogroup" aria-label={protocol.title} className={classes.levels}>
          {protocol.levels.map((level) => (
            <button
              key={level.value}
              type="button"
              role="radio"
              aria-checked={answers.grade === level.value}
              aria-describedby="level-anchor"
              className={classes.level}
              disabled={isClosed(rating)}
              onClick={() => {
                onEdit({ grade: level.value })
              }}
              onPointerEnter={() => {
                setPointedAt(level)
              }}
              onPointerLeave={() => {
                setPointedAt(null)
              }}
              onFocus={() => {
                setPointedAt(level)
              }}
              onBlur={() => {
                setPointedAt(null)
              }}
            >
              <kbd>{level.value}</kbd>
              {level.name}
            </button>
          ))}
        </div>
        <Reasons {...props} />
        <textarea
          ref={commentBox}
          className={classes.comment}
          rows={1}
          aria-label="Comment"
          placeholder={`Comment (${keyOf('comment')})`}
          value={answers.comment}
          disabled={isClosed(rating)}
          onChange={(event) => {
            onEdit({ comment: event.target.value })
          }}
          onKeyDown={(event) => {
            if (event.key === 'Escape') event.currentTarget.blur()
          }}
        />
        {submitted ? (
          <Button color="petrol.8" onClick={onNext}>
            Next case
          </Button>
        ) : (
          <Button
            color="petrol.8"
            onClick={onSubmit}
            loading={rating.status === 'submitting'}
            rightSection={<kbd>{keyOf('submit')}</kbd>}
          >
            Submit and next
          </Button>
        )}
      </div>
      <div className={classes.explanation} id="level-anchor" aria-live="polite">
        <Explanation {...props} level={pointedAt ?? chosen} />
      </div>
    </footer>
  )
}

function Reasons({ protocol, rating, reasonsShown, onReasonsShown, onEdit }: ReasonsProps) {
  const reasons = protocol.unscorable_reasons
  const chosen = reasons.find(({ code }) => code === rating.answers.unscorable_reason)
  return (
    // Gone at once, and the focus does not go back to the button: the next Enter submits the case.
    <Menu
      opened={reasonsShown}
      onChange={onReasonsShown}
      position="top"
      withArrow
      returnFocus={false}
      transitionProps={{ duration: 0 }}
    >
      <Menu.Target>
        <button
          type="button"
          className={classes.level}
          aria-pressed={chosen !== undefined}
          disabled={isClosed(rating)}
        >
          <kbd>{keyOf('unscorable')}</kbd>
          {chosen ? chosen.label : 'Cannot be scored'}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Why can it not be scored?</Menu.Label>
        {reasons.map(({ code, label }) => (
          <Menu.Item
            key={code}
            onClick={() => {
              onEdit({ unscorable_reason: code })
            }}
          >
            {label}
          </Menu.Item>
        ))}
        {chosen && (
          <Menu.Item
            onClick={() => {
              onEdit({ unscorable_reason: null })
            }}
          >
            It can be scored after all
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}

/** One line under the answers: what is in the way, or what the level at hand means. */
function Explanation(props: Conflict & { level: Level | null }) {
  const { rating, protocol, level, onKeepMine, onTakeTheirs } = props
  if (rating.theirs) {
    return (
      <span className={classes.warning} role="alert">
        This case was also answered in another window ({inWords(rating.theirs.answers, protocol)}).
        Nothing of yours is lost.{' '}
        <button type="button" className={classes.inlineButton} onClick={onKeepMine}>
          Keep mine
        </button>{' '}
        <button type="button" className={classes.inlineButton} onClick={onTakeTheirs}>
          Take the other
        </button>
      </span>
    )
  }
  if (rating.missing.length > 0) {
    return (
      <span className={classes.warning} role="alert">
        Not submitted yet: {rating.missing.join(' · ')}
      </span>
    )
  }
  if (rating.problem) {
    return (
      <span className={classes.warning} role="alert">
        {rating.problem}
      </span>
    )
  }
  if (rating.status === 'submitted') return 'This case is submitted and can no longer be changed.'
  if (!level) return protocol.title
  return (
    <>
      <b>{level.name}</b> {level.anchor}
    </>
  )
}

function inWords({ grade, unscorable_reason: reason }: Answers, protocol: RaterProtocol): string {
  const level = protocol.levels.find(({ value }) => value === grade)
  const why = protocol.unscorable_reasons.find(({ code }) => code === reason)
  return level?.name ?? why?.label ?? 'no grade'
}
