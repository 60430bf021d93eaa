import type { Clock } from '../../ports/clock.ts'
import { pause } from '../../ports/clock.ts'
import type { Mended } from '../mended.ts'

/** What takes one picture after the other. */
export interface Sink<Frame> extends AsyncDisposable {
  write(frame: Frame): Promise<void>
}

/** How long the end waits for a write that is under way. */
const lastWriteMs = 500

/**
 * Hands pictures to a piece of hardware that comes and goes: one at a time, of those that come meanwhile
 * only the newest, and the newest again whenever the piece has been opened. Nobody waits for it.
 */
export class Outlet<Frame> implements AsyncDisposable {
  readonly #piece: Mended<Sink<Frame>>
  readonly #clock: Clock
  #newest: { frame: Frame; number: number } | undefined
  /** The number of the newest that was taken, or given up. */
  #done = 0
  #writing: { sink: Sink<Frame>; over: Promise<void> } | undefined
  #waiting: { number: number; resolve: () => void }[] = []
  #disposed = false

  constructor(piece: Mended<Sink<Frame>>, clock: Clock) {
    this.#piece = piece
    this.#clock = clock
    piece.onOpen(() => this.#begin())
    piece.onCondition(() => {
      if (piece.condition().is !== 'good') this.#giveUp()
    })
  }

  put(frame: Frame): void {
    this.#newest = { frame, number: (this.#newest?.number ?? 0) + 1 }
    this.#pump()
  }

  /** Resolves when what was put last is with the hardware, or cannot get there for now. */
  written(): Promise<void> {
    const number = this.#newest?.number ?? 0
    if (this.#disposed || !this.#piece.current || number <= this.#done) return Promise.resolve()
    return new Promise((resolve) => void this.#waiting.push({ number, resolve }))
  }

  /** A new piece knows nothing of what the one before it was told. */
  #begin(): void {
    this.#writing = undefined
    this.#done = (this.#newest?.number ?? 0) - 1
    this.#pump()
  }

  #pump(): void {
    const sink = this.#piece.current
    const newest = this.#newest
    if (this.#disposed || this.#writing || !sink || !newest || newest.number <= this.#done) return
    const writing = { sink, over: this.#write(sink, newest.frame) }
    this.#writing = writing
    void writing.over.then(() => {
      if (this.#writing !== writing) return
      this.#writing = undefined
      this.#finish(newest.number)
      this.#pump()
    })
  }

  async #write(sink: Sink<Frame>, frame: Frame): Promise<void> {
    try {
      await sink.write(frame)
    } catch (error) {
      // What a piece says that is no longer in use is of no interest.
      if (this.#piece.current !== sink) return
      this.#piece.fail(error instanceof Error ? error : new Error(String(error), { cause: error }))
    }
  }

  #giveUp(): void {
    this.#writing = undefined
    this.#finish(this.#newest?.number ?? 0)
  }

  #finish(number: number): void {
    this.#done = Math.max(this.#done, number)
    const waiting = this.#waiting
    this.#waiting = waiting.filter((one) => one.number > number)
    for (const one of waiting) if (one.number <= number) one.resolve()
  }

  /** Lets a write that is under way end, then lets go of the piece, which goes dark. Idempotent. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true
    if (this.#writing) {
      const over = new AbortController()
      const written = this.#writing.over.then(() => over.abort())
      await Promise.race([written, pause(this.#clock, lastWriteMs, over.signal)])
    }
    this.#giveUp()
    await this.#piece[Symbol.asyncDispose]()
  }
}
