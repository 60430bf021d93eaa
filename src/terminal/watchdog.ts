import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Notice, Supervisor } from '../ports/supervisor.ts'
import { type Condition, diagnose } from './diagnosis.ts'

export interface WatchdogOptions {
  supervisor: Supervisor
  /** How the terminal is now. */
  look: () => Condition
  clock: Clock
  log: Log
}

/** Two may get lost before the supervisor loses its patience. */
const pingsPerPatience = 3
/** How often the status is looked at where nobody waits for us to be alive. */
const unwatchedMs = 10_000

/**
 * Tells the supervisor how the terminal is. It is told that we are alive only while that is so: who is not
 * will be started anew. The look itself comes through the event loop, so a loop that stands still says nothing.
 */
export class Watchdog implements Disposable {
  readonly #options: WatchdogOptions
  readonly #periodMs: number
  #alarm: Disposable | undefined
  #status: string | undefined
  #ready = false
  #alive = true
  #disposed = false

  constructor(options: WatchdogOptions) {
    this.#options = options
    const { watchdogMs } = options.supervisor
    this.#periodMs = watchdogMs === undefined ? unwatchedMs : watchdogMs / pingsPerPatience
  }

  /** Looks now, and from now on again and again. */
  start(): void {
    this.#look()
  }

  /** The terminal has started, in whatever condition. */
  ready(): void {
    if (this.#disposed || this.#ready) return
    this.#ready = true
    this.#look({ ready: true })
  }

  #look(first: Notice = {}): void {
    const { supervisor, look, clock } = this.#options
    this.#alarm?.[Symbol.dispose]()
    const { alive, status } = diagnose(look())
    const changed = status !== this.#status
    const feeds = alive && supervisor.watchdogMs !== undefined
    this.#status = status
    const notice: Notice = { ...first, ...(feeds && { alive }), ...(changed && { status }) }
    if (Object.keys(notice).length > 0) supervisor.tell(notice)
    // Before it has started it is not well yet, and not ill either.
    if (this.#ready) this.#remark(alive, status)
    this.#alarm = clock.alarm(clock.now().mono + this.#periodMs, () => this.#look())
  }

  /** Whoever finds the terminal restarted finds the reason in front of it. */
  #remark(alive: boolean, status: string): void {
    if (alive === this.#alive) return
    this.#alive = alive
    const { log } = this.#options
    if (alive) log.info('well again', { status })
    else log.error('not well', { status })
  }

  /** The last word: we stop. */
  [Symbol.dispose](): void {
    if (this.#disposed) return
    this.#disposed = true
    this.#alarm?.[Symbol.dispose]()
    this.#options.supervisor.tell({ stopping: true, status: 'stopping' })
  }
}
