/**
 * Two kinds of time that must never be mixed: wall time is for records, monotonic time for durations.
 * A Pi has no clock of its own, so its wall time can be wrong and can jump; its monotonic time cannot.
 */

/** Milliseconds since 1970-01-01T00:00Z, as the computer believes. */
export type WallMs = number

/** Milliseconds on a clock that only runs forward, from an arbitrary start (Linux: since boot). */
export type MonoMs = number

/** One moment on both clocks. */
export interface Instant {
  wall: WallMs
  mono: MonoMs
  /** Whether the wall clock had been synchronised with a trusted one at this moment. */
  synchronised: boolean
}

/** RFC 3339 in UTC with milliseconds, as every message writes it. */
export function iso(wall: WallMs): string {
  return new Date(wall).toISOString()
}
