import { randomBytes, randomInt } from 'node:crypto'
import type { Clock } from '../ports/clock.ts'
import type { Journal, Position } from '../ports/journal.ts'
import type { Log } from '../ports/log.ts'
import { Appender } from './appender.ts'
import { BootTimes } from './boot-times.ts'
import { storageError } from './errors.ts'
import { type Files, realFiles } from './files.ts'
import { placeOf } from './kept.ts'
import { type Ledger, newLedger, own, reach, settle } from './ledger.ts'
import type { Folded } from './readable.ts'
import { type Recovered, recover } from './recovery.ts'
import type { Start } from './rows.ts'
import { readSegment, scanHeader } from './segment.ts'
import { SegmentJournal } from './segment-journal.ts'
import { openSmallFiles, type SmallFiles } from './small-files.ts'

export interface JournalOptions {
  /** The journal's own folder; made if it is missing. */
  directory: string
  /** `faccina://municipality/office/counter`. Another one than before begins a new epoch. */
  source: string
  start: Start
  /** A new epoch begins in any case: the journal has come from another card. */
  renew?: boolean
  /** The bound: above it the oldest segments that are done go. */
  maxBytes: number
  /** How long done votes are kept for replay while there is room. */
  keepMs: number
  clock: Clock
  log: Log
  files?: Files
}

/**
 * Opens the journal, recovers what an abrupt end left, and proves by a first record that it can be
 * written. Rejects with a `StorageError` that says what to do.
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { directory, files = realFiles, log } = options
  try {
    await files.makeDirectory(directory)
    const recovered = await recover(files, directory)
    for (const { event, fields } of recovered.notes) log.warn(event, fields)
    const small = await openSmallFiles(files, directory)
    try {
      return await begin({ ...options, files }, recovered, small)
    } catch (error) {
      await small[Symbol.asyncDispose]()
      throw error
    }
  } catch (error) {
    throw storageError(`cannot open the journal in ${directory}`, error)
  }
}

async function begin(
  options: JournalOptions & { files: Files },
  recovered: Recovered,
  { cursor, timeline, folded }: SmallFiles,
): Promise<Journal> {
  const saved = cursor.value
  const { directory, source, start, renew = false, files, clock, log } = options
  const ledger = startingLedger(recovered, saved, source, start)
  const { tail, spare, highest } = recovered
  const continues = tail?.intact === true && ledger.record === tail.ledger.record
  const position =
    saved ?? (await firstPosition(files, recovered, directory, ledger, folded.value)) ?? startOf(ledger)
  // A number that the cursor knows is not used again, even if its segment has gone.
  const after = Math.max(highest, position.segment)
  const last = tail && { bootId: tail.ledger.start.bootId, mono: tail.ledger.lastMono }
  const times = await BootTimes.open(timeline.slots, timeline.value ?? [], start.bootId, last, { clock, log })
  let appender: Appender | undefined
  try {
    appender = await Appender.open(
      { files, directory, clock, log, maxBytes: options.maxBytes, keepMs: options.keepMs },
      {
        ledger,
        segments: recovered.segments,
        spare: spare !== undefined && spare > position.segment ? spare : undefined,
        after,
        end: { segment: tail?.segment ?? 0, offset: tail?.offset ?? 0 },
        continues,
      },
    )
    const journal = new SegmentJournal({
      appender,
      times,
      cursor: { file: cursor.slots, position },
      folded: { file: folded.slots, list: folded.value ?? [] },
      clock,
      log,
    })
    // What cannot be read may have been votes that were told to the world: their numbers are not used again.
    const lost = tail ? tail.ledger.sequence + tail.lost - ledger.sequence : 0
    if (lost > 0) await appender.gap(lost, 'torn')
    const epoch = ledger.source === source && !renew ? ledger.epoch : newEpochId()
    await appender.start(start, epoch, source, randomBytes(16).toString('hex'))
    return journal
  } catch (error) {
    await appender?.[Symbol.asyncDispose]()
    await times[Symbol.asyncDispose]()
    throw error
  }
}

/** Everything up to the end is settled: whoever was in the middle of a visit has gone. */
function startingLedger(
  { tail }: Recovered,
  saved: Position | undefined,
  source: string,
  start: Start,
): Ledger {
  const ledger = tail ? settle(tail.ledger) : newLedger(newEpochId(), source, start)
  if (!saved) return ledger
  // The cursor may have seen more than is left on the disk: those numbers are taken.
  const ahead = own(ledger)
  if (saved.record > ledger.record) {
    ahead.record = saved.record
    ahead.settled = Math.max(saved.votes, ledger.settled)
  }
  if (saved.epoch !== ledger.epoch) return ahead
  reach(ahead, saved.told ?? saved.sequence)
  // Of a batch of which something was told all had been there.
  if (saved.told !== undefined && saved.told >= ahead.block.from) reach(ahead, ahead.block.to)
  return ahead
}

async function firstPosition(
  files: Files,
  { segments }: Recovered,
  directory: string,
  ledger: Ledger,
  folded: readonly Folded[] = [],
): Promise<Position | undefined> {
  for (const segment of segments) {
    const header = scanHeader(await readSegment(files, directory, segment))
    if (typeof header !== 'object') continue
    const place = placeOf(header.header)
    const { totals } = header.header
    // No further than votes have been given.
    const sequence = place.epoch === ledger.epoch ? Math.min(place.sequence, ledger.sequence) : place.sequence
    if (folded.length === 0) return { segment, offset: 0, ...place, sequence, totals }
    return { segment, offset: 0, record: 0, votes: place.votes - votesOf(folded), epoch: '', sequence: 0 }
  }
  return undefined
}

function votesOf(folded: readonly Folded[]): number {
  return folded.flatMap(({ summary }) => summary.spans).reduce((sum, { votes }) => sum + votes, 0)
}

function startOf({ epoch, record, sequence, settled, totals }: Ledger): Position {
  return { segment: 0, offset: 0, record, votes: settled, epoch, sequence, totals }
}

/** Six characters that nobody mistakes for others: over 800 million lives of a journal. */
function newEpochId(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789'
  return Array.from({ length: 6 }, () => letters[randomInt(letters.length)]).join('')
}
