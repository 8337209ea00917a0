import type { KeyboardEvent } from 'react'
import { greyOf, markOf } from './displayPattern'
import classes from './before.module.css'

interface PatternPatchProps {
  patch: number
  hasMark: boolean
  seen: boolean
  /** Whether Tab leads to this patch of all. */
  isTabStop: boolean
  onToggle: () => void
  onKeyDown: (event: KeyboardEvent) => void
}

/** One grey of the test pattern; pressed, it counts as a mark that was seen. */
export function PatternPatch(props: PatternPatchProps) {
  const { patch, hasMark, seen, isTabStop, onToggle, onKeyDown } = props
  return (
    <div className={classes.patchPlace}>
      <button
        type="button"
        className={classes.patch}
        style={{ background: css(greyOf(patch)) }}
        data-patch={patch}
        aria-pressed={seen}
        aria-label={`Mark in patch ${patch + 1}`}
        tabIndex={isTabStop ? 0 : -1}
        onClick={onToggle}
        onKeyDown={onKeyDown}
      >
        {hasMark && <span className={classes.mark} style={{ background: css(markOf(patch)) }} />}
      </button>
      {/* Beside the patch: nothing may lie on the greys. */}
      <span className={classes.patchState} data-seen={seen || undefined} aria-hidden="true">
        {patch + 1} {seen && '✓ seen'}
      </span>
    </div>
  )
}

function css(grey: number): string {
  return `rgb(${grey} ${grey} ${grey})`
}
