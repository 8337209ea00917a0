import { Button } from '@mantine/core'
import { nameInSentence } from '../study/images/seriesWords'
import type { Decided } from './decided'
import classes from './release.module.css'

interface LastDecisionProps {
  decided: Decided
  isUndoing: boolean
  problem: string
  onUndo: () => void
}

/** What was decided last, and the way back. */
export function LastDecision({ decided, isUndoing, problem, onUndo }: LastDecisionProps) {
  const { series, words, canBeUndone } = decided
  return (
    <p className={classes.last} role="status">
      <span>
        {series.case_code}, {nameInSentence(series)}: {words}
      </span>
      {canBeUndone && (
        <Button size="compact-xs" variant="default" loading={isUndoing} onClick={onUndo}>
          Undo
        </Button>
      )}
      {problem !== '' && <span role="alert">{problem}</span>}
    </p>
  )
}
