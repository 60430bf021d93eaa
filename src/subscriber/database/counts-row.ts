import { type Counts, noCounts } from '../../domain/vote.ts'
import { faces, outcomes, reasons } from '../../domain/words.ts'

/** Counts as a row of a table: one number for each of `countColumns`. */
export type CountsRow = number[]

const parts = [
  ['faces', faces],
  ['reasons', reasons],
  ['outcomes', outcomes],
] as const

/** The columns that every table of counts has, in order; words as SQL spells them: `waiting_time`. */
export const countColumns: readonly string[] = [
  'votes',
  ...parts.flatMap(([, names]) => names.map((name) => name.replaceAll('-', '_'))),
  'suppressed',
  'corrected',
]

export function countsRow(counts: Counts): CountsRow {
  const named = parts.flatMap(([part, names]) =>
    names.map((name) => (counts[part] as Record<string, number>)[name] ?? 0),
  )
  return [counts.votes, ...named, counts.suppressed, counts.corrected]
}

/** The inverse of `countsRow`. */
export function countsOf(row: readonly number[]): Counts {
  const counts = noCounts()
  let place = 0
  counts.votes = row[place++]!
  for (const [part, names] of parts) {
    for (const name of names) (counts[part] as Record<string, number>)[name] = row[place++]!
  }
  counts.suppressed = row[place++]!
  counts.corrected = row[place++]!
  return counts
}

/** What to add to `hour_counts`, or to take away, summed up by terminal and hour. */
export class HourSums {
  readonly #sums = new Map<number, Map<number, CountsRow>>()

  add(terminal: number, hour: number, counts: readonly number[], times: 1 | -1 = 1): void {
    const sum = this.at(terminal, hour)
    for (let n = 0; n < sum.length; n++) sum[n]! += times * counts[n]!
  }

  /** The sum itself, for those who add to it. */
  at(terminal: number, hour: number): CountsRow {
    const hours = this.#sums.get(terminal) ?? new Map<number, CountsRow>()
    this.#sums.set(terminal, hours)
    const sum = hours.get(hour) ?? countColumns.map(() => 0)
    hours.set(hour, sum)
    return sum
  }

  votesOf(terminal: number): number {
    let votes = 0
    for (const [sum] of this.#sums.get(terminal)?.values() ?? []) votes += sum!
    return votes
  }

  /** Terminal, hour and counts of each that is not nothing. */
  *rows(): IterableIterator<[terminal: number, hour: number, counts: CountsRow]> {
    for (const [terminal, hours] of this.#sums)
      for (const [hour, sum] of hours) if (sum.some((n) => n !== 0)) yield [terminal, hour, sum]
  }
}

const placeOf = new Map<string, number>(
  [...faces, ...reasons, ...outcomes].map((name) => [name, countColumns.indexOf(name.replaceAll('-', '_'))]),
)
const suppressedAt = countColumns.length - 2
const correctedAt = countColumns.length - 1

/** Counts one vote: what `addToCounts` does, for a row. */
export function addVote(
  sum: CountsRow,
  vote: { face: string; reason: string | null; outcome: string; suppressed: number; corrected: boolean },
): void {
  sum[0]!++
  sum[placeOf.get(vote.face)!]!++
  if (vote.reason !== null) sum[placeOf.get(vote.reason)!]!++
  sum[placeOf.get(vote.outcome)!]!++
  sum[suppressedAt]! += vote.suppressed
  if (vote.corrected) sum[correctedAt]!++
}
