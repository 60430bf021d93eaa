import type { Disclosure, Precision } from '../domain/privacy.ts'
import type { Instant, MonoMs, WallMs } from '../domain/time.ts'
import type { Change, GapCause, Totals, Vote } from '../domain/vote.ts'
import type { Face, Language } from '../domain/words.ts'

/**
 * What the lines of a segment say. This is format 1, a fixture for ever: a field may be added, none is
 * renamed, removed or given another meaning. Names are short where a line is written per vote, because
 * 256 MiB must hold almost two million of them.
 */
export const format = 1

/** First line of a segment: all that is needed to read on from here without its predecessors. */
export interface Header {
  segment: number
  format: number
  /** When the segment was begun, and whether the clock was to be trusted. */
  wall: WallMs
  mono?: MonoMs
  sync: boolean
  epoch: string
  source: string
  /** Number of the first record in here; higher ones in earlier segments were never acknowledged. */
  first: number
  /** The last sequence that was given out before. */
  sequence: number
  /** Votes settled before, over all epochs: where a place in the journal lies in the queue. */
  settled: number
  totals: Totals
  /** The vote whose visit was not over; of an earlier version it knows only the wall time of its last piece. */
  open?: Omit<Vote, 'recordedAt'> & { recordedAt: Instant | WallMs }
  /** The batch that the last sequence is of; absent in journals of an earlier version. */
  block?: Block
  /** Of those before it the last one that was not told vote by vote; absent where each was. */
  held?: Block
  secret?: string
  start: Start
  /** The epochs of this journal before this one; absent where there were none. */
  ends?: readonly EpochEnd[]
}

/** Up to which sequence an epoch came that is over. */
export interface EpochEnd {
  epoch: string
  sequence: number
}

/** Sequences that leave the terminal together, in a shuffled order; a single one where there are no batches. */
export interface Block {
  from: number
  to: number
  precision: Precision
}

/** What a start of the daemon brought, and all that follow share. */
export interface Start {
  /** Counts the boots of this computer. */
  boot: number
  /** The kernel's own random id of that boot. */
  bootId: string
  survey: string
  version: string
  /** How batches that begin from now on are told; absent in journals of an earlier version. */
  privacy?: Disclosure
}

/** Every row has a number: the previous one's plus 1. */
export type Row = { n: number } & (VoteRow | AmendRow | GapRow | StartRow)

export interface VoteRow {
  /** The vote's sequence. */
  vote: number
  face: Face
  asks?: true
  lang: Language
  wall: WallMs
  /** Whole milliseconds since boot. */
  mono: number
  sync: boolean
  within?: boolean
}

export interface AmendRow {
  /** The sequence of the vote that it joins. */
  amend: number
  change: Change
  wall: WallMs
  /** Absent in journals of an earlier version. */
  mono?: MonoMs
  sync?: boolean
}

/** Sequences that can never come: found when the journal was opened, or that of the open vote, which is withdrawn. */
interface GapRow {
  wall: WallMs
  gap: { from: number; to: number; cause: GapCause }
}

/** A start of the daemon, and where it found the journal; with another epoch than before, that one begins here. */
export interface StartRow {
  start: Start
  epoch: string
  source: string
  /** The last sequence of the epoch that was given out before: lost votes in front of here show by it. */
  sequence: number
  wall: WallMs
  mono?: MonoMs
  sync: boolean
  /** What the order of this epoch's batches comes from; it never leaves the terminal. */
  secret?: string
}
