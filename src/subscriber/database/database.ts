import type { HealthMessage, StateMessage } from '../../contract/schemas.ts'
import type { WallMs } from '../../domain/time.ts'
import type { Counts } from '../../domain/vote.ts'
import type { Item, Rejected } from '../item.ts'
import type { Range } from '../ranges.ts'

/** Where a collector keeps the votes. SQLite and PostgreSQL are behind it; both hold the same tables and views. */
export interface Database extends AsyncDisposable {
  /**
   * Stores a batch, all of it or nothing; once it resolves no power cut takes any of it. A vote is stored once
   * by (source, epoch, sequence): the same one again changes nothing, and one that says something else under
   * the same name goes into quarantine. Rejects with a `DatabaseError` when it could not; then it may be tried
   * again.
   */
  store(items: readonly (Item | Rejected)[], receivedAt: WallMs): Promise<Stored>

  /** How far each epoch is, of all terminals or of one. */
  progress(source?: string): Promise<Progress[]>

  /**
   * Takes the task of asking for what is missing of an epoch until `until`, so that of several collectors
   * only one asks. @returns false if another one has it
   */
  claimReplay(source: string, epoch: string, now: WallMs, until: WallMs): Promise<boolean>

  /** The votes of a span of time, counted by terminal and hour, in the order of source and hour. */
  hours(where: Where): AsyncIterable<HourCounts>

  /** What queue managers said, of spans that begin within the time. */
  served(where: Where): Promise<Served[]>

  terminals(): Promise<TerminalRecord[]>

  /** How many messages are in quarantine, and the latest of them, latest first. */
  quarantine(latest: number): Promise<{ count: number; latest: Quarantined[] }>
}

export interface Where {
  /** From here on; votes whose time is not known are in only where neither is given. */
  from?: WallMs
  /** Before this. */
  to?: WallMs
  municipality?: string
  office?: string
  counter?: string
}

export interface Stored {
  /** How many votes were new, how many had been there, and how many contradicted one that was. */
  votes: number
  duplicates: number
  conflicts: number
  rejected: number
  /** Of each epoch that the batch touched. */
  progress: Progress[]
}

/** How many ranges of what is missing are listed at most. */
export const mostMissingListed = 32

export interface Progress {
  source: string
  epoch: string
  /** All from 1 up to this one are in the database, or can never come and are explained (`gap`, `summary`). */
  complete: number
  /** The highest sequence that is known to exist: stored, or announced by the terminal's totals. */
  highest: number
  /** The first ranges that are missing between the two, at most `mostMissingListed`. */
  missing: Range[]
}

/** The votes that a counter took in one hour (of UTC: every civil time of Europe is whole hours away from it). */
export interface HourCounts extends Counts {
  source: string
  /** Where the hour begins; absent where the time of the votes is not known. */
  hour?: WallMs
}

export interface Served {
  source: string
  from: WallMs
  to: WallMs
  served: number
}

/** A terminal as it last told of itself. */
export interface TerminalRecord {
  source: string
  state?: StateMessage
  health?: HealthMessage
  /** When anything came from it last, by the collector's clock. */
  heardAt: WallMs
  /** Time of its latest vote. */
  lastVote?: WallMs
  votes: number
}

export interface Quarantined {
  at: WallMs
  topic: string
  why: string
  payload: Uint8Array
}

/** What kept the database from doing its work, in words for who runs it. */
export class DatabaseError extends Error {
  override name = 'DatabaseError'
  /** `busy`, `full`, `lost`: trying again can help; `wrong`: somebody must change something first. */
  readonly kind: 'busy' | 'full' | 'lost' | 'wrong'

  constructor(kind: DatabaseError['kind'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.kind = kind
  }
}
