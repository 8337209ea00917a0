/** How a list is spoken of, by what it is read for. */
import type { Stage } from '../api/types'
import { countOf } from '../format'

interface StageWords {
  title: string
  /** One of its cases, in the head of the room. */
  oneCase: string
  start: string
  done: (cases: number) => string
  /** What the rater should know before the first case. */
  about: (cases: number) => readonly string[]
}

export const STAGE_WORDS: Record<Stage, StageWords> = {
  calibration: {
    title: 'Calibration',
    oneCase: 'Calibration case',
    start: 'Start the calibration',
    done: (cases) => `All ${countOf(cases, 'calibration case')} submitted.`,
    about: (cases) => [
      `${countOf(cases, 'case')} to practise on. Each has a reference grade. You go on to the study once enough of your grades agree with it; until then you can try again.`,
      'Grade them as you will grade the study.',
    ],
  },
  main: {
    title: 'The study',
    oneCase: 'Case',
    start: 'Start the study',
    done: (cases) => `All ${countOf(cases, 'case')} submitted, thank you.`,
    about: (cases) => [
      `${countOf(cases, 'case')}. Answers are saved as you give them: stop whenever you like, and go on where you left.`,
      'A submitted case can be taken back until you begin the next one, and not any more after that.',
    ],
  },
  adjudication: {
    title: 'Adjudication',
    oneCase: 'Adjudication case',
    start: 'Start the adjudication',
    done: (cases) => `All ${countOf(cases, 'case')} adjudicated, thank you.`,
    about: (cases) => [
      `${countOf(cases, 'case')} whose grade the readings left open. Yours decides. You are not shown what the raters said: judge each case as if you were the first.`,
      'Answers are saved as you give them. A submitted case can be taken back until you begin the next one, and not any more after that.',
    ],
  },
}
