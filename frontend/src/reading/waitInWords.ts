/** Why there is no case to read now, and when there will be one. */
import type { Stage, Wait, Worklist } from '../api/types'
import { STAGE_WORDS } from './stageWords'

type Counts = Pick<Worklist, 'stage' | 'total'>

export function waitInWords({ stage, total }: Counts, { reason, until }: Wait, now: Date) {
  const at = until === null ? null : new Date(until)
  switch (reason) {
    case 'finished':
      return {
        title: STAGE_WORDS[stage].done(total),
        then: 'Nothing is left to do. Your answers are stored.',
      }
    case 'nothing-assigned':
      return nothingAssigned(stage)
    case 'daily-limit':
      return {
        title: 'That is enough for today.',
        then: at ? `You can go on from ${inFull(at)}.` : 'You can go on tomorrow.',
      }
    case 'later':
      return {
        title: at ? `The next case opens ${onDay(at, now)}.` : 'The next case opens later.',
        then: 'Nothing to do until then. Your answers are stored.',
      }
  }
}

function nothingAssigned(stage: Stage) {
  return {
    title: 'No cases are assigned to you yet.',
    then:
      stage === 'adjudication'
        ? 'Cases appear here when the coordinator begins the adjudication.'
        : 'The coordinator opens the study for reading; your cases then appear here.',
  }
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' })
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'long' })

function inFull(at: Date): string {
  return `${weekday.format(at)}, ${day.format(at)}, ${clock.format(at)}`
}

/** By the day; the hour only on the day itself, where the day alone would be of no help. */
function onDay(at: Date, now: Date): string {
  const sameDay = day.format(at) === day.format(now)
  return sameDay ? `today at ${clock.format(at)}` : `on ${day.format(at)}`
}
