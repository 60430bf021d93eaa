import type { Weekday } from '../../domain/hours.ts'
import type { WallMs } from '../../domain/time.ts'
import type { Weather } from './citizen.ts'
import { faceShares } from './moods.ts'
import type { Terminal } from './municipality.ts'
import type { Opening } from './opening.ts'
import type { Random } from './random.ts'
import { lasts } from './troubles.ts'

/** A quarter of an hour at one counter. */
export interface Slot {
  from: WallMs
  to: WallMs
  /** How many are served. */
  people: number
  /** When those press who do, in order. */
  presses: number[]
  weather: Weather
  open: boolean
  /** Whether an hour since the opening, or the opening itself, ends with it. */
  endsHour: boolean
}

const slotMinutes = 15
const minuteMs = 60_000
const slotMs = slotMinutes * minuteMs
const slotsAnHour = 4
/** How long after closing some terminals still take votes, and how many come then. */
const lateMinutes = 12
const latePresses = 0.3

/** How many come, by the hour of the clock on the wall; 1 is ordinary. */
const byHour: readonly number[] = Array.from(
  { length: 24 },
  (_, hour) =>
    ({ 7: 0.5, 8: 1.1, 9: 1.35, 10: 1.5, 11: 1.25, 12: 0.85, 13: 0.55, 14: 0.6, 15: 0.95, 16: 1, 17: 0.8 })[
      hour
    ] ?? 0.5,
)

const byWeekday: Record<Weekday, number> = {
  monday: 1.25,
  tuesday: 1,
  wednesday: 0.95,
  thursday: 1.1,
  friday: 0.9,
  saturday: 0.8,
  sunday: 0.4,
}

/** An opening in quarters of an hour, and what is behind it where votes are taken late. */
export function* slotsOf(
  terminal: Terminal,
  opening: Opening,
  random: Random,
): Generator<Slot, void, undefined> {
  const { service } = terminal.office
  const { crowd } = terminal.municipality
  const busy = crowd * byWeekday[opening.weekday] * random.between(0.75, 1.25)
  let count = 0
  for (let from = opening.from; from < opening.to; from += slotMs) {
    count++
    const to = Math.min(from + slotMs, opening.to)
    const minute = opening.minute + (from - opening.from) / minuteMs
    const share = ((to - from) / slotMs) * (byHour[Math.floor(minute / 60)] ?? 0.5)
    const people = (busy * share * service.peopleAnHour) / slotsAnHour
    const voters = random.poisson(people * service.participation)
    yield {
      from,
      to,
      people: voters + random.poisson(people * (1 - service.participation)),
      presses: moments(from, to, voters, random),
      weather: weatherOf(terminal, opening, minute, from),
      open: true,
      endsHour: count % slotsAnHour === 0 || to === opening.to,
    }
  }
  if (service.late) yield lateSlot(terminal, opening, random)
}

function lateSlot(terminal: Terminal, opening: Opening, random: Random): Slot {
  const from = opening.to
  const to = from + lateMinutes * minuteMs
  const minute = opening.minute + (from - opening.from) / minuteMs
  return {
    from,
    to,
    people: 0,
    presses: moments(from, to, random.poisson(latePresses), random),
    weather: weatherOf(terminal, opening, minute, from),
    open: false,
    endsHour: false,
  }
}

function moments(from: WallMs, to: WallMs, count: number, random: Random): WallMs[] {
  const all: WallMs[] = []
  for (let n = 0; n < count; n++) all.push(Math.floor(random.between(from, to)))
  return count > 1 ? all.sort((a, b) => a - b) : all
}

function weatherOf(terminal: Terminal, opening: Opening, minute: number, at: WallMs): Weather {
  const { office, mood, troubles } = terminal
  const { reasons } = office.service
  const trouble = troubles.find((trouble) => lasts(trouble, opening, minute, at))
  if (trouble) {
    const { dissatisfied } = trouble
    return { shares: { dissatisfied, neutral: (1 - dissatisfied) * 0.25 }, reasons, trouble }
  }
  const shares = faceShares(office.service.mood + office.mood(at) + mood(at))
  return { shares, reasons, trouble }
}
