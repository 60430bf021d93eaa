import type { Instant, MonoMs, WallMs } from '../../src/domain/time.ts'
import type { Clock } from '../../src/ports/clock.ts'

/** Time that passes only when a test says so. Alarms ring in order, each at its own moment. */
export class FakeClock implements Clock {
  #mono: MonoMs
  #wall: WallMs
  #synchronised: boolean
  readonly #alarms = new Set<{ at: MonoMs; ring: () => void }>()
  readonly #listeners = new Set<() => void>()

  constructor(start: Partial<Instant> = {}) {
    this.#mono = start.mono ?? 1000
    this.#wall = start.wall ?? Date.UTC(2026, 4, 4, 9, 0)
    this.#synchronised = start.synchronised ?? true
  }

  now(): Instant {
    return { wall: this.#wall, mono: this.#mono, synchronised: this.#synchronised }
  }

  alarm(at: MonoMs, ring: () => void): Disposable {
    const alarm = { at, ring }
    this.#alarms.add(alarm)
    return { [Symbol.dispose]: () => void this.#alarms.delete(alarm) }
  }

  onChange(listener: () => void): Disposable {
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) }
  }

  /** How many alarms have neither rung nor been cancelled. */
  get waiting(): number {
    return this.#alarms.size
  }

  /** Both clocks run on; what an alarm sets up for the time in between rings too. */
  advance(ms: number): void {
    const end = this.#mono + ms
    for (;;) {
      const [next] = [...this.#alarms].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
      if (!next) break
      this.#alarms.delete(next)
      this.#run(Math.max(this.#mono, next.at))
      next.ring()
    }
    this.#run(end)
  }

  /** The wall clock is set, as by NTP or by hand; the monotonic one does not notice. */
  set(change: { wall?: WallMs; synchronised?: boolean }): void {
    this.#wall = change.wall ?? this.#wall
    this.#synchronised = change.synchronised ?? this.#synchronised
    for (const listener of [...this.#listeners]) listener()
  }

  #run(to: MonoMs): void {
    this.#wall += to - this.#mono
    this.#mono = to
  }
}
