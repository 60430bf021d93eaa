import { randomInt } from 'node:crypto'
import type { WallMs } from '../domain/time.ts'
import type { Change, Press } from '../domain/vote.ts'
import type { Clock } from '../ports/clock.ts'
import type { Item, Journal, JournalCondition, Position, Reader } from '../ports/journal.ts'
import type { Log } from '../ports/log.ts'
import { Appender } from './appender.ts'
import { CursorFile } from './cursor.ts'
import { storageError } from './errors.ts'
import { type Files, realFiles } from './files.ts'
import { type Ledger, newLedger, own, reach, settle } from './ledger.ts'
import { SegmentReader } from './reader.ts'
import { type Recovered, recover } from './recovery.ts'
import type { Start } from './rows.ts'
import { readSegment, scanHeader } from './segment.ts'

export interface JournalOptions {
  /** The journal's own folder; made if it is missing. */
  directory: string
  /** `faccina://municipality/office/counter`. Another one than before begins a new epoch. */
  source: string
  start: Start
  /** The bound: above it the oldest segments that are done go. */
  maxBytes: number
  /** How long done votes are kept for replay while there is room. */
  keepMs: number
  clock: Clock
  log: Log
  files?: Files
}

/** The cursor is written at most this often: losing it only sends some votes again. */
const cursorVotes = 64
const cursorMs = 5_000

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
    const { cursor, position } = await CursorFile.open(files, directory)
    try {
      return await begin({ ...options, files }, recovered, cursor, position)
    } catch (error) {
      await cursor.close()
      throw error
    }
  } catch (error) {
    throw storageError(`cannot open the journal in ${directory}`, error)
  }
}

async function begin(
  options: JournalOptions & { files: Files },
  recovered: Recovered,
  cursor: CursorFile,
  saved: Position | undefined,
): Promise<Journal> {
  const { directory, source, start, files, clock, log } = options
  const ledger = startingLedger(recovered, saved, source, start)
  const { tail, spare, highest } = recovered
  const continues = tail?.intact === true && ledger.record === tail.ledger.record
  const position = saved ?? (await firstPosition(files, recovered, directory)) ?? startOf(ledger)
  // A number that the cursor knows is not used again, even if its segment has gone.
  const after = Math.max(highest, position.segment)
  const appender = await Appender.open(
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
  const journal = new SegmentJournal(appender, cursor, position, clock, log)
  try {
    // What cannot be read may have been votes that were told to the world: their numbers are not used again.
    const lost = tail ? tail.ledger.sequence + tail.lost - ledger.sequence : 0
    if (lost > 0) await appender.gap(lost, 'torn')
    await appender.start(start, ledger.source === source ? ledger.epoch : newEpochId(), source)
  } catch (error) {
    await appender[Symbol.asyncDispose]()
    throw error
  }
  return journal
}

/** Everything up to the end is settled: whoever was in the middle of a visit has gone. */
function startingLedger(
  { tail }: Recovered,
  saved: Position | undefined,
  source: string,
  start: Start,
): Ledger {
  const ledger = tail ? settle(tail.ledger) : newLedger(newEpochId(), source, start)
  if (!saved || saved.record <= ledger.record) return ledger
  // The cursor has seen more than is left on the disk: those numbers are taken.
  const ahead = own(ledger)
  ahead.record = saved.record
  ahead.settled = Math.max(saved.votes, ledger.settled)
  if (saved.epoch === ledger.epoch) reach(ahead, saved.sequence)
  return ahead
}

async function firstPosition(
  files: Files,
  { segments }: Recovered,
  directory: string,
): Promise<Position | undefined> {
  for (const segment of segments) {
    const header = scanHeader(await readSegment(files, directory, segment))
    if (typeof header !== 'object') continue
    const { first, epoch, settled, open } = header.header
    const sequence = open ? open.sequence - 1 : header.header.sequence
    return { segment, offset: 0, record: first - 1, votes: settled, epoch, sequence }
  }
  return undefined
}

function startOf({ epoch, record, sequence, settled }: Ledger): Position {
  return { segment: 0, offset: 0, record, votes: settled, epoch, sequence }
}

/** Six characters that nobody mistakes for others: over 800 million lives of a journal. */
function newEpochId(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789'
  return Array.from({ length: 6 }, () => letters[randomInt(letters.length)]).join('')
}

class SegmentJournal implements Journal {
  readonly #appender: Appender
  readonly #cursorFile: CursorFile
  readonly #clock: Clock
  readonly #log: Log
  #cursor: Position
  #savedVotes: number
  #alarm: Disposable | undefined
  #saving: Promise<void> = Promise.resolve()
  #disposed: Promise<void> | undefined

  constructor(appender: Appender, cursorFile: CursorFile, cursor: Position, clock: Clock, log: Log) {
    this.#appender = appender
    this.#cursorFile = cursorFile
    this.#cursor = cursor
    this.#savedVotes = cursor.votes
    this.#clock = clock
    this.#log = log
    appender.pool.keepFrom(cursor.segment)
  }

  get epoch() {
    return this.#appender.ledger.epoch
  }

  get source() {
    return this.#appender.ledger.source
  }

  record(press: Press): Promise<number> {
    return this.#appender.record(press)
  }

  amend(sequence: number, change: Change, at: WallMs): Promise<void> {
    return this.#appender.amend(sequence, change, at)
  }

  settle(sequence: number): void {
    this.#appender.settle(sequence)
  }

  onSettled(listener: () => void): Disposable {
    return this.#appender.onSettled(listener)
  }

  reader(): Reader {
    return new SegmentReader(this.#appender, this.#cursor)
  }

  done({ position }: Item): void {
    this.#cursor = position
    // The last one is saved at the end of all.
    if (this.#disposed) return
    if (position.votes - this.#savedVotes >= cursorVotes) this.#save()
    else this.#alarm ??= this.#clock.alarm(this.#clock.now().mono + cursorMs, () => this.#save())
  }

  totals() {
    return this.#appender.ledger.totals
  }

  condition(): JournalCondition {
    const { ledger, problem } = this.#appender
    return {
      writable: problem === undefined,
      ...(problem !== undefined && { problem }),
      waiting: Math.max(0, ledger.settled - this.#cursor.votes),
      bytes: this.#appender.pool.bytes,
      maxBytes: this.#appender.pool.maxBytes,
    }
  }

  #save(): void {
    this.#alarm?.[Symbol.dispose]()
    this.#alarm = undefined
    const position = this.#cursor
    this.#savedVotes = position.votes
    this.#saving = this.#saving
      .then(() => this.#cursorFile.save(position))
      // Only now: a cursor on the disk must never point to a segment that has gone.
      .then(() => this.#appender.pool.keepFrom(position.segment))
      .catch((error) => this.#log.warn('cursor not saved', { error: String(error) }))
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.#dispose()
    return this.#disposed
  }

  async #dispose(): Promise<void> {
    await this.#appender[Symbol.asyncDispose]()
    this.#save()
    await this.#saving
    await this.#cursorFile.close()
  }
}
