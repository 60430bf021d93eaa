import type { VoteEvent } from '../../contract/schemas.ts'
import { nameOf } from '../../contract/topics.ts'
import { iso, type WallMs } from '../../domain/time.ts'
import type { Reason } from '../../domain/words.ts'

/**
 * All that the event of a vote says besides whose it is, in flat fields, as the table `vote` keeps it. What
 * every event has in common, and what follows from its source, epoch and sequence, is not repeated.
 */
export interface VoteRow {
  sequence: number
  /** Only where it is not the usual `{epoch}-{sequence}`. */
  id: string | null
  time: WallMs
  recordedTime: WallMs
  face: VoteEvent['data']['face']
  reason: Reason | null
  outcome: VoteEvent['data']['outcome']
  survey: string
  language: VoteEvent['data']['language']
  clock: VoteEvent['data']['clock']
  uncertaintySeconds: number | null
  backDated: boolean
  suppressed: number
  corrected: boolean
  withinHours: boolean | null
  batchVotes: number | null
  batchFrom: WallMs | null
  batchTo: WallMs | null
}

export function rowOf({ id, time, recordedtime, data }: VoteEvent): VoteRow {
  const { batch } = data
  return {
    sequence: data.sequence,
    id: id === usualId(data.epoch, data.sequence) ? null : id,
    time: Date.parse(time),
    recordedTime: Date.parse(recordedtime),
    face: data.face,
    reason: data.reason ?? null,
    outcome: data.outcome,
    survey: data.survey,
    language: data.language,
    clock: data.clock,
    uncertaintySeconds: data.uncertaintySeconds ?? null,
    backDated: data.backDated ?? false,
    suppressed: data.suppressed,
    corrected: data.corrected,
    withinHours: data.withinHours ?? null,
    batchVotes: batch?.votes ?? null,
    batchFrom: batch ? Date.parse(batch.from) : null,
    batchTo: batch ? Date.parse(batch.to) : null,
  }
}

/** The event told again: the inverse of `rowOf`. */
export function eventOf(source: string, epoch: string, row: VoteRow): VoteEvent {
  const { sequence, batchVotes, batchFrom, batchTo } = row
  return {
    specversion: '1.0',
    id: row.id ?? usualId(epoch, sequence),
    source,
    type: 'faccina.vote.v1',
    subject: nameOf(source).office,
    time: iso(row.time),
    recordedtime: iso(row.recordedTime),
    sequence: padded(sequence),
    datacontenttype: 'application/json',
    dataschema: 'faccina:schema/vote/1',
    data: {
      epoch,
      sequence,
      face: row.face,
      ...(row.reason !== null && { reason: row.reason }),
      outcome: row.outcome,
      survey: row.survey,
      language: row.language,
      clock: row.clock,
      ...(row.uncertaintySeconds !== null && { uncertaintySeconds: row.uncertaintySeconds }),
      ...(row.backDated && { backDated: true as const }),
      suppressed: row.suppressed,
      corrected: row.corrected,
      ...(row.withinHours !== null && { withinHours: row.withinHours }),
      ...(batchVotes !== null &&
        batchFrom !== null &&
        batchTo !== null && { batch: { votes: batchVotes, from: iso(batchFrom), to: iso(batchTo) } }),
    },
  }
}

/** Whether two events say the same, however they were written (`…00Z` or `…00.000+00:00`, order of fields). */
export function saysTheSame(a: VoteRow, b: VoteRow): boolean {
  return (Object.keys(a) as (keyof VoteRow)[]).every((field) => a[field] === b[field])
}

const hourMs = 3_600_000

/** The hour of UTC that a moment lies in. */
export function hourOf(moment: WallMs): WallMs {
  return Math.floor(moment / hourMs) * hourMs
}

/** The hour that a vote is counted in; undefined where its time is not known. */
export function hourOfVote({ clock, time }: Pick<VoteRow, 'clock' | 'time'>): WallMs | undefined {
  return clock === 'unknown' ? undefined : hourOf(time)
}

function usualId(epoch: string, sequence: number): string {
  return `${epoch}-${padded(sequence)}`
}

function padded(sequence: number): string {
  return String(sequence).padStart(12, '0')
}
