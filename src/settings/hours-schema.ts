import * as v from 'valibot'
import { type Shift, weekdays } from '../domain/hours.ts'
import { about, choice } from './kinds.ts'
import { nearest } from './nearest.ts'

const shiftPattern = /^(([01]\d|2[0-3]):[0-5]\d)-(([01]\d|2[0-3]):[0-5]\d|24:00)$/

const shift = v.pipe(
  v.string(),
  v.regex(shiftPattern, (issue) => shiftHint(issue.input)),
  v.check(
    (written) => !shiftPattern.test(written) || toShift(written).from < toShift(written).to,
    'It ends before it begins.',
  ),
  v.transform(toShift),
  about({ title: 'Opening time', words: 'HH:MM-HH:MM, such as 08:30-12:30' }),
)

function toShift(written: string): Shift {
  const [from = '', to = ''] = written.split('-')
  return { from: minutes(from), to: minutes(to) }
}

function minutes(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
}

function shiftHint(written: string): string {
  const tidy = written
    .replace(/[.,h]/g, ':')
    .replace(/\s*[-\u2013\u2014]\s*/, '-')
    .replace(/(^|-)(\d):/g, '$10$2:')
  return shiftPattern.test(tidy) && tidy !== written ? `Write it as ${tidy}.` : ''
}

function overlaps(shifts: readonly Shift[]): boolean {
  const sorted = [...shifts].sort((a, b) => a.from - b.from)
  return sorted.some((one, i) => i > 0 && one.from < sorted[i - 1]!.to)
}

function day(title: string, example: string[]) {
  return v.nullish(
    v.pipe(
      v.array(shift),
      v.check((shifts) => !overlaps(shifts), 'Two of them overlap.'),
      v.transform((shifts) => [...shifts].sort((a, b) => a.from - b.from)),
      about({ title, example, otherwise: 'closed' }),
    ),
    [],
  )
}

const week = v.pipe(
  v.strictObject({
    monday: day('Monday', ['08:30-12:30']),
    tuesday: day('Tuesday', ['08:30-12:30', '15:00-17:30']),
    wednesday: day('Wednesday', ['08:30-12:30']),
    thursday: day('Thursday', ['08:30-12:30', '15:00-17:30']),
    friday: day('Friday', ['08:30-12:30']),
    saturday: day('Saturday', []),
    sunday: day('Sunday', []),
  }),
  v.check(
    (days) => weekdays.some((weekday) => days[weekday].length > 0),
    'No day has an opening time, so no vote would ever be taken. Leave out hours if the office is always open.',
  ),
  about({
    title: 'Week',
    description:
      'When the office receives citizens: a list of times for each day. A day without times is closed.',
  }),
)

const timeZone = v.pipe(
  v.string(),
  v.check(isTimeZone, (issue) => {
    const meant = nearest(issue.input, Intl.supportedValuesOf('timeZone'))
    return meant ? `Did you mean ${meant}?` : ''
  }),
  about({
    title: 'Time zone',
    description: 'The zone of the opening times.',
    words: 'a name of the IANA time zone database, such as Europe/Rome',
  }),
)

function isTimeZone(written: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: written }) !== undefined
  } catch {
    return false
  }
}

const date = v.pipe(
  v.string(),
  v.regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'Write year, month and day: 2026-12-24.'),
  v.check((written) => !/^\d{4}-\d\d-\d\d$/.test(written) || isDate(written), 'There is no such day.'),
  about({ title: 'Date', words: 'a date such as 2026-12-24' }),
)

function isDate(written: string): boolean {
  const ms = Date.parse(`${written}T00:00:00Z`)
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(written)
}

/** The opening hours; without them the office is always open. */
export const hoursSchema = v.pipe(
  v.strictObject({
    timeZone: v.optional(timeZone, 'Europe/Rome'),
    week,
    holidays: v.optional(
      choice(['italy', 'none'], {
        title: 'Holidays',
        description: 'The national holidays on which the office is closed.',
      }),
      'italy',
    ),
    closedDates: v.nullish(
      v.pipe(
        v.array(date),
        about({
          title: 'Closed dates',
          description: 'Further days on which the office is closed, such as the day of its patron saint.',
        }),
      ),
      [],
    ),
    outside: v.optional(
      choice(['closed', 'open'], {
        title: 'Outside the hours',
        description:
          'closed: no vote is taken. open: votes go on, and say that they are from outside the hours.',
      }),
      'closed',
    ),
  }),
  about({
    title: 'Opening hours',
    description: 'When votes are taken. Without this section the office is always open.',
    otherwise: 'always open',
  }),
)
