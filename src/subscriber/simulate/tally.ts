import type { VoteEvent } from '../../contract/schemas.ts'
import { addToCounts, type Counts } from '../../domain/vote.ts'

/** Counts the vote of an event; `times` -1 takes it out again. */
export function addVote(counts: Counts, { data }: VoteEvent, times: 1 | -1 = 1): void {
  // In an event that came from JSON a reason is there or not; it is never undefined.
  addToCounts(counts, data as Parameters<typeof addToCounts>[1], times)
}

export function addCounts(to: Counts, from: Counts): void {
  to.votes += from.votes
  to.suppressed += from.suppressed
  to.corrected += from.corrected
  for (const part of ['faces', 'reasons', 'outcomes'] as const) {
    const counts = to[part] as Record<string, number>
    for (const [name, count] of Object.entries(from[part])) counts[name]! += count
  }
}
