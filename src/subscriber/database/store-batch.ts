import type { WallMs } from '../../domain/time.ts'
import type { Item, Rejected } from '../item.ts'
import { HourSums } from './counts-row.ts'
import { mostMissingListed, type Stored } from './database.ts'
import { EpochWork } from './epoch-work.ts'
import { impossible } from './impossible.ts'
import { mostQuarantined, refusedRow, rejectedRow } from './refused.ts'
import { ServedAndStatus } from './served-and-status.ts'
import type { EpochKey, EpochRange, QuarantineRow, Tables, TerminalNews } from './tables.ts'

/**
 * Stores a batch, within the transaction that `tables` stands for. What is already there is read first, each
 * kind of it with one question for the whole batch, and only where an epoch's ranges say that it can be
 * there: votes that come in their order are never looked up.
 */
export async function storeBatch(
  tables: Tables,
  items: readonly (Item | Rejected)[],
  receivedAt: WallMs,
): Promise<Stored> {
  const { told, refused } = sorted(items, receivedAt)
  const rejected = refused.length
  const terminals = await tables.terminals(distinct(told.map(({ source }) => source)))
  const work = await openEpochs(tables, terminals, told)
  const hours = new HourSums()
  for (const epoch of work) await epoch.takeSummaries(tables, hours)
  await takeGaps(tables, work)
  await takeVotes(tables, work, hours)
  await reach(tables, work)
  const others = new ServedAndStatus(terminals)
  await others.take(tables, told)
  await tables.addHours(hours)
  await tables.updateTerminals(newsOf(terminals, work, hours, others.heard, receivedAt))
  const conflicts = [...work.flatMap((epoch) => epoch.conflicts), ...others.conflicts]
  for (const { item, why } of conflicts) refused.push(refusedRow(item, 'conflict', why, receivedAt))
  if (refused.length > 0) await tables.quarantine(refused, mostQuarantined)
  return {
    votes: sum(work, (epoch) => epoch.newVotes.length),
    duplicates: sum(work, (epoch) => epoch.duplicates),
    conflicts: conflicts.length,
    rejected,
    progress: await progressOf(tables, work),
  }
}

function sorted(items: readonly (Item | Rejected)[], at: WallMs): { told: Item[]; refused: QuarantineRow[] } {
  const told: Item[] = []
  const refused: QuarantineRow[] = []
  for (const item of items) {
    if (item.is === 'rejected') {
      refused.push(rejectedRow(item, at))
      continue
    }
    const why = impossible(item)
    if (why === undefined) told.push(item)
    else refused.push(refusedRow(item, 'invalid', why, at))
  }
  return { told, refused }
}

async function openEpochs(
  tables: Tables,
  terminals: ReadonlyMap<string, number>,
  told: readonly Item[],
): Promise<EpochWork[]> {
  const items = new Map<string, { key: EpochKey; source: string; items: Item[] }>()
  for (const item of told) {
    const name =
      item.is === 'totals' ? item.totals.epoch : 'event' in item ? item.event.data.epoch : undefined
    if (name === undefined) continue
    const { source } = item
    const text = `${source} ${name}`
    const found = items.get(text) ?? { key: { terminal: terminals.get(source)!, name }, source, items: [] }
    items.set(text, found)
    found.items.push(item)
  }
  const wanted = [...items.values()]
  const rows = await tables.epochs(wanted.map(({ key }) => key))
  const work = wanted.map(({ source, items }, n) => new EpochWork(source, rows[n]!, items))
  const known = byEpoch(await tables.touching(work.flatMap((epoch) => epoch.unsure)))
  const summed = work.filter(({ row }) => row.summaries > 0).map(({ row }) => row.id)
  const summaries = byEpoch(summed.length > 0 ? await tables.summaries(summed) : [])
  for (const epoch of work) {
    epoch.touching = known.get(epoch.row.id) ?? []
    epoch.summaries = summaries.get(epoch.row.id) ?? []
  }
  return work
}

async function takeGaps(tables: Tables, work: readonly EpochWork[]): Promise<void> {
  const suspects = work.flatMap((epoch) => epoch.suspectGaps())
  const there = byEpoch(suspects.length > 0 ? await tables.gapsAt(suspects) : [])
  const fresh = work.flatMap((epoch) => epoch.takeGaps(there.get(epoch.row.id) ?? []))
  if (fresh.length > 0) await tables.insertGaps(fresh)
}

async function takeVotes(tables: Tables, work: readonly EpochWork[], hours: HourSums): Promise<void> {
  const suspects = work.flatMap((epoch) => epoch.suspectVotes())
  const there = byEpoch(suspects.length > 0 ? await tables.votesAt(suspects) : [])
  for (const epoch of work) epoch.takeVotes(there.get(epoch.row.id) ?? [], hours)
  const fresh = work.flatMap((epoch) => epoch.newVotes)
  if (fresh.length > 0) await tables.insertVotes(fresh)
}

/** How far the epochs are now. */
async function reach(tables: Tables, work: readonly EpochWork[]): Promise<void> {
  const gone: EpochRange[] = []
  const come: EpochRange[] = []
  for (const epoch of work) {
    const change = epoch.reach()
    gone.push(...change.gone)
    come.push(...change.come)
  }
  if (gone.length > 0 || come.length > 0) await tables.replaceRanges(gone, come)
  const changed = work.filter((epoch) => epoch.changed)
  if (changed.length > 0) await tables.updateEpochs(changed.map(({ row }) => row))
}

function newsOf(
  terminals: ReadonlyMap<string, number>,
  work: readonly EpochWork[],
  hours: HourSums,
  heard: ReadonlySet<string>,
  at: WallMs,
): TerminalNews[] {
  const latest = new Map<string, number>()
  for (const { source, lastVote } of work) {
    if (lastVote !== undefined && lastVote > (latest.get(source) ?? Number.NEGATIVE_INFINITY))
      latest.set(source, lastVote)
  }
  return [...terminals].map(([source, terminal]) => ({
    terminal,
    votes: hours.votesOf(terminal),
    lastVote: latest.get(source) ?? null,
    seenAt: at,
    heard: heard.has(source),
  }))
}

async function progressOf(tables: Tables, work: readonly EpochWork[]): Promise<Stored['progress']> {
  const holed = work.filter(({ row }) => row.complete < row.highest).map(({ row }) => row.id)
  const ranges = byEpoch(holed.length > 0 ? await tables.firstRanges(holed, mostMissingListed) : [])
  return inOrder(work.map(({ source, row }) => told(source, row, ranges.get(row.id) ?? [])))
}

/**
 * How far an epoch is.
 * @param beyond its first `mostMissingListed` ranges beyond `complete`, or all
 */
export function told(
  source: string,
  { name, complete, highest }: { name: string; complete: number; highest: number },
  beyond: readonly { from: number; to: number }[],
): Stored['progress'][number] {
  const missing = []
  let next = complete + 1
  for (const { from, to } of beyond) {
    missing.push({ from: next, to: from - 1 })
    next = to + 1
  }
  if (missing.length < mostMissingListed && next <= highest) missing.push({ from: next, to: highest })
  return { source, epoch: name, complete, highest, missing: missing.slice(0, mostMissingListed) }
}

export function inOrder<P extends { source: string; epoch: string }>(progress: P[]): P[] {
  const key = ({ source, epoch }: P) => `${source} ${epoch}`
  return progress.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
}

function byEpoch<T extends { epoch: number }>(rows: readonly T[]): Map<number, T[]> {
  const sorted = new Map<number, T[]>()
  for (const row of rows) {
    const known = sorted.get(row.epoch)
    if (known) known.push(row)
    else sorted.set(row.epoch, [row])
  }
  return sorted
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort()
}

function sum<T>(all: readonly T[], count: (one: T) => number): number {
  return all.reduce((so, one) => so + count(one), 0)
}
