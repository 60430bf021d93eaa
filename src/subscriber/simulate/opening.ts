import { type Hours, isOpen, nextChange, type Weekday } from '../../domain/hours.ts'
import type { WallMs } from '../../domain/time.ts'

/** One time from opening to closing. */
export interface Opening {
  from: WallMs
  to: WallMs
  /** What the clock on the wall shows when it begins. */
  weekday: Weekday
  /** After local midnight. */
  minute: number
}

const minuteMs = 60_000

/** Every opening that begins in a span of time, in order. */
export function openings(hours: Hours, from: WallMs, to: WallMs): Opening[] {
  const found: Opening[] = []
  let at: WallMs | undefined = from
  if (!isOpen(hours, from)) at = nextChange(hours, from)
  while (at !== undefined && at < to) {
    const end = nextChange(hours, at)
    if (end === undefined) break
    found.push({ from: at, to: Math.min(end, to), ...shown(hours.timeZone, at) })
    at = nextChange(hours, end)
  }
  return found
}

/** The first moment of a local date. */
export function midnight(timeZone: string, date: string): WallMs {
  const utc = Date.parse(`${date}T00:00:00Z`)
  // Daylight saving never changes at midnight in Italy; the offset of the hours before will do.
  const local = shown(timeZone, utc).minute
  return utc - (local < 720 ? local : local - 1440) * minuteMs
}

function shown(timeZone: string, at: WallMs): { weekday: Weekday; minute: number } {
  const parts = formatter(timeZone).formatToParts(at)
  const { weekday, hour, minute } = Object.fromEntries(parts.map(({ type, value }) => [type, value]))
  return { weekday: weekday!.toLowerCase() as Weekday, minute: Number(hour) * 60 + Number(minute) }
}

const formatters = new Map<string, Intl.DateTimeFormat>()

/** Making one costs far more than using it. */
function formatter(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone)
  if (known) return known
  const options = { timeZone, hourCycle: 'h23', weekday: 'long', hour: '2-digit', minute: '2-digit' } as const
  const made = new Intl.DateTimeFormat('en-GB', options)
  formatters.set(timeZone, made)
  return made
}
