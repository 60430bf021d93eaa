import { isItalianHoliday } from './holidays.ts'
import type { WallMs } from './time.ts'

/** Opening hours: whether the office receives citizens at a moment, and when that changes next. */

export const weekdays = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const
export type Weekday = (typeof weekdays)[number]

/** Open from the minute `from` until just before the minute `to`, both after local midnight; `to` ≤ 1440. */
export interface Shift {
  from: number
  to: number
}

export interface Hours {
  /** Name in the IANA time zone database, e.g. `Europe/Rome`. */
  timeZone: string
  week: Record<Weekday, Shift[]>
  /** National holidays on which the office is closed all day. */
  holidays: 'italy' | 'none'
  /** Further days on which it is closed all day: local dates, `YYYY-MM-DD`. */
  closedDates: string[]
}

const minuteMs = 60_000
const dayMinutes = 1440
const horizonMs = 400 * dayMinutes * minuteMs

/** Whether the office is open at this moment. A local time that daylight saving repeats counts both times. */
export function isOpen(hours: Hours, wall: WallMs): boolean {
  return isOpenAt(hours, localTime(hours.timeZone, wall))
}

/**
 * The first whole minute after `wall` at which `isOpen` is another than now; undefined if there is none
 * within 400 days. Looks only where something can change: where a shift begins or ends, at midnight, and
 * where the zone's clocks are put forward or back.
 */
export function nextChange(hours: Hours, wall: WallMs): WallMs | undefined {
  const now = localTime(hours.timeZone, wall)
  const open = isOpenAt(hours, now)
  let local = nextCandidate(hours, now)
  while (local.at <= wall + horizonMs) {
    if (isOpenAt(hours, local) !== open) return local.at
    local = nextCandidate(hours, local)
  }
  return undefined
}

/** Whether a moment lies between two times of the day, in minutes; `from` after `to` goes over midnight. */
export function isBetween({ from, to }: Shift, timeZone: string, wall: WallMs): boolean {
  const { minute } = localTime(timeZone, wall)
  return from <= to ? from <= minute && minute < to : minute >= from || minute < to
}

function isOpenAt(hours: Hours, local: LocalTime): boolean {
  return shiftsOf(hours, local).some(({ from, to }) => from <= local.minute && local.minute < to)
}

function shiftsOf(hours: Hours, { date, weekday }: LocalTime): readonly Shift[] {
  const holiday = hours.holidays === 'italy' && isItalianHoliday(date)
  return holiday || hours.closedDates.includes(date) ? [] : hours.week[weekday]
}

/** Where `isOpenAt` can change next. */
function nextCandidate(hours: Hours, local: LocalTime): LocalTime {
  const boundaries = shiftsOf(hours, local).flatMap(({ from, to }) => [from, to])
  const boundary = Math.min(dayMinutes, ...boundaries.filter((minute) => minute > local.minute))
  const candidate = localTime(hours.timeZone, local.at + (boundary - local.minute) * minuteMs)
  return candidate.offsetMs === local.offsetMs ? candidate : clockChange(hours.timeZone, local, candidate)
}

/** The first minute after `before` at which the zone's clocks show another offset, which they do at `after`. */
function clockChange(timeZone: string, before: LocalTime, after: LocalTime): LocalTime {
  const minutes = (after.at - before.at) / minuteMs
  if (minutes === 1) return after
  const middle = localTime(timeZone, before.at + Math.floor(minutes / 2) * minuteMs)
  return middle.offsetMs === before.offsetMs
    ? clockChange(timeZone, middle, after)
    : clockChange(timeZone, before, middle)
}

/** What a calendar and a clock on the wall show. */
interface LocalTime {
  /** The whole minute at which they show it. */
  at: WallMs
  /** `YYYY-MM-DD`. */
  date: string
  weekday: Weekday
  /** Since the midnight that the clock on the wall shows, so daylight saving skips and repeats some. */
  minute: number
  /** Local time minus UTC. */
  offsetMs: number
}

function localTime(timeZone: string, wall: WallMs): LocalTime {
  const parts = formatter(timeZone).formatToParts(wall)
  const { year, month, day, weekday, hour, minute } = Object.fromEntries(parts.map((p) => [p.type, p.value]))
  const date = `${year}-${month}-${day}`
  const at = Math.floor(wall / minuteMs) * minuteMs
  return {
    at,
    date,
    weekday: weekday!.toLowerCase() as Weekday,
    minute: Number(hour) * 60 + Number(minute),
    offsetMs: Date.parse(`${date}T${hour}:${minute}Z`) - at,
  }
}

/** Making a formatter costs a hundred times what using it does. */
const formatters = new Map<string, Intl.DateTimeFormat>()

function formatter(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    weekday: 'long',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
  formatters.set(timeZone, made)
  return made
}
