import type { EpochVote } from './tables.ts'
import type { VoteRow } from './vote-row.ts'

/** What stands in a column: neither database is handed a boolean, a vote's are whole numbers in between. */
export type Value = number | string | null

/** The columns of `vote` in the order of `voteValues`, and their types in PostgreSQL. */
export const voteColumns = [
  ['epoch', 'bigint'],
  ['sequence', 'bigint'],
  ['id', 'text'],
  ['time', 'bigint'],
  ['recorded_time', 'bigint'],
  ['face', 'text'],
  ['reason', 'text'],
  ['outcome', 'text'],
  ['survey', 'text'],
  ['language', 'text'],
  ['clock', 'text'],
  ['uncertainty_seconds', 'double precision'],
  ['back_dated', 'boolean'],
  ['suppressed', 'bigint'],
  ['corrected', 'boolean'],
  ['within_hours', 'boolean'],
  ['batch_votes', 'bigint'],
  ['batch_from', 'bigint'],
  ['batch_to', 'bigint'],
] as const

export function voteValues({ epoch, row }: EpochVote): Value[] {
  return [
    epoch,
    row.sequence,
    row.id,
    row.time,
    row.recordedTime,
    row.face,
    row.reason,
    row.outcome,
    row.survey,
    row.language,
    row.clock,
    row.uncertaintySeconds,
    Number(row.backDated),
    row.suppressed,
    Number(row.corrected),
    row.withinHours === null ? null : Number(row.withinHours),
    row.batchVotes,
    row.batchFrom,
    row.batchTo,
  ]
}

/** The inverse of `voteValues`; truth values may be numbers or booleans. */
export function epochVote(values: readonly (Value | boolean)[]): EpochVote {
  const [epoch, sequence, id, time, recordedTime, face, reason, outcome, survey, language, clock] = values
  const [uncertaintySeconds, backDated, suppressed, corrected, withinHours, batchVotes, batchFrom, batchTo] =
    values.slice(11)
  const row = {
    sequence,
    id,
    time,
    recordedTime,
    face,
    reason,
    outcome,
    survey,
    language,
    clock,
    uncertaintySeconds,
    backDated: Boolean(backDated),
    suppressed,
    corrected: Boolean(corrected),
    withinHours: withinHours === null ? null : Boolean(withinHours),
    batchVotes,
    batchFrom,
    batchTo,
  } as VoteRow
  return { epoch: epoch as number, row }
}
