import type { Instant, MonoMs, WallMs } from './time.ts'

/**
 * When the boots of a computer without a clock took place. Within one boot the monotonic clock says how far
 * apart two moments are; once the wall clock of a boot has been synchronised, it says when they were. A boot
 * that never was lies between its neighbours: after the last known moment before it, and before the first
 * known one behind it, less the time that it ran itself.
 */
export type Timeline = readonly BootTime[]

interface BootTime {
  /** The kernel's random id of the boot. */
  bootId: string
  /** The last moment of it that is known of. */
  lastMono: MonoMs
  /** The wall time at which its monotonic clock stood at 0, once that is known. */
  zero?: WallMs
  /** With `zero`, where it had to be estimated: ± this. */
  uncertaintyMs?: number
  /** Votes up to here have been told as `unknown` and stay so. */
  unknownTo?: MonoMs
}

/** A moment as it is told, and how it got its time. */
export type Reckoned =
  | { clock: 'synchronised'; wall: WallMs; backDated?: true }
  | { clock: 'estimated'; wall: WallMs; uncertaintyMs: number }
  | { clock: 'unknown'; wall: WallMs }

/** More boots than anybody looks back: the oldest go. */
const mostBoots = 300

/** The daemon runs in this boot now; `last` is the last moment that the one before it left behind. */
export function begin(timeline: Timeline, bootId: string, last?: { bootId: string; mono: MonoMs }): Timeline {
  const known = timeline.map((boot) =>
    boot.bootId === last?.bootId ? { ...boot, lastMono: Math.max(boot.lastMono, last.mono) } : boot,
  )
  if (known.at(-1)?.bootId === bootId) return known
  return [...known, { bootId, lastMono: 0 }].slice(-mostBoots)
}

/** The wall clock of the present boot is synchronised: it, and those before it, get their time. */
export function synchronise(timeline: Timeline, { wall, mono }: Instant): Timeline {
  const present = timeline.at(-1)
  if (!present || present.zero !== undefined) return timeline
  const boots = [...timeline.slice(0, -1), { ...present, zero: wall - mono }]
  return place(boots)
}

/** Publishing waits no longer: what has no time by now keeps what the clock said. */
export function giveUp(timeline: Timeline, now: MonoMs): Timeline {
  return timeline.map((boot, n) => {
    if (boot.zero !== undefined) return boot
    return { ...boot, unknownTo: n === timeline.length - 1 ? now : Number.MAX_SAFE_INTEGER }
  })
}

/** The time of a moment, or undefined while it may still become known. */
export function reckon(timeline: Timeline, bootId: string, at: Instant): Reckoned | undefined {
  const { wall, mono, synchronised } = at
  if (synchronised) return { clock: 'synchronised', wall }
  const boot = timeline.findLast((boot) => boot.bootId === bootId)
  if (!boot || (boot.unknownTo !== undefined && mono <= boot.unknownTo)) return { clock: 'unknown', wall }
  if (boot.zero === undefined) return undefined
  const { zero, uncertaintyMs } = boot
  return uncertaintyMs === undefined
    ? { clock: 'synchronised', wall: zero + mono, backDated: true }
    : { clock: 'estimated', wall: zero + mono, uncertaintyMs }
}

/** Gives a time to the boots in front of the last one, which has one. */
function place(boots: readonly BootTime[]): Timeline {
  const placed: BootTime[] = [...boots]
  let first = placed.length - 1
  while (first > 0 && placed[first - 1]!.zero === undefined) first--
  const before = placed[first - 1]
  // With nothing known before them nobody can say how long ago they were: they are forgotten.
  if (!before) return placed.slice(-1)
  let earliest = before.zero! + before.lastMono
  let latest = placed.at(-1)!.zero!
  const run = placed.slice(first, -1)
  const latests = run
    .toReversed()
    .map(({ lastMono }) => (latest -= lastMono))
    .toReversed()
  for (const [n, boot] of run.entries()) {
    const [from, to] = [earliest, latests[n]!]
    placed[first + n] = {
      ...boot,
      zero: Math.round((from + to) / 2),
      uncertaintyMs: Math.ceil(Math.abs(to - from) / 2),
    }
    earliest += boot.lastMono
  }
  return placed
}
