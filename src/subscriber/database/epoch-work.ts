import { isDeepStrictEqual } from 'node:util'
import type { SummaryEvent } from '../../contract/schemas.ts'
import type { WallMs } from '../../domain/time.ts'
import type { Item } from '../item.ts'
import { type Range, Ranges } from '../ranges.ts'
import { addVote, countsRow, type HourSums } from './counts-row.ts'
import { unknownHour } from './schema.ts'
import type { EpochRange, EpochRow, EpochVote, GapRow, SummaryRow, Tables } from './tables.ts'
import { hourOf, hourOfVote, rowOf, saysTheSame, type VoteRow } from './vote-row.ts'

type Of<Is extends Item['is']> = Item & { is: Is }

/** What a batch says of one epoch, and what that changes. Summaries are taken first, then gaps, then votes. */
export class EpochWork {
  readonly source: string
  readonly row: EpochRow
  /** What is in the database of its ranges and summaries. */
  touching: readonly EpochRange[] = []
  summaries: SummaryRow[] = []

  readonly newVotes: EpochVote[] = []
  readonly conflicts: { item: Item; why: string }[] = []
  duplicates = 0
  lastVote: WallMs | undefined
  /** Whether `row` is no longer what the database has. */
  changed = false

  readonly #votes: { item: Of<'vote'>; row: VoteRow }[]
  readonly #gaps: { item: Of<'gap'>; row: GapRow }[]
  readonly #summaries: Of<'summary'>[]
  /** All that the batch brings. */
  readonly #runs: Ranges
  readonly #announced: number

  constructor(source: string, row: EpochRow, items: readonly Item[]) {
    this.source = source
    this.row = row
    this.#votes = items.flatMap((item) => (item.is === 'vote' ? [{ item, row: rowOf(item.event) }] : []))
    this.#gaps = items.flatMap((item) => (item.is === 'gap' ? [{ item, row: gapRow(row.id, item) }] : []))
    this.#summaries = items.filter((item) => item.is === 'summary')
    this.#announced = Math.max(0, ...items.map((item) => (item.is === 'totals' ? item.totals.sequence : 0)))
    this.#runs = new Ranges(this.#votes.map(({ row: { sequence } }) => ({ from: sequence, to: sequence })))
    for (const { row } of this.#gaps) this.#runs.add(row)
  }

  /** Where ranges of the database may lie, beyond what is complete. */
  get unsure(): EpochRange[] {
    const { id, complete, highest } = this.row
    if (complete === highest) return []
    const ranges = new Ranges(this.#runs)
    for (const { event } of this.#summaries) ranges.add(event.data)
    return [...ranges].filter(({ to }) => to > complete).map(({ from, to }) => ({ epoch: id, from, to }))
  }

  /** A summary counts all votes of its range but those that are lost: it takes their place in the counts. */
  async takeSummaries(tables: Tables, hours: HourSums): Promise<void> {
    for (const item of this.#summaries) {
      const summary = summaryRow(this.row.id, item.event)
      const why = this.#contradicted(summary)
      if (why !== undefined) this.conflicts.push({ item, why })
      else if (!this.summaries.some((other) => isWithin(summary, other)))
        await this.#replace(tables, hours, summary)
    }
  }

  /** Gaps that can be in the database already. */
  suspectGaps(): EpochRange[] {
    const known = this.#known()
    return this.#gaps.flatMap(({ row }) => (known.has(row.from) ? [row] : []))
  }

  /** @returns those that are new */
  takeGaps(there: readonly GapRow[]): GapRow[] {
    const known = new Map(there.map((gap) => [`${gap.from}-${gap.to}`, gap]))
    return this.#gaps.flatMap(({ item, row }) => {
      const key = `${row.from}-${row.to}`
      const before = known.get(key)
      if (before && before.cause !== row.cause) {
        const why = `the gap ${row.from} to ${row.to} is ${row.cause}; stored is ${before.cause}`
        this.conflicts.push({ item, why })
      }
      if (before) return []
      known.set(key, row)
      return [row]
    })
  }

  /** Votes that can be in the database already. */
  suspectVotes(): { epoch: number; sequence: number }[] {
    const known = this.#known()
    const suspects = this.#votes.filter(({ row }) => known.has(row.sequence))
    return suspects.map(({ row }) => ({ epoch: this.row.id, sequence: row.sequence }))
  }

  takeVotes(there: readonly EpochVote[], hours: HourSums): void {
    const known = new Map(there.map(({ row }) => [row.sequence, row]))
    const counted = new Ranges(this.summaries.flatMap(coverOf))
    for (const { item, row } of this.#votes) {
      const before = known.get(row.sequence)
      if (!before) {
        known.set(row.sequence, row)
        this.newVotes.push({ epoch: this.row.id, row })
        const hour = hourOfVote(row)
        if (hour !== undefined) this.lastVote = Math.max(this.lastVote ?? row.time, row.time)
        if (!counted.has(row.sequence)) addVote(hours.at(this.row.terminal, hour ?? unknownHour), row)
      } else if (saysTheSame(before, row)) this.duplicates++
      else this.conflicts.push({ item, why: differenceOf(before, row) })
    }
  }

  /** How far it is with the batch in it. @returns what that changes of the ranges beyond `complete` */
  reach(): { gone: EpochRange[]; come: EpochRange[] } {
    const { row, touching } = this
    const ranges = this.#known()
    for (const run of this.#runs) ranges.add(run)
    const { complete, highest } = ranges
    const beyond = [...ranges]
      .filter(({ from }) => from > complete)
      .map((range) => ({ epoch: row.id, ...range }))
    const known = Math.max(row.highest, highest, this.#announced)
    if (complete !== row.complete || known !== row.highest) this.changed = true
    row.complete = complete
    row.highest = known
    return {
      gone: notIn(touching, beyond),
      come: notIn(beyond, touching),
    }
  }

  /** What is in the database of what the batch touches. */
  #known(): Ranges {
    const { complete } = this.row
    return new Ranges([...(complete > 0 ? [{ from: 1, to: complete }] : []), ...this.touching])
  }

  #contradicted(summary: SummaryRow): string | undefined {
    const { from, to } = summary
    const others = this.summaries.filter((other) => other.from <= to && from <= other.to)
    for (const other of others) {
      const name = `the summary of ${other.from} to ${other.to}`
      if (other.from === from && other.to === to) {
        const same = isDeepStrictEqual([other.hours, other.lost], [summary.hours, summary.lost])
        return same ? undefined : `${name} says something else than what is stored`
      }
      if (!isWithin(other, summary) && !isWithin(summary, other))
        return `the summary of ${from} to ${to} overlaps ${name}; allowed is to hold it, or to be within it`
    }
    return undefined
  }

  async #replace(tables: Tables, hours: HourSums, summary: SummaryRow): Promise<void> {
    const { row } = this
    const gone = this.summaries.filter((other) => isWithin(other, summary))
    const before = gone.flatMap(coverOf)
    const after = coverOf(summary)
    const add = (counts: readonly { hour: number; counts: readonly number[] }[], times: 1 | -1) => {
      for (const { hour, counts: each } of counts) hours.add(row.terminal, hour, each, times)
    }
    for (const range of without(after, before)) add(await tables.countVotes({ epoch: row.id, ...range }), -1)
    for (const range of without(before, after)) add(await tables.countVotes({ epoch: row.id, ...range }), 1)
    for (const other of gone) {
      add(spansOf(other), -1)
      await tables.deleteSummary(row.id, other.from)
    }
    add(spansOf(summary), 1)
    await tables.insertSummary(summary)
    this.summaries = [...this.summaries.filter((other) => !gone.includes(other)), summary]
    this.#runs.add(summary)
    row.summaries = this.summaries.length
    this.changed = true
  }
}

/** Of its hours those that count something, each as the hour that it begins in. */
function spansOf({ hours }: SummaryRow): { hour: number; counts: readonly number[] }[] {
  return hours
    .filter(({ counts: [votes = 0] }) => votes > 0)
    .map(({ begins, counts }) => ({ hour: begins === null ? unknownHour : hourOf(begins), counts }))
}

/** The sequences that a summary counts. */
function coverOf({ from, to, lost }: SummaryRow): Range[] {
  return without([{ from, to }], lost)
}

function without(ranges: readonly Range[], taken: readonly Range[]): Range[] {
  return ranges.flatMap(({ from, to }) =>
    new Ranges([...(from > 1 ? [{ from: 1, to: from - 1 }] : []), ...taken]).missing(to),
  )
}

function notIn(ranges: readonly EpochRange[], others: readonly Range[]): EpochRange[] {
  const known = new Set(others.map(({ from, to }) => `${from}-${to}`))
  return ranges.filter(({ from, to }) => !known.has(`${from}-${to}`))
}

function isWithin(inner: Range, outer: Range): boolean {
  return outer.from <= inner.from && inner.to <= outer.to
}

function gapRow(epoch: number, { event: { time, data } }: Of<'gap'>): GapRow {
  return { epoch, from: data.from, to: data.to, cause: data.cause, time: Date.parse(time) }
}

function summaryRow(epoch: number, { time, data: { from, to, hours, lost } }: SummaryEvent): SummaryRow {
  return {
    epoch,
    from,
    to,
    time: Date.parse(time),
    hours: hours.map(({ from: begins, to: ends, ...counts }) => ({
      begins: begins === undefined ? null : Date.parse(begins),
      ends: ends === undefined ? null : Date.parse(ends),
      counts: countsRow(counts),
    })),
    lost: lost.map(({ from, to, cause }) => ({ from, to, cause })),
  }
}

function differenceOf(before: VoteRow, now: VoteRow): string {
  const fields = (Object.keys(now) as (keyof VoteRow)[]).filter((field) => before[field] !== now[field])
  const told = fields.map((field) => `${field} is ${now[field]}, stored is ${before[field]}`)
  return `vote ${now.sequence} says something else than what is stored: ${told.join('; ')}`
}
