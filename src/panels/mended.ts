import type { Clock } from '../ports/clock.ts'
import { pause } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Condition } from '../ports/panel.ts'
import { Listeners } from './listeners.ts'

export interface MendedOptions<T extends AsyncDisposable> {
  /** Its name in the log: `lights on /dev/spidev0.0`. */
  what: string
  /**
   * One attempt to get at it; rejects with a `HardwareError` that says what to look at.
   * @param fail to be called when it breaks later
   */
  open(fail: (error: Error) => void, signal: AbortSignal): Promise<T>
  /** Resolves when another attempt is worth making before its time: something has been plugged in. */
  sooner?(signal: AbortSignal): Promise<void>
  clock: Clock
  log: Log
}

const firstWaitMs = 500
const longestWaitMs = 30_000
/** What worked for so long may be tried again at once when it breaks. */
const steadyMs = 10_000
/** How long the end waits for the hardware to let go. */
const closeMs = 2_000

/**
 * A piece of hardware that is opened in the background, and again after each failure, for ever, with
 * growing pauses. Whoever uses it asks for `current`, and never waits.
 */
export class Mended<T extends AsyncDisposable> implements AsyncDisposable {
  readonly #options: MendedOptions<T>
  readonly #stop = new AbortController()
  readonly #conditions = new Listeners()
  readonly #opened = new Listeners<[T]>()
  #current: T | undefined
  #condition: Condition
  #fail: ((error: Error) => void) | undefined
  #running: Promise<void> | undefined

  constructor(options: MendedOptions<T>) {
    this.#options = options
    this.#condition = { is: 'broken', problem: `${options.what}: being opened` }
  }

  /** Begins to open it. Idempotent. */
  start(): this {
    this.#running ??= this.#run()
    return this
  }

  /** The open piece, while there is one. */
  get current(): T | undefined {
    return this.#current
  }

  condition(): Condition {
    return this.#condition
  }

  onCondition(listener: () => void): Disposable {
    return this.#conditions.add(listener)
  }

  /** Calls each time that it has been opened, also if that was before. */
  onOpen(listener: (opened: T) => void): Disposable {
    if (this.#current) listener(this.#current)
    return this.#opened.add(listener)
  }

  /** The one that is open does not work: it is closed, and opened anew. */
  fail(error: Error): void {
    this.#fail?.(error)
  }

  async #run(): Promise<void> {
    const { clock, log, what, open } = this.#options
    const { signal } = this.#stop
    let waitMs = firstWaitMs
    let told: string | undefined
    while (!signal.aborted) {
      const begun = clock.now().mono
      const error = await this.#live(open, signal)
      if (!error) return
      if (clock.now().mono - begun >= steadyMs) waitMs = firstWaitMs
      // The same failure again and again is said once.
      if (error.message !== told) log.warn('part broken', { what, problem: error.message })
      told = error.message
      this.#become({ is: 'broken', problem: error.message })
      waitMs = (await this.#wait(waitMs)) ? firstWaitMs : Math.min(longestWaitMs, 2 * waitMs)
    }
  }

  /** Waits for the next attempt; whether there was a reason to make it sooner. */
  async #wait(ms: number): Promise<boolean> {
    const { clock, sooner } = this.#options
    const stop = this.#stop.signal
    if (stop.aborted) return false
    const over = new AbortController()
    const end = () => over.abort()
    stop.addEventListener('abort', end)
    let hurried = false
    const hurry = () => {
      hurried = !over.signal.aborted
      end()
    }
    sooner?.(over.signal).then(hurry, () => {})
    await pause(clock, ms, over.signal)
    stop.removeEventListener('abort', end)
    end()
    return hurried
  }

  /** Opens it and waits for its end; says why it ended, unless we wanted it to. */
  async #live(open: MendedOptions<T>['open'], signal: AbortSignal): Promise<Error | undefined> {
    const { log, what } = this.#options
    let stop = () => {}
    const failed = new Promise<Error | undefined>((resolve) => {
      this.#fail = resolve
      stop = () => resolve(undefined)
      signal.addEventListener('abort', stop)
      if (signal.aborted) stop()
    })
    // One that is opened again for years must not leave a listener behind each time.
    failed.then(() => signal.removeEventListener('abort', stop))
    let opened: T
    try {
      opened = await open((error) => this.#fail?.(error), signal)
    } catch (error) {
      const unwanted = signal.aborted ? undefined : asError(error)
      stop()
      return unwanted
    }
    this.#current = opened
    this.#become({ is: 'good' })
    log.info('part ready', { what })
    this.#opened.call(opened)
    const error = await failed
    this.#current = undefined
    await this.#close(opened)
    return error
  }

  async #close(opened: T): Promise<void> {
    const over = new AbortController()
    const closed = async () => {
      await opened[Symbol.asyncDispose]()
      over.abort()
    }
    await Promise.race([closed().catch(() => {}), pause(this.#options.clock, closeMs, over.signal)])
  }

  #become(condition: Condition): void {
    const same = JSON.stringify(condition) === JSON.stringify(this.#condition)
    this.#condition = condition
    if (same) return
    this.#conditions.call()
  }

  /** Lets go of it. Idempotent. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#running
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error), { cause: error })
}
