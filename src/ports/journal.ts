import type { Instant, WallMs } from '../domain/time.ts'
import type { Change, Gap, Press, Summary, ToldVote, Totals } from '../domain/vote.ts'

/**
 * The terminal's append-only log on its own disk. A vote is real once it is in there.
 *
 * One visit at a time writes: `record`, any number of `amend`, then `settle`. Only a settled vote is
 * read, counted and published, so that what has been published never changes.
 */
export interface Journal extends AsyncDisposable {
  readonly epoch: string
  readonly source: string
  /** The last sequence of an epoch that was in this journal before the present one; undefined if it never was. */
  endOf(epoch: string): number | undefined
  /** Resolves with the vote's sequence when it is on the disk (fdatasync returned). */
  record(press: Press): Promise<number>
  /** Joins a change to the vote recorded last. Resolves when it is on the disk. */
  amend(sequence: number, change: Change, at: Instant): Promise<void>
  /**
   * The vote recorded last was none: its sequence becomes a gap, and it counts nowhere. Resolves when that is
   * on the disk; if it cannot be, the vote stands.
   */
  withdraw(sequence: number): Promise<void>
  /** Nothing more will join this vote. */
  settle(sequence: number): void
  /** Calls when there may be something new to read. */
  onReadable(listener: () => void): Disposable
  /** Reads on from the cursor, and does not move it. */
  reader(): Reader
  /**
   * Reads again what is still kept, whether done or not: from the oldest on, or from a sequence of an epoch
   * (or from some way in front of it).
   */
  kept(from?: { epoch: string; sequence: number }): Promise<Reader>
  /** Everything up to and with this item is done; the cursor moves behind it, and never back. */
  done(item: Item): void
  /**
   * Votes recorded so far whose time is still not known keep what the clock said, and are told as
   * `unknown` for ever. Resolves when that is on the disk.
   */
  giveUpTime(): Promise<void>
  /** Counts of all settled votes of the epoch, or of those only that may be known of by now (privacy). */
  totals(): Totals
  /** The same for the number of votes behind the cursor, and for how far it stands. */
  condition(): JournalCondition
}

/** Reads votes that may be told, in order of their sequence, each once. */
export interface Reader {
  /** The next item, or why it has to wait, or undefined when there is none yet. */
  next(): Promise<Item | Held | undefined>
}

export type Item = { position: Position } & (
  | { is: 'vote'; vote: ToldVote }
  | { is: 'gap'; gap: Gap }
  | { is: 'summary'; summary: Summary }
)

/** The next vote is there, but must not be told yet. */
export type Held =
  /** Its time is not known: until the clock is synchronised, or until `giveUpTime()`. */
  | { is: 'held'; for: 'clock' }
  /** Whoever saw it come now could time it better than is allowed: until then. */
  | { is: 'held'; for: 'period'; until: WallMs }

/** The place in the journal behind an item. Opaque to all but the storage. */
export interface Position {
  segment: number
  offset: number
  /** Number of the last record in front of this place. */
  record: number
  /** Votes in front of this place, over all epochs: of two places of a journal the later one has more, or as many. */
  votes: number
  /** The epoch at this place, and its highest sequence in front of it; within a batch that in front of the batch. */
  epoch: string
  sequence: number
  /** Within a shuffled batch: the highest sequence of it that is in front of this place. */
  told?: number
  /** Counts of the epoch in front of this place. */
  totals?: Totals
}

export interface JournalCondition {
  /** The last write reached the disk; before the first write, the journal could be opened. */
  writable: boolean
  problem?: string
  /** Settled votes behind the cursor that may be known of. */
  waiting: number
  /** Bytes of all segments, and the bound they are kept under. */
  bytes: number
  maxBytes: number
}
