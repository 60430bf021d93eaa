import type { WallMs } from '../domain/time.ts'
import type { Change, GapCause, Press } from '../domain/vote.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import { StorageError, storageError } from './errors.ts'
import type { Files, OpenFile } from './files.ts'
import { applyRow, type Ledger, settle } from './ledger.ts'
import { encodeLine } from './line.ts'
import { prunable } from './prune.ts'
import type { Place, Readable } from './reader.ts'
import { format, type Header, type Row, type Start } from './rows.ts'
import { createSegment, encodeHeader, headerBytes, segmentBytes, segmentPath } from './segment.ts'

export interface AppenderOptions {
  files: Files
  directory: string
  clock: Clock
  log: Log
  maxBytes: number
  keepMs: number
}

export interface AppenderState {
  ledger: Ledger
  segments: readonly number[]
  spare: number | undefined
  /** New segments get higher numbers than this. */
  after: number
  /** Behind the last record; unless it can be continued there, the next record begins a new segment. */
  end: Place
  continues: boolean
}

/** Something that waits to be written; its row depends on what is written in front of it. */
type Op =
  | { is: 'row'; row: (ledger: Ledger) => Row; done: (ledger: Ledger) => void; fail: (error: Error) => void }
  | { is: 'settle'; sequence: number }

/** What goes to the disk with one write and one flush. */
interface Group {
  ops: Op[]
  lines: Buffer[]
  bytes: number
  /** Tell those who wait, once it is on the disk. */
  done: (() => void)[]
  /** Where the journal stands in front of a new segment, if the group has to begin one. */
  begins?: Ledger
  ledger: Ledger
  /** Up to where all is settled behind this group, counted from its first line. */
  settledTo?: number
}

/** A group never fills a new segment beyond this, so that its header finds room. */
const headerRoom = headerBytes

/** When making the spare failed, it is tried again after this, or when it is needed. */
const spareRetryMs = 60_000

/**
 * Writes rows, one group after the other; what arrives while a group is being flushed goes with the next.
 * After an error of the disk the same file is never trusted again: what was in the group goes to a new
 * segment, and only if that fails too is it refused.
 */
export class Appender implements Readable, AsyncDisposable {
  readonly files: Files
  readonly directory: string
  readonly maxBytes: number
  readonly #keepMs: number
  readonly #clock: Clock
  readonly #log: Log
  readonly #listeners = new Set<() => void>()
  #segments: number[]
  #ledger: Ledger
  #spare: number | undefined
  #preparing: Promise<void> | undefined
  #tail: { segment: number; offset: number; file: OpenFile } | undefined
  /** Behind the last record that is on the disk. */
  #end: Place
  #limit: Place
  #retry: Disposable | undefined
  #nextNumber: number
  #keep = 0
  #queue: Op[] = []
  #writing: Promise<void> | undefined
  #problem: string | undefined
  /** Rows that were refused may stand behind the end. */
  #doubtful = false
  #disposed = false

  private constructor(options: AppenderOptions, state: AppenderState) {
    this.files = options.files
    this.directory = options.directory
    this.maxBytes = options.maxBytes
    this.#keepMs = options.keepMs
    this.#clock = options.clock
    this.#log = options.log
    this.#segments = [...state.segments]
    this.#ledger = state.ledger
    this.#spare = state.spare
    this.#nextNumber = state.after + 1
    this.#end = state.end
    this.#limit = state.end
  }

  static async open(options: AppenderOptions, state: AppenderState): Promise<Appender> {
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

  get bytes(): number {
    return (this.#segments.length + (this.#spare === undefined ? 0 : 1)) * segmentBytes
  }

  segments(): readonly number[] {
    return this.#segments
  }

  limit(): Place {
    return this.#limit
  }

  /** Segments in front of this one are done. */
  keepFrom(segment: number): void {
    this.#keep = segment
  }

  onSettled(listener: () => void): Disposable {
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

  async amend(sequence: number, change: Change, at: WallMs): Promise<void> {
    await this.#append(({ record, open }) => {
      if (open?.sequence !== sequence) throw new StorageError(`vote ${sequence} is settled and cannot change`)
      return { n: record + 1, amend: sequence, change, wall: Math.round(at) }
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
  async start(start: Start, epoch: string, source: string): Promise<void> {
    const { wall, synchronised } = this.#clock.now()
    await this.#append((ledger) => ({
      n: ledger.record + 1,
      start,
      epoch,
      source,
      sequence: epoch === ledger.epoch ? ledger.sequence : 0,
      wall: Math.round(wall),
      sync: synchronised,
    }))
    this.#prepareSpare()
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
      const group = this.#takeGroup()
      if (this.#doubtful && group.settledTo !== undefined) group.begins ??= group.ledger
      if (group.begins || group.lines.length > 0) await this.#write(group)
      else this.#commit(group, this.#end)
    }
  }

  /** As much of the queue as fits behind one another into one segment. */
  #takeGroup(): Group {
    const group: Group = { ops: [], lines: [], bytes: 0, done: [], ledger: this.#ledger }
    let room = this.#tail ? segmentBytes - this.#tail.offset : 0
    for (let op = this.#queue[0]; op; op = this.#queue[0]) {
      if (op.is === 'settle') {
        if (group.ledger.open?.sequence === op.sequence) {
          group.ledger = settle(group.ledger)
          group.settledTo = group.bytes
        }
      } else {
        const row = this.#makeRow(op, group.ledger)
        if (!row) continue
        const line = encodeLine(row)
        if (line.length > room - group.bytes) {
          if (group.lines.length > 0) break
          group.begins = group.ledger
          room = segmentBytes - headerRoom
        }
        this.#add(group, row, line)
        const { done } = op
        const { ledger } = group
        group.done.push(() => done(ledger))
      }
      group.ops.push(op)
      this.#queue.shift()
    }
    return group
  }

  #add(group: Group, row: Row, line: Buffer): void {
    group.ledger = applyRow(group.ledger, row)
    // In front of a vote all is settled, and behind anything that is no part of one.
    if ('vote' in row) group.settledTo = group.bytes
    else if (!('amend' in row)) group.settledTo = group.bytes + line.length
    group.lines.push(line)
    group.bytes += line.length
  }

  #makeRow(op: Op & { is: 'row' }, ledger: Ledger): Row | undefined {
    try {
      return op.row(ledger)
    } catch (error) {
      this.#queue.shift()
      op.fail(error as Error)
      return undefined
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
    for (const listener of this.#listeners) this.#call(listener)
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

  /** Takes the spare, or makes a segment now, and begins it. */
  async #activate(): Promise<void> {
    await this.#preparing
    await this.#seal()
    if (this.#spare === undefined) {
      this.#spare = await this.#create()
    }
    const segment = this.#spare
    this.#spare = undefined
    const file = await this.files.open(segmentPath(this.directory, segment), 'write')
    this.#tail = { segment, offset: 0, file }
    this.#segments.push(segment)
    this.#prepareSpare()
  }

  async #seal(): Promise<void> {
    const tail = this.#tail
    this.#tail = undefined
    await tail?.file.close().catch(() => {})
  }

  /** In the background: the next segment, and room for it. */
  #prepareSpare(): void {
    if (this.#preparing || this.#disposed) return
    this.#preparing = this.#prepare()
      .catch((error) => {
        this.#log.warn('no spare segment', { problem: storageError('cannot prepare', error).message })
        this.#retry?.[Symbol.dispose]()
        if (!this.#disposed)
          this.#retry = this.#clock.alarm(this.#clock.now().mono + spareRetryMs, () => this.#prepareSpare())
      })
      .finally(() => {
        this.#preparing = undefined
      })
  }

  async #prepare(): Promise<void> {
    const done = this.#segments.filter((n) => n < this.#keep)
    const over = this.bytes + (this.#spare === undefined ? segmentBytes : 0) - this.maxBytes
    for (const segment of await prunable(
      this,
      done,
      Math.ceil(over / segmentBytes),
      this.#clock.now(),
      this.#keepMs,
    )) {
      await this.files.remove(segmentPath(this.directory, segment))
      this.#segments = this.#segments.filter((n) => n !== segment)
    }
    this.#spare ??= await this.#create()
  }

  /** A number is tried once: what a failed attempt left under it must not stand in the way of the next. */
  async #create(): Promise<number> {
    const number = this.#nextNumber++
    await createSegment(this.files, this.directory, number)
    return number
  }

  #header(segment: number, ledger: Ledger): Header {
    const { wall, synchronised } = this.#clock.now()
    const { epoch, source, record, sequence, settled, totals, open, start } = ledger
    return {
      segment,
      format,
      wall: Math.round(wall),
      sync: synchronised,
      epoch,
      source,
      first: record + 1,
      sequence,
      settled,
      totals,
      ...(open && { open }),
      start,
    }
  }

  /** Finishes what is in flight. Idempotent. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true
    while (this.#writing) await this.#writing
    await this.#preparing
    this.#retry?.[Symbol.dispose]()
    await this.#seal()
  }
}
