import type { WallMs } from './time.ts'
import type { Reckoned } from './timeline.ts'
import type { ToldVote } from './vote.ts'

/** How much of when a vote was given may leave the terminal. */
export interface Disclosure {
  /** Times are told no better than this, and no vote leaves before its period (in UTC) is over. */
  precision: Precision
  /** So many votes leave together, in an order that says nothing; 1: each by itself. */
  batch: number
}

export const precisions = ['exact', 'minute', 'hour', 'day'] as const
export type Precision = (typeof precisions)[number]

export const everything: Disclosure = { precision: 'exact', batch: 1 }

const lengthMs: Record<Precision, number> = { exact: 1, minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/** The beginning of the period that a moment lies in. */
export function coarse(wall: WallMs, precision: Precision): WallMs {
  return Math.floor(wall / lengthMs[precision]) * lengthMs[precision]
}

/** Until when votes of this moment are held back; undefined when its period is not the present one. */
export function heldUntil(wall: WallMs, now: WallMs, precision: Precision): WallMs | undefined {
  if (precision === 'exact') return undefined
  const begin = coarse(wall, precision)
  const end = begin + lengthMs[precision]
  return begin <= now && now < end ? end : undefined
}

/** A vote by itself, its times made coarse. */
export function discloseOne(vote: ToldVote, precision: Precision): ToldVote {
  if (precision === 'exact') return vote
  const { time, recordedAt } = vote
  return {
    ...vote,
    time: { ...time, wall: coarse(time.wall, precision) },
    recordedAt: coarse(recordedAt, precision),
  }
}

/**
 * Votes that leave together. Nothing in them says which was given when: all have the time of the one in the
 * middle, how well that is known is said of all of them, and whether the office was open only if it was the
 * same for all. Their sequences are for the caller to give.
 */
export function discloseBatch(votes: readonly ToldVote[], precision: Precision): ToldVote[] {
  const walls = votes.map(({ time }) => coarse(time.wall, precision)).sort((a, b) => a - b)
  const batch = { votes: votes.length, from: walls[0]!, to: walls.at(-1)! }
  const wall = walls[Math.floor(walls.length / 2)]!
  const time = { ...worst(votes.map(({ time }) => time)), wall }
  const open = votes[0]!.withinHours
  const known = votes.every(({ withinHours }) => withinHours === open)
  return votes.map(({ withinHours: _, ...vote }) => ({
    ...vote,
    ...(known && open !== undefined && { withinHours: open }),
    time,
    recordedAt: wall,
    batch,
  }))
}

/** How the least known of these times is known. */
function worst(times: readonly Reckoned[]): Reckoned {
  const unknown = times.find(({ clock }) => clock === 'unknown')
  if (unknown) return unknown
  const estimated = times.filter((time) => time.clock === 'estimated')
  if (estimated.length > 0) return estimated.reduce((a, b) => (a.uncertaintyMs > b.uncertaintyMs ? a : b))
  return times.find((time) => time.clock === 'synchronised' && time.backDated) ?? times[0]!
}
