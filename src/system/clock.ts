import type { Instant, MonoMs } from '../domain/time.ts'
import type { Clock } from '../ports/clock.ts'
import { awaitChrony, type ChronyOptions, waitsync } from './await-chrony.ts'
import { awaitFile, type Waiting } from './await-file.ts'

/** systemd-timesyncd makes this file when it has synchronised the clock (systemd-timesyncd.service(8)). */
const timesyncedFile = '/run/systemd/timesync/synchronized'

/** Longest time that one timer of Node can take. */
const longestTimerMs = 2 ** 31 - 1

/** The wall clock was set if it moved by more than this against the monotonic one; less is no news. */
const stepMs = 1_000
/** How often somebody looks, where nobody asks for the time. */
const lookMs = 60_000

export interface SystemClockOptions {
  /** `system` trusts the computer's clock, e.g. one with a battery; `auto` waits for the system to say so. */
  source: 'auto' | 'system'
  /** Where they are not the usual ones. */
  timesyncFile?: string
  chronyc?: ChronyOptions['command']
}

/** The computer's clocks: wall time, and Linux's CLOCK_MONOTONIC, which counts from the boot. */
export class SystemClock implements Clock, Disposable {
  readonly #listeners = new Set<() => void>()
  /** What waits to hear that the clock is synchronised: whoever keeps the time here, one of them says it. */
  readonly #waiting = new Set<Disposable>()
  #synchronised: boolean
  /** How far the wall clock is ahead of the monotonic one, unless it is set. */
  #ahead = Date.now() - monotonicMs()
  #looks: NodeJS.Timeout | undefined

  private constructor(synchronised: boolean) {
    this.#synchronised = synchronised
  }

  static open({ source, timesyncFile, chronyc }: SystemClockOptions): SystemClock {
    const clock = new SystemClock(source === 'system')
    const file = clock.#awaitSynchronised(timesyncFile ?? timesyncedFile, chronyc ?? waitsync)
    clock.#looks = setInterval(() => {
      clock.now()
      file?.look()
    }, lookMs).unref()
    return clock
  }

  now(): Instant {
    const mono = monotonicMs()
    const wall = Date.now()
    if (Math.abs(wall - mono - this.#ahead) > stepMs) {
      this.#ahead = wall - mono
      // Not in the middle of what whoever asked for the time is doing.
      queueMicrotask(() => this.#tell())
    }
    return { wall, mono, synchronised: this.#synchronised }
  }

  alarm(at: MonoMs, ring: () => void): Disposable {
    let timer: NodeJS.Timeout
    const set = () => {
      const left = at - monotonicMs()
      timer = setTimeout(
        () => (at - monotonicMs() > 0 ? set() : ring()),
        Math.min(Math.max(left, 0), longestTimerMs),
      )
    }
    set()
    return { [Symbol.dispose]: () => clearTimeout(timer) }
  }

  onChange(listener: () => void): Disposable {
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#looks)
    this.#stopWaiting()
    this.#listeners.clear()
  }

  #awaitSynchronised(timesyncFile: string, command: ChronyOptions['command']): Waiting | undefined {
    if (this.#synchronised) return undefined
    const file = awaitFile(timesyncFile, () => this.#becomeSynchronised())
    this.#waiting.add(file)
    if (!this.#synchronised)
      this.#waiting.add(awaitChrony({ command, clock: this }, () => this.#becomeSynchronised()))
    return file
  }

  #becomeSynchronised(): void {
    this.#stopWaiting()
    if (this.#synchronised) return
    this.#synchronised = true
    this.#tell()
  }

  #stopWaiting(): void {
    for (const waiting of this.#waiting) waiting[Symbol.dispose]()
    this.#waiting.clear()
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }
}

function monotonicMs(): MonoMs {
  return Number(process.hrtime.bigint() / 1000n) / 1000
}
