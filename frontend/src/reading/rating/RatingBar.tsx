import { Button } from '@mantine/core'
import { useUncontrolled } from '@mantine/hooks'
import { useId, useState, type RefObject } from 'react'
import type { Answers, Level, RaterProtocol } from '../../api/types'
import { itemsInWords, itemsOf } from './items'
import { ItemsPanel } from './ItemsPanel'
import { isClosed, type Rating } from './rating'
import { RatingRemark } from './RatingRemark'
import { keyOf } from '../shortcuts'
import { UnscorableReasons } from './UnscorableReasons'
import classes from '../room.module.css'

interface RatingBarProps {
  protocol: RaterProtocol
  rating: Rating
  reasonsShown: boolean
  onReasonsShown: (shown: boolean) => void
  /** Without these the bar folds its territories and questions out and in by itself. */
  itemsShown?: boolean
  onItemsShown?: (shown: boolean) => void
  commentBox: RefObject<HTMLTextAreaElement | null>
  onEdit: (answers: Partial<Answers>) => void
  onKeepMine: () => void
  onTakeTheirs: () => void
  onSubmit: () => void
  onNext: () => void
}

/** More names than these do not fit on the smallest screen. */
const MOST_NAMED_LEVELS = 6

/** The form, along the bottom. It hangs on its props alone. */
export function RatingBar({ commentBox, onSubmit, onNext, ...props }: RatingBarProps) {
  const { protocol, rating, onEdit } = props
  const [pointedAt, setPointedAt] = useState<Level | null>(null)
  const [itemsShown, showItems] = useUncontrolled({
    ...(props.itemsShown !== undefined && { value: props.itemsShown }),
    defaultValue: false,
    ...(props.onItemsShown && { onChange: props.onItemsShown }),
  })
  const panelId = useId()
  const explanationId = useId()
  const { answers } = rating
  const items = itemsOf(protocol, answers)
  const chosen = protocol.levels.find(({ value }) => value === answers.grade) ?? null

  return (
    <footer className={classes.ratingBar} aria-label="Rating">
      {itemsShown && items.length > 0 && (
        <ItemsPanel
          id={panelId}
          protocol={protocol}
          rating={rating}
          onEdit={onEdit}
          onPointedAt={setPointedAt}
          onClose={() => {
            showItems(false)
          }}
        />
      )}
      <div className={classes.answers}>
        <div
          role="radiogroup"
          aria-label={protocol.title}
          className={classes.levels}
          data-many={protocol.levels.length > MOST_NAMED_LEVELS || undefined}
        >
          {protocol.levels.map((level) => (
            <button
              key={level.value}
              type="button"
              role="radio"
              aria-checked={answers.grade === level.value}
              aria-describedby={explanationId}
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
              <span>{level.name}</span>
            </button>
          ))}
        </div>
        <UnscorableReasons {...props} />
        {items.length > 0 && (
          <button
            type="button"
            className={classes.level}
            aria-expanded={itemsShown}
            aria-controls={itemsShown ? panelId : undefined}
            onClick={() => {
              showItems(!itemsShown)
            }}
          >
            <kbd>{keyOf('items')}</kbd>
            <span>
              {itemsInWords(protocol)} {items.filter(({ answer }) => answer !== undefined).length}{' '}
              of {items.length}
            </span>
          </button>
        )}
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
        {rating.status === 'submitted' ? (
          <Button
            color="petrol.8"
            className={classes.onward}
            onClick={onNext}
            rightSection={<kbd>{keyOf('submit')}</kbd>}
          >
            Next case
          </Button>
        ) : (
          <Button
            color="petrol.8"
            className={classes.onward}
            onClick={onSubmit}
            loading={rating.status === 'submitting'}
            rightSection={<kbd>{keyOf('submit')}</kbd>}
          >
            {rating.status === 'submission unconfirmed' ? 'Send again' : 'Submit and next'}
          </Button>
        )}
      </div>
      <div className={classes.explanation} id={explanationId} aria-live="polite">
        <RatingRemark {...props} level={pointedAt ?? chosen} />
      </div>
    </footer>
  )
}
