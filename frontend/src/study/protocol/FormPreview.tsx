import { useRef, useState } from 'react'
import type { RaterProtocol } from '../../api/types'
import { initialRating, nextRating } from '../../reading/rating/rating'
import { RatingBar } from '../../reading/rating/RatingBar'
import room from '../../reading/room.module.css'
import classes from './FormPreview.module.css'

/** The rating bar itself, as it will stand along the bottom of the reading room; it saves nothing. */
export function FormPreview({ protocol }: { protocol: RaterProtocol }) {
  const commentBox = useRef<HTMLTextAreaElement>(null)
  const [rating, setRating] = useState(() => initialRating(null, 0, false))
  const [reasonsShown, setReasonsShown] = useState(false)
  const startAgain = () => {
    setRating(initialRating(null, 0, false))
  }
  return (
    <div
      className={`${room.room ?? ''} ${classes.preview ?? ''}`}
      data-mantine-color-scheme="dark"
    >
      <RatingBar
        protocol={protocol}
        rating={rating}
        reasonsShown={reasonsShown}
        onReasonsShown={setReasonsShown}
        commentBox={commentBox}
        onEdit={(answers) => {
          setRating((now) => nextRating(now, { type: 'edited', answers }))
        }}
        onKeepMine={startAgain}
        onTakeTheirs={startAgain}
        onSubmit={startAgain}
        onNext={startAgain}
      />
    </div>
  )
}
