import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import { storageError } from './errors.ts'
import type { Files, OpenFile } from './files.ts'
import { prunable } from './prune.ts'
import { createSegment, segmentBytes, segmentPath } from './segment.ts'

export interface SegmentPoolOptions {
  files: Files
  directory: string
  clock: Clock
  log: Log
  /** The bound: above it the oldest segments that are done go. */
  maxBytes: number
  keepMs: number
}

export interface SegmentPoolState {
  segments: readonly number[]
  spare: number | undefined
  /** New segments get higher numbers than this. */
  after: number
}

/** When making the spare failed, it is tried again after this, or when it is needed. */
const spareRetryMs = 60_000

/** Keeps the segments' number: the next one ready before it is needed, the oldest gone when there is no room. */
export class SegmentPool implements AsyncDisposable {
  readonly #options: SegmentPoolOptions
  #segments: number[]
  #spare: number | undefined
  #nextNumber: number
  #keep = 0
  #preparing: Promise<void> | undefined
  #retry: Disposable | undefined
  #disposed = false
  #makeRoom: () => Promise<number | undefined> = async () => undefined

  constructor(options: SegmentPoolOptions, state: SegmentPoolState) {
    this.#options = options
    this.#segments = [...state.segments]
    this.#spare = state.spare
    this.#nextNumber = state.after + 1
  }

  /** Those in use, ascending. */
  get segments(): readonly number[] {
    return this.#segments
  }

  /** What they take of the disk, the spare included. */
  get bytes(): number {
    return (this.#segments.length + (this.#spare === undefined ? 0 : 1)) * segmentBytes
  }

  get maxBytes(): number {
    return this.#options.maxBytes
  }

  /** Segments in front of this one are done. */
  keepFrom(segment: number): void {
    this.#keep = segment
  }

  /** Asked at the bound when nothing is done: says in front of which segment all may go, if any. */
  onBound(makeRoom: () => Promise<number | undefined>): void {
    this.#makeRoom = makeRoom
  }

  /** Takes the spare, or makes a segment now. From then on it is in use. */
  async take(): Promise<{ segment: number; file: OpenFile }> {
    await this.#preparing
    this.#spare ??= await this.#create()
    const segment = this.#spare
    this.#spare = undefined
    const { files, directory } = this.#options
    const file = await files.open(segmentPath(directory, segment), 'write')
    this.#segments.push(segment)
    this.prepare()
    return { segment, file }
  }

  /** In the background: the next segment, and room for it. */
  prepare(): void {
    // After a failure the disk is left in peace for a while; who needs a segment meanwhile makes it.
    if (this.#preparing || this.#retry || this.#disposed) return
    this.#preparing = this.#prepare()
      .catch((error) => this.#prepareLater(error))
      .finally(() => {
        this.#preparing = undefined
      })
  }

  #prepareLater(error: unknown): void {
    const { clock, log } = this.#options
    log.warn('no spare segment', { problem: storageError('cannot prepare', error).message })
    this.#retry = clock.alarm(clock.now().mono + spareRetryMs, () => {
      this.#retry = undefined
      this.prepare()
    })
  }

  async #prepare(): Promise<void> {
    const { files, directory, clock, keepMs } = this.#options
    const done = this.#segments.filter((n) => n < this.#keep)
    const place = { files, directory, segments: this.#segments }
    await this.#remove(await prunable(place, done, this.#tooMany(), clock.now(), keepMs))
    while (this.#tooMany() > 0) {
      const keep = await this.#makeRoom()
      const gone = this.#segments.filter((n) => n < (keep ?? 0))
      if (gone.length === 0) break
      await this.#remove(gone)
    }
    this.#spare ??= await this.#create()
  }

  /** By how many segments the next one would exceed the bound. */
  #tooMany(): number {
    const over = this.bytes + (this.#spare === undefined ? segmentBytes : 0) - this.#options.maxBytes
    return Math.ceil(over / segmentBytes)
  }

  /** @param segments the oldest, ascending */
  async #remove(segments: readonly number[]): Promise<void> {
    const { files, directory } = this.#options
    for (const segment of segments) {
      // Out of use before it goes, so that who finds it gone knows why.
      this.#segments = this.#segments.filter((n) => n !== segment)
      try {
        await files.remove(segmentPath(directory, segment))
      } catch (error) {
        this.#segments = [segment, ...this.#segments]
        throw error
      }
    }
  }

  /** A number is tried once: what a failed attempt left under it must not stand in the way of the next. */
  async #create(): Promise<number> {
    const number = this.#nextNumber++
    await createSegment(this.#options.files, this.#options.directory, number)
    return number
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true
    await this.#preparing
    this.#retry?.[Symbol.dispose]()
  }
}
