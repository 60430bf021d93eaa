import { coarse, type Precision } from '../domain/privacy.ts'
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
  #period: number
  #precision: Precision
  /** What may be known of once the present period is over. */
  #next: number

  /** @param votes what is known from before; of what else the journal holds the present period may have some */
  constructor(votes: number, ledger: Ledger, clock: Clock) {
    this.#clock = clock
    this.#votes = votes
    this.#next = Math.max(votes, inWholeBatches(ledger))
    this.#precision = ledger.held.precision
    this.#period = coarse(clock.now().wall, this.#precision)
  }

  /** Whether each vote may be known of at once: of those that may not, all are told, also of those before other settings. */
  isAll(cursor: Position, { epoch, held }: Ledger): boolean {
    return held.to <= (cursor.epoch === epoch ? cursor.sequence : 0)
  }

  get votes(): number {
    this.#turn()
    return this.#votes
  }

  /** The journal has settled a vote. */
  settled(ledger: Ledger): void {
    this.#turn(ledger.held.precision)
    this.#next = Math.max(this.#next, inWholeBatches(ledger))
    if (this.#precision === 'exact') this.#votes = this.#next
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

/** Settled votes, without those of a batch that is not full. */
function inWholeBatches({ settled, sequence, block }: Ledger): number {
  return settled - (sequence < block.to ? sequence - block.from + 1 : 0)
}
