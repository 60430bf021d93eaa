import type { Instant } from '../domain/time.ts'
import type { Change, GapCause, Press } from '../domain/vote.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import { StorageError, storageError } from './errors.ts'
import type { Files, OpenFile } from './files.ts'
import { type Group, type Op, takeGroup } from './group.ts'
import { type Ledger, settle } from './ledger.ts'
import type { Place } from './readable.ts'
import { format, type Header, type Row, type Start } from './rows.ts'
import { encodeHeader, segmentBytes, segmentPath } from './segment.ts'
import { SegmentPool, type SegmentPoolOptions, type SegmentPoolState } from './segment-pool.ts'

export interface AppenderState extends SegmentPoolState {
  ledger: Ledger
  /** Behind the last record; unless it can be continued there, the next record begins a new segment. */
  end: Place
  continues: boolean
}

/**
 * Writes rows, one group after the other; what arrives while a group is being flushed goes with the next.
 * After an error of the disk the same file is never trusted again: what was in the group goes to a new
 * segment, and only if that fails too is it refused.
 */
export class Appender implements AsyncDisposable {
  readonly files: Files
  readonly directory: string
  /** The segments that are there; who has read one to its end says so to it. */
  readonly pool: SegmentPool
  readonly #clock: Clock
  readonly #log: Log
  readonly #listeners = new Set<() => void>()
  #ledger: Ledger
  #tail: { segment: number; offset: number; file: OpenFile } | undefined
  /** Behind the last record that is on the disk. */
  #end: Place
  #limit: Place
  readonly #queue: Op[] = []
  #writing: Promise<void> | undefined
  #problem: string | undefined
  /** Rows that were refused may stand behind the end. */
  #doubtful = false
  #disposed = false

  private constructor(options: SegmentPoolOptions, state: AppenderState) {
    this.files = options.files
    this.directory = options.directory
    this.pool = new SegmentPool(options, state)
    this.#clock = options.clock
    this.#log = options.log
    this.#ledger = state.ledger
    this.#end = state.end
    this.#limit = state.end
  }

  static async open(options: SegmentPoolOptions, state: AppenderState): Promise<Appender> {
    const appender = new Appender(options, state)
    const { end, continues } = state
    if (continues) {
      const file = await options.files.open(segmentPath(options.directory, end.segment), 'write')
      appender.#tail = { ...end, file }
    }
    return appender
  }

  get ledger(): Ledger {
    return this.#ledger
  }

  /** Why the last write failed, until one succeeds. */
  get problem(): string | undefined {
    return this.#problem
  }

  segments(): readonly number[] {
    return this.pool.segments
  }

  limit(): Place {
    return this.#limit
  }

  /** There may be something new to read. */
  announce(): void {
    for (const listener of this.#listeners) this.#call(listener)
  }

  onReadable(listener: () => void): Disposable {
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) }
  }

  async record({ face, asks, language, withinHours, at }: Press): Promise<number> {
    const ledger = await this.#append(({ record, sequence }) => ({
      n: record + 1,
      vote: sequence + 1,
      face,
      ...(asks && { asks }),
      lang: language,
      wall: Math.round(at.wall),
      mono: Math.round(at.mono),
      sync: at.synchronised,
      ...(withinHours !== undefined && { within: withinHours }),
    }))
    return ledger.sequence
  }

  async amend(sequence: number, change: Change, { wall, mono, synchronised }: Instant): Promise<void> {
    await this.#append(({ record, open }) => {
      if (open?.sequence !== sequence) throw new StorageError(`vote ${sequence} is settled and cannot change`)
      return {
        n: record + 1,
        amend: sequence,
        change,
        wall: Math.round(wall),
        mono: Math.round(mono),
        sync: synchronised,
      }
    })
  }

  /** The open vote was none. */
  async withdraw(sequence: number): Promise<void> {
    await this.#append(({ record, open }) => {
      if (open?.sequence !== sequence)
        throw new StorageError(`vote ${sequence} is settled and cannot be withdrawn`)
      return {
        n: record + 1,
        gap: { from: sequence, to: sequence, cause: 'withdrawn' },
        wall: Math.round(this.#clock.now().wall),
      }
    })
  }

  async gap(length: number, cause: GapCause): Promise<void> {
    await this.#append(({ record, sequence }) => ({
      // The lost lines had record numbers too.
      n: record + length + 1,
      gap: { from: sequence + 1, to: sequence + length, cause },
      wall: Math.round(this.#clock.now().wall),
    }))
  }

  /** A start of the daemon; in another epoch than before, that one begins with it. */
  async start(start: Start, epoch: string, source: string, secret: string): Promise<void> {
    const { wall, mono, synchronised } = this.#clock.now()
    await this.#append((ledger) => ({
      n: ledger.record + 1,
      start,
      epoch,
      source,
      sequence: epoch === ledger.epoch ? ledger.sequence : 0,
      wall: Math.round(wall),
      mono: Math.round(mono),
      sync: synchronised,
      ...((epoch !== ledger.epoch || ledger.secret === undefined) && { secret }),
    }))
    this.pool.prepare()
  }

  settle(sequence: number): void {
    this.#queue.push({ is: 'settle', sequence })
    this.#wake()
  }

  #append(row: (ledger: Ledger) => Row): Promise<Ledger> {
    return new Promise((done, fail) => {
      if (this.#disposed) return fail(new StorageError('the journal is closed'))
      this.#queue.push({ is: 'row', row, done, fail })
      this.#wake()
    })
  }

  #wake(): void {
    this.#writing ??= this.#drain().finally(() => {
      this.#writing = undefined
      if (this.#queue.length > 0) this.#wake()
    })
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      const room = this.#tail ? segmentBytes - this.#tail.offset : 0
      const group = takeGroup(this.#queue, this.#ledger, room)
      if (this.#doubtful && group.settledTo !== undefined) group.begins ??= group.ledger
      if (group.begins || group.lines.length > 0) await this.#write(group)
      else this.#commit(group, this.#end)
    }
  }

  async #write(group: Group): Promise<void> {
    let first: Place
    try {
      first = await this.#flush(group)
    } catch (error) {
      await this.#seal()
      const failure = storageError('cannot write the journal', error)
      this.#log.error('journal write failed', { problem: failure.message })
      if (group.begins) this.#refuse(group, failure)
      else this.#queue.unshift(...group.ops)
      return
    }
    this.#problem = undefined
    this.#doubtful = false
    this.#commit(group, first)
  }

  /** Writes a group and waits for the disk; says where its first line stands. */
  async #flush({ begins, lines, bytes }: Group): Promise<Place> {
    if (begins) await this.#activate()
    const tail = this.#tail!
    const header = begins ? [encodeHeader(this.#header(tail.segment, begins))] : []
    const all = Buffer.concat([...header, ...lines])
    await tail.file.write(all, tail.offset)
    await tail.file.sync()
    tail.offset += all.length
    this.#end = { segment: tail.segment, offset: tail.offset }
    return { ...this.#end, offset: tail.offset - bytes }
  }

  #commit({ done, ledger, settledTo }: Group, first: Place): void {
    this.#ledger = ledger
    for (const tell of done) tell()
    if (settledTo === undefined) return
    this.#limit = { ...first, offset: first.offset + settledTo }
    this.announce()
  }

  /**
   * The rows are lost to their writers; a vote that was on the disk before them still counts. But it is not
   * read yet: a refused amendment of it may stand in the sealed segment, and would join it if we ended here.
   * The header of a new segment makes void what stands there.
   */
  #refuse({ ops }: Group, failure: StorageError): void {
    this.#problem = failure.message
    this.#doubtful = true
    for (const op of ops) {
      if (op.is === 'row') op.fail(failure)
      else if (this.#ledger.open?.sequence === op.sequence) this.#ledger = settle(this.#ledger)
    }
  }

  /** A listener's mistake must not look like a failed write. */
  #call(listener: () => void): void {
    try {
      listener()
    } catch (error) {
      this.#log.error('listener failed', { error: String(error) })
    }
  }

  async #activate(): Promise<void> {
    await this.#seal()
    this.#tail = { ...(await this.pool.take()), offset: 0 }
  }

  async #seal(): Promise<void> {
    const tail = this.#tail
    this.#tail = undefined
    await tail?.file.close().catch(() => {})
  }

  #header(segment: number, ledger: Ledger): Header {
    const { wall, mono, synchronised } = this.#clock.now()
    const { epoch, source, record, sequence, settled, totals, open, start, block, held, secret, ends } =
      ledger
    return {
      segment,
      format,
      wall: Math.round(wall),
      mono: Math.round(mono),
      sync: synchronised,
      epoch,
      source,
      first: record + 1,
      sequence,
      settled,
      totals,
      ...(open && { open }),
      block,
      ...(held.to > 0 && held.to < block.from && { held }),
      ...(secret !== undefined && { secret }),
      start,
      ...(ends.length > 0 && { ends }),
    }
  }

  /** Finishes what is in flight. Idempotent. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true
    while (this.#writing) await this.#writing
    await this.pool[Symbol.asyncDispose]()
    await this.#seal()
  }
}
