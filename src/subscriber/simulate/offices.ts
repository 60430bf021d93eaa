import type { Hours, Shift, Weekday } from '../../domain/hours.ts'
import { weekdays } from '../../domain/hours.ts'
import type { Reason } from '../../domain/words.ts'

/** What an office of an Italian municipality does, as far as a simulation needs to know. */
export interface Service {
  /** As a level of a topic. */
  code: string
  hours: Hours
  /** People served at one counter in an ordinary hour. */
  peopleAnHour: number
  /** How many of them press a face. */
  participation: number
  /** How pleased they are by and large; 0 is ordinary, more is better. */
  mood: number
  reasons: readonly (readonly [Reason, number])[]
  /** Whether a queue manager says how many were served. */
  counts: boolean
  /** Whether votes are taken for some minutes after closing. */
  late?: true
  /** Votes leave in shuffled batches of so many, their times no better than the hour. */
  batch?: number
}

const at = (hour: number, minute = 0) => hour * 60 + minute
const morning: Shift = { from: at(8, 30), to: at(12, 30) }
const afternoon: Shift = { from: at(15), to: at(17) }

function hours(
  week: Partial<Record<Weekday, Shift[]>>,
  holidays: Hours['holidays'] = 'italy',
  closedDates: string[] = [],
): Hours {
  const all = Object.fromEntries(weekdays.map((day) => [day, week[day] ?? []])) as Hours['week']
  return { timeZone: 'Europe/Rome', week: all, holidays, closedDates }
}

const working = (...shifts: Shift[]) => ({
  monday: shifts,
  tuesday: shifts,
  wednesday: shifts,
  thursday: shifts,
  friday: shifts,
})

const usual = hours({ ...working(morning), tuesday: [morning, afternoon], thursday: [morning, afternoon] })
const saturdays = hours({
  ...working(morning),
  tuesday: [morning, afternoon],
  thursday: [morning, afternoon],
  saturday: [{ from: at(9), to: at(12) }],
})
const threeDays = hours({
  monday: [{ from: at(9), to: at(12, 30) }],
  wednesday: [{ from: at(9), to: at(12, 30) }, afternoon],
  friday: [{ from: at(9), to: at(12, 30) }],
})
const allDay = hours(working({ from: at(8), to: at(14) }))
const library = hours({
  ...working({ from: at(9), to: at(19) }),
  monday: [{ from: at(14), to: at(19) }],
  saturday: [{ from: at(9), to: at(13) }],
})
const everyDay = hours(
  Object.fromEntries(weekdays.map((day) => [day, [{ from: at(7, 30), to: at(19, 30) }]])),
  'none',
)

const shares = (waiting: number, staff: number, mustReturn: number, outcome: number) =>
  [
    ['waiting-time', waiting],
    ['staff-behaviour', staff],
    ['must-return', mustReturn],
    ['negative-outcome', outcome],
  ] as const

/** The counters that a town hall opens first come first. */
export const services: readonly Service[] = [
  service('anagrafe', saturdays, 11, 0.3, 0.2, shares(50, 12, 28, 10)),
  service('stato-civile', usual, 7, 0.28, 0.4, shares(35, 15, 35, 15)),
  service('tributi', usual, 8, 0.24, -0.3, shares(35, 15, 20, 30)),
  service('protocollo', allDay, 10, 0.2, 0.3, shares(45, 20, 25, 10)),
  service('urbanistica', threeDays, 5, 0.26, -0.2, shares(25, 10, 35, 30)),
  { ...service('servizi-sociali', usual, 4, 0.22, 0.1, shares(30, 15, 20, 35)), batch: 10, counts: false },
  { ...service('polizia-locale', everyDay, 5, 0.18, -0.5, shares(25, 20, 15, 40)), late: true },
  service('urp', saturdays, 12, 0.25, 0.5, shares(40, 20, 25, 15)),
  service('carta-identita', saturdays, 9, 0.34, 0, shares(55, 10, 28, 7)),
  service('servizi-scolastici', usual, 6, 0.25, 0.2, shares(35, 15, 30, 20)),
  service('edilizia-privata', threeDays, 5, 0.24, -0.3, shares(25, 10, 40, 25)),
  service('sportello-imprese', threeDays, 4, 0.3, -0.1, shares(25, 10, 40, 25)),
  service('elettorale', allDay, 5, 0.22, 0.4, shares(40, 15, 30, 15)),
  service('ufficio-casa', usual, 5, 0.26, -0.4, shares(25, 15, 20, 40)),
  service('ambiente', allDay, 5, 0.2, 0, shares(30, 15, 25, 30)),
  { ...service('biblioteca', library, 9, 0.3, 0.9, shares(35, 25, 20, 20)), counts: false, late: true },
  service('cimiteri', allDay, 4, 0.24, 0.5, shares(30, 20, 30, 20)),
  service('notifiche', allDay, 5, 0.16, -0.2, shares(40, 20, 25, 15)),
]

function service(
  code: string,
  hours: Hours,
  peopleAnHour: number,
  participation: number,
  mood: number,
  reasons: Service['reasons'],
): Service {
  return { code, hours, peopleAnHour, participation, mood, reasons, counts: true }
}
