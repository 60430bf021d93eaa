import { coarse, everything, type Precision } from '../domain/privacy.ts'
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
  #precision: Precision = 'exact'
  /** What may be known of once the present period is over. */
  #next: number

  /** @param votes what is known from before */
  constructor(votes: number, clock: Clock) {
    this.#votes = votes
    this.#next = votes
    this.#clock = clock
  }

  /** Whether each vote may be known of at once. */
  isAll({ start, block }: Ledger): boolean {
    const { precision, batch } = start.privacy ?? everything
    return precision === 'exact' && batch === 1 && block.to <= block.from && block.precision === 'exact'
  }

  get votes(): number {
    this.#turn()
    return this.#votes
  }

  /** The journal has settled a vote. */
  settled({ settled, sequence, block, start }: Ledger): void {
    this.#turn(start.privacy?.precision)
    const incomplete = sequence < block.to ? sequence - block.from + 1 : 0
    this.#next = Math.max(this.#next, settled - incomplete)
    if ((start.privacy?.precision ?? 'exact') === 'exact') this.#votes = this.#next
  }

  /** Counts of what has been told. */
  totals(cursor: Position, { epoch, totals }: Ledger): Totals {
    if (cursor.epoch !== epoch) return noVotes()
    return cursor.totals ?? totals
  }

  #turn(precision = this.#precision): void {
    this.#precision = precision
    const period = coarse(this.#clock.now().wall, precision)
    if (period !== this.#period) this.#votes = this.#next
    this.#period = period
  }
}
