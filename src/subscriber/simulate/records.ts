import { gapEvent, summaryEvent, totalsMessage, voteEvent } from '../../contract/events.ts'
import type { TotalsMessage, VoteEvent } from '../../contract/schemas.ts'
import { coarse } from '../../domain/privacy.ts'
import type { WallMs } from '../../domain/time.ts'
import {
  addTo,
  copyOf,
  type GapCause,
  noCounts,
  noVotes,
  type Span,
  type Summary,
  type ToldVote,
} from '../../domain/vote.ts'
import type { Item } from '../item.ts'
import type { Said } from './said.ts'
import { addVote } from './tally.ts'

type Told = Extract<Item, { is: 'vote' | 'gap' }>

const hourMs = 3_600_000

/** The journal of a simulated terminal: it gives sequences, counts, and keeps what cannot be told yet. */
export class Records {
  readonly #source: string
  epoch: string
  totals = noVotes()
  /** The last sequence given, to a vote or to one that got lost. */
  sequence = 0
  /** What waits for the line, in order. */
  held: Told[] = []

  constructor(source: string, epoch: string) {
    this.#source = source
    this.epoch = epoch
  }

  /** Gives a vote its sequence. */
  vote(vote: ToldVote): Told {
    this.sequence++
    vote.epoch = this.epoch
    vote.sequence = this.sequence
    addTo(this.totals, vote)
    return { source: this.#source, is: 'vote', event: voteEvent(vote) }
  }

  /** A write that a power cut interrupted takes a sequence with it. */
  tear(at: WallMs): void {
    this.sequence++
    this.held.push(this.#gap(this.sequence, this.sequence, 'torn', at))
  }

  /** Another card: a new epoch, and what can be said of the old one, of which `again` votes had come as well. */
  exchange(epoch: string, again: number, at: WallMs): Told | undefined {
    const { sequence: to } = this.totals
    const from = Math.max(1, to - this.held.length - again + 1)
    const gap = from <= to ? this.#gap(from, to, 'exchanged', at) : undefined
    this.epoch = epoch
    this.totals = noVotes()
    this.sequence = 0
    this.held = []
    return gap
  }

  get announced(): TotalsMessage {
    return totalsMessage(this.epoch, copyOf(this.totals))
  }

  /**
   * The oldest of what is held become counts by the hour; `recent` are votes that were told just before, and
   * are counted again.
   */
  fold(count: number, recent: readonly VoteEvent[], at: WallMs): Said | undefined {
    const folded = this.held.splice(0, count)
    const [first] = folded
    const last = folded.at(-1)
    if (!first || !last) return undefined
    const again = joining(recent, firstOf(first))
    const summary: Summary = {
      epoch: this.epoch,
      source: this.#source,
      from: firstOf(first) - again.length,
      to: firstOf(last),
      spans: [],
      lost: [],
      at,
    }
    for (const event of again) addToSpan(summary.spans, event)
    for (const told of folded)
      if (told.is === 'vote') addToSpan(summary.spans, told.event)
      else {
        const { from, to, cause } = told.event.data
        summary.lost.push({ from, to, cause })
      }
    return { at, item: { source: this.#source, is: 'summary', event: summaryEvent(summary) }, again }
  }

  #gap(from: number, to: number, cause: GapCause, at: WallMs): Told {
    const event = gapEvent({ epoch: this.epoch, source: this.#source, from, to, cause, at })
    return { source: this.#source, is: 'gap', event }
  }
}

function firstOf(told: Told): number {
  return told.is === 'vote' ? told.event.data.sequence : told.event.data.from
}

/** Those of the votes that end just in front of a sequence, without a hole. */
function joining(recent: readonly VoteEvent[], sequence: number): readonly VoteEvent[] {
  let next = sequence
  let n = recent.length
  while (n > 0 && recent[n - 1]!.data.sequence === next - 1) {
    n--
    next--
  }
  return recent.slice(n)
}

function addToSpan(spans: Span[], event: VoteEvent): void {
  const { time, data } = event
  const from = data.clock === 'unknown' ? undefined : coarse(Date.parse(time), 'hour')
  let span = spans.find((span) => span.from === from)
  if (!span) {
    span = { ...(from !== undefined && { from, to: from + hourMs }), ...noCounts() }
    spans.push(span)
  }
  addVote(span, event)
}
