import type { Instant } from '../domain/time.ts'
import type { Change, Press, Totals } from '../domain/vote.ts'
import type { Clock } from '../ports/clock.ts'
import type { Item, Journal, JournalCondition, Position, Reader } from '../ports/journal.ts'
import type { Log } from '../ports/log.ts'
import type { Appender } from './appender.ts'
import type { BootTimes } from './boot-times.ts'
import { foldOldest } from './fold.ts'
import { keptFrom } from './kept.ts'
import { KnownCount } from './known-count.ts'
import type { Folded, Readable } from './readable.ts'
import { SegmentReader } from './reader.ts'
import type { SlotFile } from './slots.ts'
import { TellingReader } from './telling-reader.ts'

/** The cursor is written at most this often: losing it only sends some votes again. */
const cursorVotes = 64
const cursorMs = 5_000

export interface SegmentJournalParts {
  appender: Appender
  times: BootTimes
  cursor: { file: SlotFile<Position>; position: Position }
  folded: { file: SlotFile<Folded[]>; list: readonly Folded[] }
  clock: Clock
  log: Log
}

/** The journal in segments: appends by its appender, reads by readers, and remembers how far all is done. */
export class SegmentJournal implements Journal {
  readonly #parts: SegmentJournalParts
  readonly #readable: Readable
  readonly #known: KnownCount
  #cursor: Position
  #savedVotes: number
  /** As it stands on the disk: what lies behind it is not to be lost. */
  #saved: Position
  #folded: readonly Folded[]
  #alarm: Disposable | undefined
  #saving: Promise<void> = Promise.resolve()
  #disposed: Promise<void> | undefined

  constructor(parts: SegmentJournalParts) {
    const { appender, times, cursor, folded, clock } = parts
    this.#parts = parts
    this.#cursor = cursor.position
    this.#savedVotes = cursor.position.votes
    this.#saved = cursor.position
    this.#folded = folded.list
    const { files, directory } = appender
    this.#readable = {
      files,
      directory,
      segments: () => appender.segments(),
      limit: () => appender.limit(),
      folded: () => this.#folded,
    }
    this.#known = new KnownCount(cursor.position.votes, clock)
    appender.pool.keepFrom(cursor.position.segment)
    appender.pool.onBound(() => this.#fold())
    appender.onReadable(() => this.#known.settled(appender.ledger))
    times.onChange(() => appender.announce())
  }

  get epoch() {
    return this.#parts.appender.ledger.epoch
  }

  get source() {
    return this.#parts.appender.ledger.source
  }

  endOf(epoch: string): number | undefined {
    return this.#parts.appender.ledger.ends.findLast((end) => end.epoch === epoch)?.sequence
  }

  record(press: Press): Promise<number> {
    return this.#parts.appender.record(press)
  }

  amend(sequence: number, change: Change, at: Instant): Promise<void> {
    return this.#parts.appender.amend(sequence, change, at)
  }

  withdraw(sequence: number): Promise<void> {
    return this.#parts.appender.withdraw(sequence)
  }

  settle(sequence: number): void {
    this.#parts.appender.settle(sequence)
  }

  onReadable(listener: () => void): Disposable {
    return this.#parts.appender.onReadable(listener)
  }

  reader(): Reader {
    return this.#reader(this.#cursor, true)
  }

  async kept(from?: { epoch: string; sequence: number }): Promise<Reader> {
    return this.#reader(await keptFrom(this.#readable, from), true)
  }

  done({ position }: Item): void {
    if (isBefore(position, this.#cursor)) return
    this.#cursor = position
    // The last one is saved at the end of all.
    if (this.#disposed) return
    const { clock } = this.#parts
    if (position.votes - this.#savedVotes >= cursorVotes) this.#save()
    else this.#alarm ??= clock.alarm(clock.now().mono + cursorMs, () => this.#save())
  }

  giveUpTime(): Promise<void> {
    return this.#parts.times.giveUp()
  }

  totals(): Totals {
    const { ledger } = this.#parts.appender
    return this.#known.isAll(this.#cursor, ledger) ? ledger.totals : this.#known.totals(this.#cursor, ledger)
  }

  condition(): JournalCondition {
    const { ledger, problem, pool } = this.#parts.appender
    const settled = this.#known.isAll(this.#cursor, ledger) ? ledger.settled : this.#known.votes(ledger)
    return {
      writable: problem === undefined,
      ...(problem !== undefined && { problem }),
      waiting: Math.max(0, settled - this.#cursor.votes),
      bytes: pool.bytes,
      maxBytes: pool.maxBytes,
    }
  }

  /** @param holding whether votes wait that must not be told yet */
  #reader(from: Position, holding: boolean): Reader {
    const { clock, times } = this.#parts
    const timeline = () => times.timeline
    const raw = new SegmentReader(this.#readable, from)
    return new TellingReader(raw, from, {
      timeline,
      ...(holding && { now: () => clock.now().wall }),
    })
  }

  /** Makes room at the bound: says in front of which segment all may go, if any. */
  async #fold(): Promise<number | undefined> {
    const { clock, folded, log } = this.#parts
    const open = (from: Position) => this.#reader(from, false)
    const folding = await foldOldest(this.#readable, this.#saved, open, Math.round(clock.now().wall))
    if (!folding) return undefined
    await folded.file.save(folding.folded)
    this.#folded = folding.folded
    for (const { summary } of folding.folded.slice(-1)) {
      const { epoch, from, to } = summary
      log.warn('no more room: the oldest votes are kept as counts only', { epoch, from, to })
    }
    return folding.keep
  }

  #save(): void {
    const { cursor, appender, log } = this.#parts
    this.#alarm?.[Symbol.dispose]()
    this.#alarm = undefined
    const position = this.#cursor
    this.#savedVotes = position.votes
    this.#saving = this.#saving
      .then(() => cursor.file.save(position))
      // Only now: a cursor on the disk must never point to a segment that has gone.
      .then(() => {
        this.#saved = position
        appender.pool.keepFrom(position.segment)
      })
      .catch((error) => log.warn('cursor not saved', { error: String(error) }))
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.#dispose()
    return this.#disposed
  }

  async #dispose(): Promise<void> {
    const { appender, cursor, folded, times } = this.#parts
    await appender[Symbol.asyncDispose]()
    await times[Symbol.asyncDispose]()
    this.#save()
    await this.#saving
    await cursor.file.close()
    await folded.file.close()
  }
}

/** Not by counts of votes: those behind a loss may be lower than what was read before it. */
function isBefore(a: Position, b: Position): boolean {
  if (a.epoch !== b.epoch) return a.record < b.record
  return a.sequence < b.sequence || (a.sequence === b.sequence && (a.told ?? 0) < (b.told ?? 0))
}
