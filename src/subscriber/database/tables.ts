import type { WallMs } from '../../domain/time.ts'
import type { GapCause } from '../../domain/vote.ts'
import type { Range } from '../ranges.ts'
import type { CountsRow, HourSums } from './counts-row.ts'
import type { VoteRow } from './vote-row.ts'

/**
 * What storing a batch asks of a database, in rows; all of it happens in one transaction. What a batch means
 * is in `store-batch.ts`, the same for each database; here they differ.
 */
export interface Tables {
  /**
   * The ids of terminals, made where they are new. From here to the end of the transaction nobody else
   * writes to anything that is theirs. Several are locked in the order of their ids, so that two batches
   * never wait for each other.
   */
  terminals(sources: readonly string[]): Promise<Map<string, number>>
  /** In the order that is asked for; made where they are new. */
  epochs(keys: readonly EpochKey[]): Promise<EpochRow[]>
  updateEpochs(epochs: readonly Pick<EpochRow, 'id' | 'complete' | 'highest' | 'summaries'>[]): Promise<void>
  /** The ranges beyond `complete` that any of these overlaps or touches. */
  touching(ranges: readonly EpochRange[]): Promise<EpochRange[]>
  replaceRanges(gone: readonly EpochRange[], come: readonly EpochRange[]): Promise<void>
  /** The first ranges beyond `complete` of each epoch, in order. */
  firstRanges(epochs: readonly number[], most: number): Promise<EpochRange[]>
  votesAt(places: readonly { epoch: number; sequence: number }[]): Promise<EpochVote[]>
  insertVotes(votes: readonly EpochVote[]): Promise<void>
  /** The votes within a range, counted by the hour. */
  countVotes(range: EpochRange): Promise<{ hour: number; counts: CountsRow }[]>
  gapsAt(ranges: readonly EpochRange[]): Promise<GapRow[]>
  insertGaps(gaps: readonly GapRow[]): Promise<void>
  summaries(epochs: readonly number[]): Promise<SummaryRow[]>
  insertSummary(summary: SummaryRow): Promise<void>
  deleteSummary(epoch: number, first: number): Promise<void>
  addHours(sums: HourSums): Promise<void>
  updateTerminals(news: readonly TerminalNews[]): Promise<void>
  statuses(terminals: readonly number[]): Promise<StatusRow[]>
  putStatuses(statuses: readonly StatusRow[]): Promise<void>
  /** What was served in spans that overlap this one. */
  servedWithin(terminal: number, begins: WallMs, ends: WallMs): Promise<ServedRow[]>
  insertServed(served: ServedRow): Promise<void>
  /** Keeps the newest `most` of all. */
  quarantine(messages: readonly QuarantineRow[], most: number): Promise<void>
}

export interface EpochKey {
  terminal: number
  name: string
}

export interface EpochRow extends EpochKey {
  id: number
  complete: number
  /** Known to exist: stored, explained or announced. */
  highest: number
  /** How many summaries it has. */
  summaries: number
}

export interface EpochRange extends Range {
  epoch: number
}

export interface EpochVote {
  epoch: number
  row: VoteRow
}

export interface GapRow extends EpochRange {
  cause: GapCause
  time: WallMs
}

export interface SummaryRow extends EpochRange {
  time: WallMs
  hours: { begins: WallMs | null; ends: WallMs | null; counts: CountsRow }[]
  lost: (Range & { cause: GapCause })[]
}

export interface TerminalNews {
  terminal: number
  /** To be added. */
  votes: number
  lastVote: WallMs | null
  /** When the batch came, and whether something in it is a sign of life. */
  seenAt: WallMs
  heard: boolean
}

export const statusColumns = ['state', 'health', 'survey', 'totals'] as const
/** The last of each that a terminal has told, as JSON. */
export type StatusRow = { terminal: number } & Record<(typeof statusColumns)[number], string | null>

export interface ServedRow {
  terminal: number
  begins: WallMs
  ends: WallMs
  served: number
}

export interface QuarantineRow {
  at: WallMs
  /** `invalid`: not what the contract says; `conflict`: contradicts what is stored. */
  kind: 'invalid' | 'conflict'
  topic: string
  /** The kind of message, by its topic: `vote`, `health`, …; `other` where there is no such one. */
  message: string
  why: string
  payload: Uint8Array
}
