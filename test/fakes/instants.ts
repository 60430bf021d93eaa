import type { Instant } from '../../src/domain/time.ts'

/** A moment of a synchronised clock in a boot that began at `zero`. */
export function instant(wall: number, zero = wall): Instant {
  return { wall, mono: wall - zero, synchronised: true }
}

/** So much later. */
export function after(at: Instant, ms: number): Instant {
  return { ...at, wall: at.wall + ms, mono: at.mono + ms }
}
