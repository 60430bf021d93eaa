import type { Instant } from '../domain/time.ts'
import { begin, giveUp, synchronise, type Timeline } from '../domain/timeline.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { SlotFile } from './slots.ts'

/** After a failure of the disk the time is written again after this. */
const retryMs = 60_000

export interface BootTimesOptions {
  clock: Clock
  log: Log
}

/**
 * The timeline on the disk. What it says of a vote is told to the world, so it is believed only once it is
 * durable: whatever happens then, the vote is told the same.
 */
export class BootTimes implements AsyncDisposable {
  readonly #file: SlotFile<Timeline>
  readonly #options: BootTimesOptions
  readonly #watch: Disposable
  #timeline: Timeline
  #changing: Promise<unknown> = Promise.resolve()
  #retry: Disposable | undefined
  #onChange = () => {}
  #disposed = false

  private constructor(file: SlotFile<Timeline>, timeline: Timeline, options: BootTimesOptions) {
    this.#file = file
    this.#timeline = timeline
    this.#options = options
    this.#watch = options.clock.onChange(() => this.#look())
  }

  /** @param last the last moment that the start before this one left behind */
  static async open(
    file: SlotFile<Timeline>,
    saved: Timeline,
    bootId: string,
    last: { bootId: string; mono: number } | undefined,
    options: BootTimesOptions,
  ): Promise<BootTimes> {
    const now = options.clock.now()
    const begun = begin(saved, bootId, last)
    const timeline = now.synchronised ? synchronise(begun, now) : begun
    if (JSON.stringify(timeline) !== JSON.stringify(saved)) await file.save(timeline)
    return new BootTimes(file, timeline, options)
  }

  /** Calls when votes that waited for their time have got it. */
  onChange(listener: () => void): void {
    this.#onChange = listener
  }

  get timeline(): Timeline {
    return this.#timeline
  }

  /** Votes up to now that have no time stay without one. Resolves when that is on the disk. */
  giveUp(): Promise<void> {
    return this.#change((timeline) => giveUp(timeline, this.#options.clock.now().mono))
  }

  /** The moment at which the clock is found to be right is the one that dates all before it. */
  #look(now: Instant = this.#options.clock.now()): void {
    if (this.#disposed || !now.synchronised) return
    this.#change((timeline) => synchronise(timeline, now)).catch((error) => {
      const { clock, log } = this.#options
      log.error('the time of the votes is not written yet', { problem: error })
      if (this.#disposed) return
      this.#retry?.[Symbol.dispose]()
      this.#retry = clock.alarm(clock.now().mono + retryMs, () => this.#look(now))
    })
  }

  #change(change: (timeline: Timeline) => Timeline): Promise<void> {
    const changed = this.#changing.then(async () => {
      const timeline = change(this.#timeline)
      if (timeline === this.#timeline) return
      await this.#file.save(timeline)
      this.#timeline = timeline
      this.#onChange()
    })
    this.#changing = changed.catch(() => {})
    return changed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true
    this.#watch[Symbol.dispose]()
    this.#retry?.[Symbol.dispose]()
    await this.#changing
    await this.#file.close()
  }
}
