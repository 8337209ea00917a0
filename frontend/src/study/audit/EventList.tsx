import { Text } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import type { TrailEvent } from '../../api/types'
import { formatDate, formatTime, formatUtc } from '../../format'
import classes from './audit.module.css'

/** Events by day, newest first; each opens to show its details. */
export function EventList({ events }: { events: TrailEvent[] }) {
  return (
    <div>
      {byDay(events).map(([day, ofDay]) => (
        <section key={`${day} ${ofDay[0]?.sequence ?? ''}`} aria-label={day}>
          <Text component="h3" className={classes.day}>
            {day}
          </Text>
          <ol className={classes.events} reversed>
            {ofDay.map((event) => (
              <li key={event.sequence}>
                <Event event={event} />
              </li>
            ))}
          </ol>
        </section>
      ))}
    </div>
  )
}

function Event({ event }: { event: TrailEvent }) {
  return (
    <details className={classes.event}>
      <summary>
        <IconChevronRight size={16} aria-hidden className={classes.chevron} />
        <time dateTime={event.at}>{formatTime(event.at)}</time>
        <span className={classes.sentence}>{event.sentence}</span>
        <span className={classes.number}>{event.sequence}</span>
      </summary>
      <dl className={classes.details}>
        {detailsOf(event).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}

function detailsOf(event: TrailEvent): [string, string][] {
  const facts: [string, string][] = [
    ['Kind', event.action],
    ['Time', formatUtc(event.at)],
    ['Account', event.username || 'none'],
    ['Case', event.case],
    ['About', event.subject === event.case ? '' : event.subject],
    ...Object.entries(event.detail).map(
      ([name, value]): [string, string] => [capitalised(name), inWords(value)],
    ),
    ['Grade', event.withheld ? 'kept back until the reading is over' : ''],
    ['Chain value', event.mac],
    ['Key', event.key_id],
  ]
  return facts.filter(([, value]) => value !== '')
}

function inWords(value: unknown): string {
  if (value === null) return 'none'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function capitalised(name: string): string {
  const words = name.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function byDay(events: TrailEvent[]): [string, TrailEvent[]][] {
  const days: [string, TrailEvent[]][] = []
  for (const event of events) {
    const day = formatDate(event.at)
    const last = days.at(-1)
    if (last?.[0] === day) last[1].push(event)
    else days.push([day, [event]])
  }
  return days
}
