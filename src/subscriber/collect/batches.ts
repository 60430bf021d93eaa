import type { Clock } from '../../ports/clock.ts'

export interface BatchesOptions {
  /** So many at most. */
  most: number
  /** How long the first of a batch waits for company. */
  lingerMs: number
  clock: Clock
}

/**
 * Gathers what comes one by one into batches for one reader. Who puts more in than two batches waits: the
 * memory it takes is bounded, whatever comes.
 */
export class Batches<T> {
  readonly #options: BatchesOptions
  #items: T[] = []
  #wake: (() => void) | undefined
  #room: (() => void)[] = []

  constructor(options: BatchesOptions) {
    this.#options = options
  }

  /** @returns what to wait for before the next is put in, where it is too much */
  put(item: T): undefined | Promise<void> {
    this.#items.push(item)
    const { most } = this.#options
    if (this.#items.length === 1 || this.#items.length >= most) this.#wake?.()
    if (this.#items.length < 2 * most) return undefined
    return new Promise((resolve) => this.#room.push(resolve))
  }

  /** The next batch: as soon as it is full, or its first has waited long enough; undefined once stopped and empty. */
  async next(signal: AbortSignal): Promise<T[] | undefined> {
    const { most, lingerMs } = this.#options
    if (this.#items.length === 0) await this.#woken(signal)
    if (this.#items.length < most) await this.#woken(signal, lingerMs)
    const batch = this.#items.splice(0, most)
    const room = this.#room
    this.#room = []
    for (const resolve of room) resolve()
    return batch.length > 0 ? batch : undefined
  }

  /** Until something was put in that matters, the time is over, or the signal aborts. */
  #woken(signal: AbortSignal, ms?: number): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve()
      const { clock } = this.#options
      const end = () => {
        alarm?.[Symbol.dispose]()
        signal.removeEventListener('abort', end)
        this.#wake = undefined
        resolve()
      }
      const alarm = ms === undefined ? undefined : clock.alarm(clock.now().mono + ms, end)
      this.#wake = end
      signal.addEventListener('abort', end)
    })
  }
}
