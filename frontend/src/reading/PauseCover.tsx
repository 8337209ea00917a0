import { Button } from '@mantine/core'
import { keyOf } from './shortcuts'
import { useFirstFocus } from './useFirstFocus'
import classes from './room.module.css'

/** Lies over the images while the rater takes a break. */
export function PauseCover({ onResume }: { onResume: () => void }) {
  const goOn = useFirstFocus<HTMLButtonElement>()
  return (
    <div className={classes.pauseCover} role="dialog" aria-modal="true" aria-labelledby="paused">
      <h2 id="paused">Paused</h2>
      <p>The clock is stopped, and your answers are kept.</p>
      <Button
        ref={goOn}
        color="petrol.8"
        onClick={onResume}
        onKeyDown={(event) => {
          if (event.key.toUpperCase() === keyOf('pause')) onResume()
        }}
      >
        Go on
      </Button>
      <p>
        or press <kbd>{keyOf('pause')}</kbd>
      </p>
    </div>
  )
}
