import type { SummaryEvent } from '../../src/contract/schemas.ts'
import { nameOf, topicsOf } from '../../src/contract/topics.ts'
import type { WallMs } from '../../src/domain/time.ts'
import { addToCounts, type Counts, noCounts } from '../../src/domain/vote.ts'
import type {
  Database,
  DatabaseError,
  HourCounts,
  Progress,
  Quarantined,
  Served,
  Stored,
  TerminalRecord,
  Where,
} from '../../src/subscriber/database/database.ts'
import { impossible } from '../../src/subscriber/database/impossible.ts'
import {
  hourOf,
  hourOfVote,
  rowOf,
  saysTheSame,
  type VoteRow,
} from '../../src/subscriber/database/vote-row.ts'
import type { Item, Rejected } from '../../src/subscriber/item.ts'
import { type Range, Ranges } from '../../src/subscriber/ranges.ts'

type Summary = SummaryEvent['data']

interface Epoch {
  source: string
  epoch: string
  votes: Map<number, VoteRow>
  gaps: Map<string, string>
  /** None overlaps another. */
  summaries: Summary[]
  accounted: Ranges
  announced: number
  claimedUntil: WallMs
}

/** A database in memory; nothing in it is counted before it is asked for. */
export class FakeDatabase implements Database {
  readonly #epochs = new Map<string, Epoch>()
  readonly #terminals = new Map<string, Omit<TerminalRecord, 'votes' | 'lastVote'> & { told: string[] }>()
  readonly #served: Served[] = []
  readonly #quarantine: Quarantined[] = []
  #quarantined = 0
  /** While it is set, `store` rejects with it and changes nothing. */
  away: DatabaseError | undefined
  /** Called before a batch is stored: what it returns is waited for. */
  beforeStore: ((items: readonly (Item | Rejected)[]) => Promise<void> | void) | undefined
  /** How many batches were stored. */
  stores = 0
  closed = false

  async store(items: readonly (Item | Rejected)[], receivedAt: WallMs): Promise<Stored> {
    await this.beforeStore?.(items)
    if (this.away) throw this.away
    this.stores++
    const stored: Stored = { votes: 0, duplicates: 0, conflicts: 0, rejected: 0, progress: [] }
    const touched = new Set<Epoch>()
    for (const item of items) {
      const refused = item.is === 'rejected' ? item : refusedOf(item)
      if (refused) {
        this.#keep(receivedAt, refused.topic, refused.why, refused.payload)
        stored.rejected++
        continue
      }
      const conflict = this.#take(item as Item, stored, touched)
      this.#hear(item as Item, receivedAt)
      if (conflict === undefined) continue
      stored.conflicts++
      this.#keep(receivedAt, topicOf(item as Item), conflict, payloadOf(item as Item))
    }
    stored.progress = sorted([...touched].map(progressOf))
    return stored
  }

  async progress(source?: string): Promise<Progress[]> {
    const epochs = [...this.#epochs.values()].filter(
      (epoch) => source === undefined || epoch.source === source,
    )
    return sorted(epochs.map(progressOf))
  }

  async claimReplay(source: string, epoch: string, now: WallMs, until: WallMs): Promise<boolean> {
    const found = this.#epochs.get(`${source} ${epoch}`)
    if (!found || found.claimedUntil > now) return false
    found.claimedUntil = until
    return true
  }

  async *hours(where: Where): AsyncIterable<HourCounts> {
    const bySource = new Map<string, Map<WallMs | undefined, HourCounts>>()
    for (const epoch of this.#epochs.values()) {
      const hours = bySource.get(epoch.source) ?? new Map()
      bySource.set(epoch.source, hours)
      countInto(hours, epoch)
    }
    for (const source of [...bySource.keys()].filter((source) => isIn(where, source)).sort()) {
      const hours = [...bySource.get(source)!.values()].filter(({ hour }) => isWithin(where, hour))
      yield* hours.sort((a, b) => (a.hour ?? Number.NEGATIVE_INFINITY) - (b.hour ?? Number.NEGATIVE_INFINITY))
    }
  }

  async served(where: Where): Promise<Served[]> {
    return this.#served
      .filter(({ source, from }) => isIn(where, source) && isWithin(where, from))
      .sort((a, b) => (a.source < b.source ? -1 : a.source > b.source ? 1 : a.from - b.from))
  }

  async terminals(): Promise<TerminalRecord[]> {
    const records: TerminalRecord[] = []
    for (const { told: _, ...terminal } of this.#terminals.values()) {
      let votes = 0
      for await (const hour of this.hours(nameOf(terminal.source))) votes += hour.votes
      const epochs = [...this.#epochs.values()].filter(({ source }) => source === terminal.source)
      const times = epochs
        .flatMap((epoch) => [...epoch.votes.values()])
        .flatMap((vote) => (vote.clock === 'unknown' ? [] : [vote.time]))
      const lastVote = times.reduce<number | undefined>(
        (a, b) => (a === undefined || b > a ? b : a),
        undefined,
      )
      records.push({ ...terminal, votes, ...(lastVote !== undefined && { lastVote }) })
    }
    return records.sort((a, b) => (a.source < b.source ? -1 : 1))
  }

  async quarantine(latest: number): Promise<{ count: number; latest: Quarantined[] }> {
    return { count: this.#quarantined, latest: latest > 0 ? this.#quarantine.slice(-latest).reverse() : [] }
  }

  /** The votes that are in it, for those who look: as rows, in the order of their sequences. */
  votesOf(source: string, epoch: string): VoteRow[] {
    const votes = this.#epochs.get(`${source} ${epoch}`)?.votes.values() ?? []
    return [...votes].sort((a, b) => a.sequence - b.sequence)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.closed = true
  }

  /** @returns what it contradicts, if it does */
  #take(item: Item, stored: Stored, touched: Set<Epoch>): string | undefined {
    if (item.is === 'served') return this.#takeServed(item)
    const said = item.is === 'totals' ? item.totals : 'event' in item ? item.event.data : undefined
    if (!said) return undefined
    const epoch = this.#epoch(item.source, said.epoch)
    touched.add(epoch)
    if (item.is === 'totals') epoch.announced = Math.max(epoch.announced, item.totals.sequence)
    if (item.is === 'gap') return takeGap(epoch, item.event.data)
    if (item.is === 'summary') return takeSummary(epoch, item.event.data)
    if (item.is !== 'vote') return undefined
    const row = rowOf(item.event)
    const before = epoch.votes.get(row.sequence)
    if (before && !saysTheSame(before, row)) return `vote ${row.sequence} says something else than before`
    if (before) stored.duplicates++
    else {
      stored.votes++
      epoch.votes.set(row.sequence, row)
      epoch.accounted.add({ from: row.sequence, to: row.sequence })
    }
    return undefined
  }

  #takeServed({ source, served }: Item & { is: 'served' }): string | undefined {
    const [from, to] = [Date.parse(served.from), Date.parse(served.to)]
    const other = this.#served.find((one) => one.source === source && one.from < to && from < one.to)
    if (!other) this.#served.push({ source, from, to, served: served.served })
    else if (other.from !== from || other.to !== to) return 'its span overlaps another'
    else if (other.served !== served.served) return 'its span was told before, with another number'
    return undefined
  }

  /** What is told again word by word, or by the broker as the will, is no sign of life. */
  #hear(item: Item, receivedAt: WallMs): void {
    const before = this.#terminals.get(item.source)
    const terminal = before ?? { source: item.source, heardAt: receivedAt, told: [] }
    this.#terminals.set(item.source, terminal)
    const text = JSON.stringify(item)
    const retained = ['state', 'health', 'survey', 'totals'].includes(item.is)
    if (retained && terminal.told.includes(text)) return
    if (retained) terminal.told = [...terminal.told.filter((one) => JSON.parse(one).is !== item.is), text]
    if (item.is === 'state') terminal.state = item.state
    if (item.is === 'health') terminal.health = item.health
    const isWill = item.is === 'state' && item.state.will === true
    if (!isWill && item.is !== 'served') terminal.heardAt = Math.max(terminal.heardAt, receivedAt)
  }

  #keep(at: WallMs, topic: string, why: string, payload: Uint8Array): void {
    this.#quarantined++
    this.#quarantine.push({ at, topic, why, payload: payload.slice(0, 4096) })
    if (this.#quarantine.length > 10_000) this.#quarantine.shift()
  }

  #epoch(source: string, epoch: string): Epoch {
    const key = `${source} ${epoch}`
    const found = this.#epochs.get(key) ?? {
      source,
      epoch,
      votes: new Map(),
      gaps: new Map(),
      summaries: [],
      accounted: new Ranges(),
      announced: 0,
      claimedUntil: Number.NEGATIVE_INFINITY,
    }
    this.#epochs.set(key, found)
    return found
  }
}

function refusedOf(item: Item): Rejected | undefined {
  const why = impossible(item)
  return why === undefined
    ? undefined
    : { is: 'rejected', topic: topicOf(item), payload: payloadOf(item), why }
}

function takeGap(epoch: Epoch, { from, to, cause }: Range & { cause: string }): string | undefined {
  const before = epoch.gaps.get(`${from}-${to}`)
  if (before !== undefined && before !== cause) return `the gap ${from} to ${to} had another cause before`
  epoch.gaps.set(`${from}-${to}`, cause)
  epoch.accounted.add({ from, to })
  return undefined
}

function takeSummary(epoch: Epoch, summary: Summary): string | undefined {
  const { from, to } = summary
  const others = epoch.summaries.filter((other) => other.from <= to && from <= other.to)
  const [around] = others.filter((other) => other.from <= from && to <= other.to)
  if (around && (around.from !== from || around.to !== to)) return undefined
  if (around) {
    const same = JSON.stringify(around) === JSON.stringify(summary)
    return same ? undefined : `the summary of ${from} to ${to} says something else than before`
  }
  if (others.some((other) => other.from < from || to < other.to))
    return `the summary of ${from} to ${to} overlaps another`
  epoch.summaries = [...epoch.summaries.filter((other) => !others.includes(other)), summary]
  epoch.accounted.add({ from, to })
  return undefined
}

function countInto(hours: Map<WallMs | undefined, HourCounts>, epoch: Epoch): void {
  const at = (hour: WallMs | undefined) => {
    const found = hours.get(hour) ?? {
      source: epoch.source,
      ...(hour !== undefined && { hour }),
      ...noCounts(),
    }
    hours.set(hour, found)
    return found
  }
  for (const vote of epoch.votes.values()) {
    if (epoch.summaries.some((summary) => counts(summary, vote.sequence))) continue
    const { reason, ...said } = vote
    addToCounts(at(hourOfVote(vote)), reason === null ? said : { ...said, reason })
  }
  for (const { hours: spans } of epoch.summaries) {
    for (const { from, to: _, ...span } of spans) {
      if (span.votes > 0) addAll(at(from === undefined ? undefined : hourOf(Date.parse(from))), span)
    }
  }
}

function counts({ from, to, lost }: Summary, sequence: number): boolean {
  const within = (range: Range) => range.from <= sequence && sequence <= range.to
  return within({ from, to }) && !lost.some(within)
}

function addAll(sum: Counts, more: Counts): void {
  sum.votes += more.votes
  sum.suppressed += more.suppressed
  sum.corrected += more.corrected
  for (const part of ['faces', 'reasons', 'outcomes'] as const) {
    const into = sum[part] as Record<string, number>
    for (const [name, n] of Object.entries(more[part])) into[name] = (into[name] ?? 0) + n
  }
}

function progressOf({ source, epoch, accounted, announced }: Epoch): Progress {
  const highest = Math.max(accounted.highest, announced)
  return {
    source,
    epoch,
    complete: accounted.complete,
    highest,
    missing: accounted.missing(highest).slice(0, 32),
  }
}

function sorted(progress: Progress[]): Progress[] {
  const key = ({ source, epoch }: Progress) => `${source} ${epoch}`
  return progress.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
}

function isIn(where: Where, source: string): boolean {
  const name = nameOf(source)
  return (['municipality', 'office', 'counter'] as const).every(
    (level) => where[level] === undefined || where[level] === name[level],
  )
}

function isWithin({ from, to }: Where, moment: WallMs | undefined): boolean {
  if (moment === undefined) return from === undefined && to === undefined
  return (from === undefined || from <= moment) && (to === undefined || moment < to)
}

function topicOf(item: Item): string {
  return topicsOf('faccina/1', item.source)[item.is]
}

function payloadOf(item: Item): Uint8Array {
  const { source: _, is: __, ...said } = item
  return new TextEncoder().encode(JSON.stringify(Object.values(said)[0]))
}
