import { noCounts } from '../../../src/domain/vote.ts'
import { faces, reasons } from '../../../src/domain/words.ts'
import type { Database, HourCounts, Served, Where } from '../../../src/subscriber/database/database.ts'

/** A database that holds these counts, and nothing else. */
export function databaseOf(
  hours: readonly HourCounts[],
  served: readonly Served[] = [],
): Pick<Database, 'hours' | 'served'> & AsyncDisposable {
  const isIn = (source: string, at: number | undefined, { from, to, municipality }: Where) =>
    (municipality === undefined || source.startsWith(`faccina://${municipality}/`)) &&
    (at === undefined
      ? from === undefined && to === undefined
      : at >= (from ?? -Infinity) && at < (to ?? Infinity))
  return {
    async *hours(where) {
      for (const counts of hours) if (isIn(counts.source, counts.hour, where)) yield counts
    },
    async served(where) {
      return served.filter(({ source, from }) => isIn(source, from, where))
    },
    async [Symbol.asyncDispose]() {},
  }
}

/** Votes of an hour, by face and by reason in the order of the words. */
export function hourOf(
  place: string,
  time: string,
  byFace: readonly number[],
  why: readonly number[] = [],
): HourCounts {
  const counts = noCounts()
  faces.forEach((face, i) => {
    counts.faces[face] = byFace[i] ?? 0
  })
  reasons.forEach((reason, i) => {
    counts.reasons[reason] = why[i] ?? 0
  })
  counts.votes = byFace.reduce((a, b) => a + b, 0)
  return { ...counts, source: `faccina://${place}`, hour: Date.parse(time) }
}

export function servedOf(place: string, time: string, served: number): Served {
  const from = Date.parse(time)
  return { source: `faccina://${place}`, from, to: from + 3_600_000, served }
}

/**
 * Three months of a town of four offices: one with three counters, one with two, one that is small, and one
 * with a single counter. In June the small one has few dissatisfied, in July there are no holidays.
 */
export function town(): { hours: HourCounts[]; served: Served[] } {
  const hours: HourCounts[] = []
  const served: Served[] = []
  const months = [
    ['2026-05-04T08:00Z', 1],
    ['2026-06-30T21:00Z', 2],
    ['2026-06-30T22:00Z', 3],
  ] as const
  for (const [time, n] of months) {
    const add = (place: string, byFace: number[], why: number[], people?: number) => {
      hours.push(hourOf(`c_e506/${place}`, time, byFace, why))
      if (people !== undefined) served.push(servedOf(`c_e506/${place}`, time, people))
    }
    add('anagrafe/1', [120 + n, 31, 44], [12, 11, 10 + n, 10], 400)
    add('anagrafe/2', [90, 20 + n, 35], [10, 10, 5, 4], 300)
    add('anagrafe/3', [60, 12, 21 - n], [7, 4, 3, 2], 250)
    add('tributi/1', [70, 25, 60 + n], [25, 12, 10, 10], 310)
    add('tributi/2', [64, 22, n === 2 ? 9 : 31], [n === 2 ? 6 : 16, n === 2 ? 1 : 5, 2, 0], 280)
    add('biblioteca/1', [n * 4, 2, 1], [1, 0, 0, 0])
    add('stato-civile/1', [200, 40, 50], [20, 12, 11, 3])
  }
  return { hours, served }
}
