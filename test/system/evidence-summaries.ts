import type { VoteEvent } from '../../src/contract/schemas.ts'
import { type Face, faces } from '../../src/domain/words.ts'
import type { Pressed } from './evidence.ts'

/** What a summary says of a range of sequences, as far as the comparison reads it. */
export interface SummaryEvent {
  id: string
  source: string
  data: {
    epoch: string
    from: number
    to: number
    hours: { votes: number; faces: Record<Face, number> }[]
  }
}

/** A longer summary replaces those that it contains. */
export function summariesInForce(summaries: SummaryEvent[]): SummaryEvent[] {
  const all = [...new Map(summaries.map((summary) => [summary.id, summary])).values()]
  const contains = (outer: SummaryEvent, inner: SummaryEvent) =>
    outer !== inner &&
    outer.data.epoch === inner.data.epoch &&
    outer.data.from <= inner.data.from &&
    outer.data.to >= inner.data.to
  return all.filter((summary) => !all.some((other) => contains(other, summary)))
}

/**
 * A summary tells no single vote: of each face it counts so many, of which some have come on their own.
 * The others must be presses without a vote; those that were thanked for come first.
 */
export function absorb(summaries: SummaryEvent[], votes: VoteEvent[], voteless: Pressed[]) {
  const missing: Pressed[] = []
  const unpressed: string[] = []
  let unthanked = 0
  for (const face of faces) {
    const counted = summaries.reduce((sum, summary) => sum + unseen(summary, votes, face), 0)
    const presses = voteless.filter((press) => press.face === face)
    const sure = presses.filter(({ told }) => told !== 'nothing')
    const perhaps = presses.length - sure.length
    missing.push(...sure.slice(counted))
    const left = Math.max(0, counted - sure.length)
    unthanked += Math.min(left, perhaps)
    if (left > perhaps) unpressed.push(`${left - perhaps} ${face} in summaries`)
  }
  return { missing, unpressed, unthanked }
}

/** How many votes of a face a summary counts that have not come on their own. */
function unseen({ data }: SummaryEvent, votes: VoteEvent[], face: Face): number {
  const counted = data.hours.reduce((sum, { faces }) => sum + faces[face], 0)
  const seen = votes.filter(
    (vote) =>
      vote.data.epoch === data.epoch &&
      vote.data.face === face &&
      vote.data.sequence >= data.from &&
      vote.data.sequence <= data.to,
  )
  return counted - seen.length
}
