import { nameOf } from '../../contract/topics.ts'
import { faces, reasons } from '../../domain/words.ts'
import type { Database, HourCounts, Where } from '../database/database.ts'
import { type LocalDate, localClock, plusDays, type Step, startOf } from '../report/calendar.ts'
import { periodOf } from './periods.ts'
import { each, type Row } from './row.ts'

/** The time of Italian offices; which day and month an hour belongs to. */
export const timeZone = 'Europe/Rome'

/** Counts by period (its first day), municipality, office and counter. */
export type Gathered = Map<LocalDate, Map<string, Map<string, Map<string, Row>>>>

export interface Span {
  from?: LocalDate
  /** The last day. */
  to: LocalDate
  municipality?: string
}

/** Reads the votes of a span of whole periods. Counters that took no vote in a period are not in it. */
export async function gather(
  database: Pick<Database, 'hours' | 'served'>,
  { from, to, municipality }: Span,
  step: Step,
): Promise<Gathered> {
  const where: Where = {
    ...(from !== undefined && { from: startOf(from, timeZone) }),
    to: startOf(plusDays(to, 1), timeZone),
    ...(municipality !== undefined && { municipality }),
  }
  const gathered: Gathered = new Map()
  const period = periodClock(step)
  for await (const counts of database.hours(where)) {
    if (counts.hour === undefined || counts.votes === 0) continue
    const { counters, counter } = placeOf(gathered, period(counts.hour), counts.source)
    counters.set(counter, plus(counters.get(counter), counts))
  }
  for (const { source, from, served } of await database.served(where)) {
    const { counters, counter } = placeOf(gathered, period(from), source)
    const row = counters.get(counter)
    if (row) row.served = (row.served ?? 0) + served
  }
  for (const [from, municipalities] of gathered) {
    for (const [name, offices] of municipalities) {
      for (const [office, counters] of offices) if (counters.size === 0) offices.delete(office)
      if (offices.size === 0) municipalities.delete(name)
    }
    if (municipalities.size === 0) gathered.delete(from)
  }
  return gathered
}

/** The first day of the period that a moment lies in; each hour is worked out once. */
function periodClock(step: Step): (wall: number) => LocalDate {
  const local = localClock(timeZone)
  const known = new Map<number, LocalDate>()
  return (wall) => {
    const hour = Math.floor(wall / 3_600_000)
    const period = known.get(hour) ?? periodOf(local(wall).date, step).from
    known.set(hour, period)
    return period
  }
}

function placeOf(gathered: Gathered, period: LocalDate, source: string) {
  const { municipality, office, counter } = nameOf(source)
  const offices = childOf(childOf(gathered, period), municipality)
  return { counters: childOf(offices, office), counter }
}

function childOf<K, V>(map: Map<K, Map<string, V>>, key: K): Map<string, V> {
  const there = map.get(key)
  if (there) return there
  const made = new Map<string, V>()
  map.set(key, made)
  return made
}

function plus(row: Row | undefined, counts: HourCounts): Row {
  const votes = (row?.votes ?? 0) + faces.reduce((sum, face) => sum + counts.faces[face], 0)
  return {
    votes,
    faces: each(faces, (face) => (row?.faces[face] ?? 0) + counts.faces[face]),
    reasons: each(reasons, (reason) => (row?.reasons[reason] ?? 0) + counts.reasons[reason]),
    counters: [votes],
  }
}
