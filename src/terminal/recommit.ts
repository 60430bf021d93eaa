import type { Clock } from '../ports/clock.ts'

/** Nobody waits longer than this (unless told to) before the votes are sent once more. */
const longestMs = 3_600_000

/**
 * How long the collector may stay behind: as long as the setting says, and twice as long each time that
 * sending again did not help, so that a terminal without a collector does not send all day.
 */
export class Recommit implements Disposable {
  readonly #clock: Clock
  readonly #recommitMs: number
  readonly #ring: () => void
  /** How often it rang since there was progress. */
  #rung = 0
  #alarm: Disposable | undefined

  constructor(clock: Clock, recommitMs: number, ring: () => void) {
    this.#clock = clock
    this.#recommitMs = recommitMs
    this.#ring = ring
  }

  /** Whether it rang before without any progress since. */
  get repeated(): boolean {
    return this.#rung > 1
  }

  /** The collector is behind; the time runs from the first time that this is said. */
  start(): void {
    const patienceMs = Math.max(this.#recommitMs, Math.min(longestMs, this.#recommitMs * 2 ** this.#rung))
    this.#alarm ??= this.#clock.alarm(this.#clock.now().mono + patienceMs, () => {
      this.#alarm = undefined
      this.#rung++
      this.#ring()
    })
  }

  /** The collector is not behind. */
  stop(): void {
    this.#alarm?.[Symbol.dispose]()
    this.#alarm = undefined
  }

  /** The collector has got further. */
  progress(): void {
    this.stop()
    this.#rung = 0
  }

  [Symbol.dispose](): void {
    this.stop()
  }
}
