// Numbers as this application prints them: 98.9 %, 0.74 (0.56–0.89). Signs and spaces are
// typographic, and a number never breaks away from its unit at the end of a line.
import type { Interval } from './api/types'

const NO_BREAK_SPACE = '\u00a0'
const MINUS = '\u2212'
const EN_DASH = '\u2013'
const NOT_GIVEN = '\u2013'

/** A text of the server's in which no line ends within a number or before its %. */
export function keepNumbersTogether(text: string): string {
  return text.replace(/(\d) (?=\d{3}|%)/g, `$1${NO_BREAK_SPACE}`)
}

function fixed(value: number, decimals: number): string {
  const digits = Math.abs(value).toFixed(decimals)
  return value < 0 && Number(digits) !== 0 ? MINUS + digits : digits
}

function range([low, high]: Interval, decimals: number): string {
  const joint = low < 0 || high < 0 ? ' to ' : EN_DASH
  return fixed(low, decimals) + joint + fixed(high, decimals)
}

function scaled([low, high]: Interval, factor: number): Interval {
  return [low * factor, high * factor]
}

/** A share from 0 to 1 as a percentage. */
export function formatPercent(share: number | null, decimals = 1): string {
  if (share === null) return NOT_GIVEN
  return fixed(share * 100, decimals) + NO_BREAK_SPACE + '%'
}

export function formatPercentRange(interval: Interval | null): string {
  if (interval === null) return NOT_GIVEN
  return range(scaled(interval, 100), 1) + NO_BREAK_SPACE + '%'
}

export function formatCoefficient(value: number | null, decimals = 2): string {
  return value === null ? NOT_GIVEN : fixed(value, decimals)
}

export function formatRange(interval: Interval | null, decimals = 2): string {
  return interval === null ? NOT_GIVEN : range(interval, decimals)
}

/** An estimate with its interval, such as 0.74 (0.56–0.89). */
export function formatEstimate(estimate: number | null, interval: Interval | null): string {
  if (estimate === null) return 'undefined'
  return interval === null
    ? fixed(estimate, 2)
    : `${fixed(estimate, 2)}${NO_BREAK_SPACE}(${range(interval, 2)})`
}

/** A p value: 0.317, or < 0.001. */
export function formatP(p: number | null): string {
  if (p === null) return NOT_GIVEN
  return p < 0.001 ? `<${NO_BREAK_SPACE}0.001` : fixed(p, 3)
}

/** A difference of two shares in percentage points: 0.6 points (−1.5 to 3.1). */
export function formatPoints(difference: number | null, interval: Interval | null): string {
  if (difference === null || interval === null) return NOT_GIVEN
  const [low, high] = scaled(interval, 100).map((end) => fixed(end, 1))
  return `${fixed(100 * difference, 1)}${NO_BREAK_SPACE}points (${low} to ${high})`
}

/** A count; from five digits on in groups of three, as in the exports: 2000, 100 000. */
export function formatCount(count: number): string {
  const digits = Math.round(count).toString()
  if (digits.length < 5) return digits
  return digits.replace(/\B(?=(\d{3})+$)/g, NO_BREAK_SPACE)
}

/** A count with its noun: 1 case, 4 cases. */
export function countOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`
}

export function formatBytes(bytes: number): string {
  const units = ['kB', 'MB', 'GB', 'TB']
  let value = bytes / 1000
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  const decimals = value < 10 && unit > 0 ? 1 : 0
  return `${value.toFixed(decimals)}${NO_BREAK_SPACE}${units[unit] ?? ''}`
}

export function formatTimeLeft(seconds: number): string {
  if (seconds < 5) return 'a few seconds left'
  if (seconds < 55) return `about ${Math.ceil(seconds / 5) * 5} s left`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `about ${minutes} min left`
  return `about ${Math.round(minutes / 60)} h left`
}

export function formatVolume(millilitres: number | null, decimals = 1): string {
  return millilitres === null ? NOT_GIVEN : fixed(millilitres, decimals) + NO_BREAK_SPACE + 'ml'
}

export function formatRadius(millimetres: number | null): string {
  return millimetres === null ? NOT_GIVEN : fixed(millimetres, 1) + NO_BREAK_SPACE + 'mm'
}

/** A length of vessels, in metres from one metre on: 640 mm, 2.72 m. */
export function formatLength(millimetres: number): string {
  const inMetres = millimetres >= 1000
  const [value, decimals, unit] = inMetres ? [millimetres / 1000, 2, 'm'] : [millimetres, 0, 'mm']
  return fixed(value, decimals) + NO_BREAK_SPACE + unit
}

/** The first characters of a SHA-256, enough to compare by eye. */
export function shortHash(sha256: string): string {
  return sha256.slice(0, 12)
}

const dateTime = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
})

/** Local date and time of an ISO 8601 instant. */
export function formatDateTime(instant: string): string {
  return dateTime.format(new Date(instant))
}

const timeOfDay = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})

/** Local time of an ISO 8601 instant, with seconds. */
export function formatTime(instant: string): string {
  return timeOfDay.format(new Date(instant))
}

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const dayAndYear = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
})

/** Local date, with its year, of an ISO 8601 instant. */
export function formatDate(instant: string): string {
  return dayAndYear.format(new Date(instant))
}

/** Local day of a date or an instant; the year only where it is not this one. */
export function formatDay(dateOrInstant: string, now = new Date()): string {
  const date = new Date(dateOrInstant)
  return (date.getFullYear() === now.getFullYear() ? day : dayAndYear).format(date)
}

/** How long ago an instant was, in the words in which one would ask. */
export function formatAgo(instant: string, now = new Date()): string {
  const minutes = Math.floor((now.getTime() - new Date(instant).getTime()) / 60_000)
  if (minutes < 2) return 'just now'
  if (minutes < 60) return `${minutes} min ago`
  if (minutes < 12 * 60) return `${Math.round(minutes / 60)} h ago`
  const days = daysBetween(new Date(instant), now)
  if (days === 0) return 'today'
  if (days === 1) return 'yesterday'
  return days < 14 ? `${days} days ago` : formatDay(instant, now)
}

function daysBetween(earlier: Date, later: Date): number {
  const midnight = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate())
  return Math.round((midnight(later) - midnight(earlier)) / 86_400_000)
}

export function formatMinutes(minutes: number | null): string {
  if (minutes === null) return NOT_GIVEN
  return fixed(minutes, minutes < 10 ? 1 : 0) + NO_BREAK_SPACE + 'min'
}

const utcDateTime = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
})

/** Date and time in UTC, for what leaves the page: reports and their records. */
export function formatUtc(instant: string): string {
  return `${utcDateTime.format(new Date(instant))} UTC`
}
