import type { WallMs } from '../domain/time.ts'
import type { Change, Gap, Press, Totals, Vote } from '../domain/vote.ts'

/**
 * The terminal's append-only log on its own disk. A vote is real once it is in there.
 *
 * One visit at a time writes: `record`, any number of `amend`, then `settle`. Only a settled vote is
 * read, counted and published, so that what has been published never changes.
 */
export interface Journal extends AsyncDisposable {
  readonly epoch: string
  readonly source: string
  /** Resolves with the vote's sequence when it is on the disk (fdatasync returned). */
  record(press: Press): Promise<number>
  /** Joins a change to the vote recorded last. Resolves when it is on the disk. */
  amend(sequence: number, change: Change, at: WallMs): Promise<void>
  /** Nothing more will join this vote. */
  settle(sequence: number): void
  /** Calls when there is something new to read. */
  onSettled(listener: () => void): Disposable
  /** Reads on from the cursor, and does not move it. */
  reader(): Reader
  /** Everything up to and with this item is done; the cursor moves behind it. */
  done(item: Item): void
  /** Counts of all settled votes of the epoch. */
  totals(): Totals
  condition(): JournalCondition
}

/** Reads settled votes in order of their sequence, each once. */
export interface Reader {
  /** The next item, or undefined when there is none yet. */
  next(): Promise<Item | undefined>
}

export type Item = { position: Position } & ({ is: 'vote'; vote: Vote } | { is: 'gap'; gap: Gap })

/** The place in the journal behind an item. Opaque to all but the storage. */
export interface Position {
  segment: number
  offset: number
  /** Number of the last record in front of this place. */
  record: number
  /** Votes in front of this place, over all epochs. */
  votes: number
  /** The epoch at this place, and its highest sequence in front of it. */
  epoch: string
  sequence: number
}

export interface JournalCondition {
  /** The last write reached the disk; before the first write, the journal could be opened. */
  writable: boolean
  problem?: string
  /** Settled votes behind the cursor. */
  waiting: number
  /** Bytes of all segments, and the bound they are kept under. */
  bytes: number
  maxBytes: number
}
