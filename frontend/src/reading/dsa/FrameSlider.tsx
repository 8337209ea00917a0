import type { FrameRange } from '../../viewer/minip'
import classes from './dsa.module.css'

interface FrameSliderProps {
  name: string
  frame: number
  count: number
  /** Marked on the slider. */
  range: FrameRange | null
  onFrame: (frame: number) => void
}

/** The thumb keeps within the ends of the slider by half of its width. */
const THUMB_PX = 16
const TRAVEL = `(100% - ${THUMB_PX}px)`
/** A range of one frame is seen too. */
const END_PX = 2

export function FrameSlider({ name, frame, count, range, onFrame }: FrameSliderProps) {
  const share = (at: number) => (count > 1 ? at / (count - 1) : 0)
  return (
    <span className={classes.slider}>
      {range && (
        <span
          className={classes.range}
          data-testid="range"
          title={`minIP of frames ${range.first + 1}–${range.last + 1}`}
          style={{
            left: `calc(${THUMB_PX / 2 - END_PX}px + ${share(range.first)} * ${TRAVEL})`,
            width: `calc(${2 * END_PX}px + ${share(range.last) - share(range.first)} * ${TRAVEL})`,
          }}
        />
      )}
      <input
        type="range"
        className={classes.frames}
        aria-label={`${name}: frame`}
        aria-valuetext={`Frame ${frame + 1} of ${count}`}
        min={0}
        max={count - 1}
        value={frame}
        onChange={(event) => {
          onFrame(event.target.valueAsNumber)
        }}
      />
    </span>
  )
}
