import { voteEvent } from '../../src/contract/events.ts'
import type { VoteEvent } from '../../src/contract/schemas.ts'
import type { ToldVote } from '../../src/domain/vote.ts'
import { faces } from '../../src/domain/words.ts'

export const someSource = 'faccina://c_e506/anagrafe/3'
export const someEpoch = 'k3f9x2'

/** A vote that differs from its neighbours in what its number says. */
export function someVote(sequence: number, changes: Partial<ToldVote> = {}): VoteEvent {
  const face = faces[sequence % faces.length]!
  const wall = Date.UTC(2026, 4, 4, 7) + sequence * 60_000
  return voteEvent({
    epoch: someEpoch,
    sequence,
    source: someSource,
    survey: 'it-2009/1',
    face,
    outcome: face === 'dissatisfied' ? 'selected' : 'not-asked',
    ...(face === 'dissatisfied' && { reason: 'waiting-time' }),
    language: 'it',
    suppressed: 0,
    corrected: false,
    withinHours: true,
    time: { clock: 'synchronised', wall },
    recordedAt: wall + 20,
    boot: 1,
    bootId: '6d1e0f1c-0000-4000-8000-000000000000',
    ...changes,
  })
}

/** The topic of a terminal, e.g. `vote`. */
export function topicOf(kind: string, source = someSource): string {
  return `faccina/1/${source.replace('faccina://', '')}/${kind}`
}

export function bytes(message: unknown): Uint8Array {
  return new TextEncoder().encode(typeof message === 'string' ? message : JSON.stringify(message))
}
