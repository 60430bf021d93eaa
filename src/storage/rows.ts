import type { WallMs } from '../domain/time.ts'
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
  /** The vote whose visit was not over. */
  open?: Vote
  start: Start
}

/** What a start of the daemon brought, and all that follow share. */
export interface Start {
  /** Counts the boots of this computer. */
  boot: number
  /** The kernel's own random id of that boot. */
  bootId: string
  survey: string
  version: string
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
}

/** Sequences that can never come, found when the journal was opened. */
export interface GapRow {
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
  sync: boolean
}
