import { existsSync, type FSWatcher, watch } from 'node:fs'
import { dirname } from 'node:path'
import type { Instant, MonoMs } from '../domain/time.ts'
import type { Clock } from '../ports/clock.ts'

/** systemd-timesyncd makes this file when it has synchronised the clock (systemd-timesyncd.service(8)). */
const timesyncFile = '/run/systemd/timesync/synchronized'

/** Longest time that one timer of Node can take. */
const longestTimerMs = 2 ** 31 - 1

export interface SystemClockOptions {
  /** `system` trusts the computer's clock, e.g. one with a battery; `auto` waits for the system to say so. */
  source: 'auto' | 'system'
}

/** The computer's clocks: wall time, and Linux's CLOCK_MONOTONIC, which counts from the boot. */
export class SystemClock implements Clock, Disposable {
  readonly #listeners = new Set<() => void>()
  #synchronised: boolean
  #watcher: FSWatcher | undefined

  private constructor(synchronised: boolean) {
    this.#synchronised = synchronised
  }

  static open({ source }: SystemClockOptions): SystemClock {
    const clock = new SystemClock(source === 'system' || existsSync(timesyncFile))
    if (!clock.#synchronised) clock.#watch()
    return clock
  }

  now(): Instant {
    return { wall: Date.now(), mono: monotonicMs(), synchronised: this.#synchronised }
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
    this.#watcher?.close()
    this.#listeners.clear()
  }

  /** The kernel tells of the new file; nothing is polled. Where there is no such service, nothing comes. */
  #watch(): void {
    let directory = dirname(timesyncFile)
    while (!existsSync(directory)) directory = dirname(directory)
    this.#watcher = watch(directory, { persistent: false }, () => {
      if (existsSync(timesyncFile)) this.#becomeSynchronised()
      else if (directory !== dirname(timesyncFile) && existsSync(dirname(timesyncFile))) this.#rewatch()
    })
    this.#watcher.on('error', () => this.#watcher?.close())
  }

  #rewatch(): void {
    this.#watcher?.close()
    this.#watch()
    if (existsSync(timesyncFile)) this.#becomeSynchronised()
  }

  #becomeSynchronised(): void {
    this.#watcher?.close()
    if (this.#synchronised) return
    this.#synchronised = true
    for (const listener of this.#listeners) listener()
  }
}

function monotonicMs(): MonoMs {
  return Number(process.hrtime.bigint() / 1000n) / 1000
}
