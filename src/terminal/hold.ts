import type { MonoMs } from '../domain/time.ts'
import type { Clock } from '../ports/clock.ts'
import type { Held, Journal } from '../ports/journal.ts'
import type { Log } from '../ports/log.ts'

export interface HoldOptions {
  journal: Pick<Journal, 'giveUpTime'>
  clock: Clock
  /** How long a connection waits for the clock. */
  clockWaitMs: number
  /** Called when it is time to look again. */
  wake: () => void
  log: Log
}

/** Wall clocks step: whoever waits for one looks again at least this often. */
const longestMs = 15 * 60_000
const shortestMs = 1_000
/** After this a journal is asked again that could not give up. */
const againMs = 60_000

/** Waits, during one connection, for what keeps the next vote back. */
export class Hold implements Disposable {
  readonly #options: HoldOptions
  /** From here on nobody waits for the clock. */
  readonly #patientUntil: MonoMs
  #alarm: Disposable | undefined
  #gaveUp = false
  #said = false

  constructor(options: HoldOptions) {
    this.#options = options
    this.#patientUntil = options.clock.now().mono + options.clockWaitMs
  }

  /** Says whether it is worth reading again at once; if not it wakes when it is. */
  async on(held: Held): Promise<boolean> {
    const { clock } = this.#options
    const { mono, wall } = clock.now()
    if (held.for === 'period') {
      this.#ringAt(mono + Math.min(longestMs, Math.max(shortestMs, held.until - wall)))
      return false
    }
    if (mono < this.#patientUntil) {
      this.#ringAt(this.#patientUntil)
      return false
    }
    if (!this.#gaveUp && (await this.#giveUp())) return true
    this.#gaveUp = false
    this.#ringAt(mono + againMs)
    return false
  }

  /** Something could be read. */
  over(): void {
    this.#gaveUp = false
    this.#alarm?.[Symbol.dispose]()
    this.#alarm = undefined
  }

  async #giveUp(): Promise<boolean> {
    const { journal, log } = this.#options
    try {
      await journal.giveUpTime()
      this.#gaveUp = true
      if (!this.#said) log.info('votes without a known time are sent')
      this.#said = true
    } catch (error) {
      log.warn('votes without a known time still wait', { problem: error })
    }
    return this.#gaveUp
  }

  #ringAt(at: MonoMs): void {
    this.#alarm?.[Symbol.dispose]()
    this.#alarm = this.#options.clock.alarm(at, this.#options.wake)
  }

  [Symbol.dispose](): void {
    this.over()
  }
}
