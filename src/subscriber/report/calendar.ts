import type { WallMs } from '../../domain/time.ts'

/** Days, weeks and months as the calendar on the wall of an office shows them. Pure, but for the zones that Intl knows. */

/** `YYYY-MM-DD`. */
export type LocalDate = string

/** From the first day up to and including the last one. */
export interface Days {
  from: LocalDate
  to: LocalDate
}

export interface LocalHour {
  date: LocalDate
  /** 0 is Monday. */
  weekday: number
  /** 0 to 23. */
  hour: number
}

const dayMs = 86_400_000

/** What a clock in this zone shows; made once, since making a formatter costs a hundred times what using it does. */
export function localClock(timeZone: string): (wall: WallMs) => LocalHour {
  const formatter = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
  })
  return (wall) => {
    const { year, month, day, hour } = Object.fromEntries(
      formatter.formatToParts(wall).map(({ type, value }) => [type, value]),
    )
    const date = `${year!.padStart(4, '0')}-${month}-${day}`
    return { date, weekday: weekdayOf(date), hour: Number(hour) }
  }
}

/** Whether Intl knows this time zone. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined
  } catch {
    return false
  }
}

/** Whether it is a day of the calendar, written `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false
  const at = Date.parse(`${text}T00:00Z`)
  return !Number.isNaN(at) && dateOf(at) === text
}

/** The moment at which a day begins in a zone. */
export function startOf(date: LocalDate, timeZone: string): WallMs {
  const local = localClock(timeZone)
  // Zones are at most 14 hours away from UTC; daylight saving may begin at midnight, so the hours are looked through.
  let hour = Date.parse(`${date}T00:00Z`) - 15 * 3_600_000
  while (local(hour).date < date) hour += 900_000
  return hour
}

export function plusDays(date: LocalDate, days: number): LocalDate {
  return dateOf(Date.parse(`${date}T00:00Z`) + days * dayMs)
}

/** How many days there are, the first and the last one counted. */
export function lengthOf({ from, to }: Days): number {
  return (Date.parse(`${to}T00:00Z`) - Date.parse(`${from}T00:00Z`)) / dayMs + 1
}

/** The last month that is over, today not counted. */
export function lastMonth(today: LocalDate): Days {
  const to = plusDays(`${today.slice(0, 7)}-01`, -1)
  return { from: `${to.slice(0, 7)}-01`, to }
}

/** What a period is compared with. */
export interface Before extends Days {
  /** Whole months before whole months, else as many days. */
  by: 'month' | 'months' | 'days'
}

/** The period of the same length before this one. */
export function before(days: Days): Before {
  const to = plusDays(days.from, -1)
  if (!days.from.endsWith('-01') || !plusDays(days.to, 1).endsWith('-01'))
    return { from: plusDays(to, 1 - lengthOf(days)), to, by: 'days' }
  const months = monthOf(days.to) - monthOf(days.from) + 1
  return { from: firstOf(monthOf(days.from) - months), to, by: months === 1 ? 'month' : 'months' }
}

export type Step = 'day' | 'week' | 'month'

/** In which steps a period is best told: at most some sixty of them, but for decades. */
export function stepFor(days: Days): Step {
  const length = lengthOf(days)
  return length <= 62 ? 'day' : length <= 190 ? 'week' : 'month'
}

/** The steps of a period in their order; the first and the last may be cut off. Weeks begin on Monday. */
export function stepsOf(days: Days, step: Step): Days[] {
  const steps: Days[] = []
  for (let from = days.from; from <= days.to; ) {
    const end = endOf(from, step)
    const to = end < days.to ? end : days.to
    steps.push({ from, to })
    from = plusDays(to, 1)
  }
  return steps
}

function endOf(date: LocalDate, step: Step): LocalDate {
  if (step === 'day') return date
  if (step === 'week') return plusDays(date, 6 - weekdayOf(date))
  return plusDays(firstOf(monthOf(date) + 1), -1)
}

/** 0 is Monday; 1970-01-01 was a Thursday. */
export function weekdayOf(date: LocalDate): number {
  const days = Date.parse(`${date}T00:00Z`) / dayMs
  return (((days + 3) % 7) + 7) % 7
}

function monthOf(date: LocalDate): number {
  return Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1
}

function firstOf(month: number): LocalDate {
  return dateOf(Date.UTC(Math.floor(month / 12), month % 12, 1))
}

function dateOf(utc: number): LocalDate {
  return new Date(utc).toISOString().slice(0, 10)
}
