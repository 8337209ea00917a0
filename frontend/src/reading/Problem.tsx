import { Button } from '@mantine/core'
import classes from './images.module.css'

interface ProblemProps {
  message: string
  onRetry?: () => void
}

/** What went wrong with one view, in place, with the way out. */
export function Problem({ message, onRetry }: ProblemProps) {
  return (
    <div className={classes.problem} role="alert">
      <p>{message}</p>
      {onRetry && (
        <Button size="xs" variant="default" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  )
}
