import { gapEvent, summaryEvent, voteEvent } from '../../../src/contract/events.ts'
import type { TotalsMessage } from '../../../src/contract/schemas.ts'
import { addToCounts, type GapCause, noCounts, type Span, type ToldVote } from '../../../src/domain/vote.ts'
import type { Item } from '../../../src/subscriber/item.ts'

/** What terminals of these tests tell. Votes are 20 minutes apart, their faces and reasons go round. */

export const source = 'faccina://c_e506/anagrafe/3'
export const epoch = 'k3f9x2'
export const base = Date.UTC(2026, 4, 4, 9)
const minute = 60_000

export interface Whose {
  source?: string
  epoch?: string
}

export function vote(sequence: number, { source: from = source, epoch: of = epoch }: Whose = {}): ToldVote {
  const kind = sequence % 5
  const wall = base + sequence * 20 * minute + sequence
  return {
    epoch: of,
    sequence,
    source: from,
    survey: 'it-2009/1',
    face: kind < 2 ? 'satisfied' : kind < 3 ? 'neutral' : 'dissatisfied',
    ...(kind === 4 && { reason: 'waiting-time' }),
    outcome: kind < 3 ? 'not-asked' : kind === 3 ? 'timed-out' : 'selected',
    language: 'it',
    suppressed: sequence % 3,
    corrected: sequence % 7 === 0,
    withinHours: sequence % 2 === 0,
    time: sequence % 11 === 0 ? { clock: 'unknown', wall: sequence } : { clock: 'synchronised', wall },
    recordedAt: wall + 1500,
    boot: 1,
    bootId: '6d1e0f1c-0000-4000-8000-000000000000',
  }
}

export function voteItem(vote: ToldVote): Item & { is: 'vote' } {
  return { is: 'vote', source: vote.source, event: voteEvent(vote) }
}

export function votes(from: number, to: number, whose: Whose = {}): Item[] {
  return Array.from({ length: to - from + 1 }, (_, n) => voteItem(vote(from + n, whose)))
}

export function gap(from: number, to: number, whose: Whose = {}, cause: GapCause = 'damaged'): Item {
  const { source: of = source, epoch: name = epoch } = whose
  return { is: 'gap', source: of, event: gapEvent({ epoch: name, source: of, from, to, cause, at: base }) }
}

/** The summary of the votes from `from` to `to` but for those that are lost. */
export function summary(from: number, to: number, lost: readonly number[] = [], whose: Whose = {}): Item {
  const { source: of = source, epoch: name = epoch } = whose
  const spans = new Map<number | undefined, Span>()
  for (let sequence = from; sequence <= to; sequence++) {
    if (lost.includes(sequence)) continue
    const told = vote(sequence, whose)
    const hour = hourOfTold(told)
    const span = spans.get(hour) ?? {
      ...(hour !== undefined && { from: hour, to: hour + 60 * minute }),
      ...noCounts(),
    }
    spans.set(hour, span)
    addToCounts(span, told)
  }
  const ranges = lost
    .filter((sequence) => from <= sequence && sequence <= to)
    .map((sequence) => ({ from: sequence, to: sequence, cause: 'damaged' as const }))
  const all = { epoch: name, source: of, from, to, spans: [...spans.values()], lost: ranges, at: base }
  return { is: 'summary', source: of, event: summaryEvent(all) }
}

export function totals(sequence: number, { source: of = source, epoch: name = epoch }: Whose = {}): Item {
  const told: TotalsMessage = { epoch: name, sequence, ...noCounts() }
  return { is: 'totals', source: of, totals: told }
}

export function served(from: number, to: number, count: number, of = source): Item {
  const [begin, end] = [from, to].map((moment) => new Date(moment).toISOString())
  return { is: 'served', source: of, served: { from: begin!, to: end!, served: count } }
}

export function state(more: Partial<(Item & { is: 'state' })['state']> = {}, of = source): Item {
  return {
    is: 'state',
    source: of,
    state: {
      state: 'online',
      version: '0.1.0',
      epoch,
      boot: 7,
      since: new Date(base).toISOString(),
      ...more,
    },
  }
}

/** The hour that a vote is counted in, found in another way than the databases do. */
export function hourOfTold({ time }: Pick<ToldVote, 'time'>): number | undefined {
  return time.clock === 'unknown' ? undefined : new Date(time.wall).setUTCMinutes(0, 0, 0)
}
