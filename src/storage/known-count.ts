import { coarse, type Precision, precisions } from '../domain/privacy.ts'
import { noVotes, type Totals } from '../domain/vote.ts'
import type { Clock } from '../ports/clock.ts'
import type { Position } from '../ports/journal.ts'
import type { Ledger } from './ledger.ts'

/**
 * How many votes may be known of. Where times are told coarsely or in batches, a count that grew with each
 * vote would tell what they hide: then it grows when a period is over, by whole batches.
 */
export class KnownCount {
  readonly #clock: Clock
  #votes: number
  #period: number | undefined
  /** The coarsest one whose period is not over: settings that tell more again cut none short. */
  #precision: Precision = 'exact'
  /** What may be known of once the present period is over. */
  #next: number

  /** @param votes what is known from before */
  constructor(votes: number, clock: Clock) {
    this.#votes = votes
    this.#next = votes
    this.#clock = clock
  }

  /** Whether each vote may be known of at once: of those that may not, all are told, also of those before other settings. */
  isAll(cursor: Position, { epoch, held }: Ledger): boolean {
    return held.to <= (cursor.epoch === epoch ? cursor.sequence : 0)
  }

  votes({ held }: Ledger): number {
    this.#turn(held.precision)
    return this.#votes
  }

  /** The journal has settled a vote, or begun. */
  settled({ settled, sequence, block, held }: Ledger): void {
    this.#turn(held.precision)
    const incomplete = sequence < block.to ? sequence - block.from + 1 : 0
    this.#next = Math.max(this.#next, settled - incomplete)
    if (this.#precision === 'exact') this.#votes = this.#next
  }

  /** Counts of what has been told. */
  totals(cursor: Position, { epoch, totals }: Ledger): Totals {
    if (cursor.epoch !== epoch) return noVotes()
    return cursor.totals ?? totals
  }

  #turn(precision: Precision): void {
    const { wall } = this.#clock.now()
    const over = coarse(wall, this.#precision) !== this.#period
    if (over) this.#votes = this.#next
    if (over || precisions.indexOf(precision) > precisions.indexOf(this.#precision))
      this.#precision = precision
    this.#period = coarse(wall, this.#precision)
  }
}
