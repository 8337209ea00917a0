import classes from '../images.module.css'

/** Whether a run was viewed: before a case is submitted all of them must be. */
export function OpenedDot({ opened }: { opened: boolean }) {
  const state = opened ? 'Viewed' : 'Not viewed yet: play it or page through it'
  return (
    <span
      className={classes.dot}
      data-opened={opened || undefined}
      role="img"
      aria-label={state}
      title={state}
    />
  )
}
