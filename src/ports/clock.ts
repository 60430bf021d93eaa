import type { Instant, MonoMs } from '../domain/time.ts'

/** The only source of time above floor 3. */
export interface Clock {
  now(): Instant
  /** Rings once, when the monotonic clock has reached `at`; disposing it before then cancels it. */
  alarm(at: MonoMs, ring: () => void): Disposable
  /** Tells when the wall clock becomes synchronised, or steps. */
  onChange(listener: () => void): Disposable
}

/** Resolves once `ms` have passed, or at once when the signal aborts. */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const end = () => {
      alarm[Symbol.dispose]()
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const alarm = clock.alarm(clock.now().mono + ms, end)
    signal?.addEventListener('abort', end)
  })
}
