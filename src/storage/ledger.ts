import { applyChange, count, initialOutcome, noVotes, type Totals, type Vote } from '../domain/vote.ts'
import type { Header, Row, Start, VoteRow } from './rows.ts'

/** Where the journal stands after some row: a pure fold over rows, the same when writing and recovering. */
export interface Ledger {
  epoch: string
  source: string
  start: Start
  /** Number of the last record. */
  record: number
  /** The last sequence that was given out. */
  sequence: number
  /** Settled votes over all epochs. */
  settled: number
  /** Counts of this epoch's settled votes. */
  totals: Totals
  /** The vote that may still change. */
  open?: Vote
}

export function newLedger(epoch: string, source: string, start: Start): Ledger {
  return { epoch, source, start, record: 0, sequence: 0, settled: 0, totals: noVotes() }
}

/** An epoch ends and another begins, in the same journal: the terminal has moved to another counter. */
export function nextEpoch(ledger: Ledger, epoch: string, source: string): Ledger {
  const { record, settled, start } = settle(ledger)
  return { ...newLedger(epoch, source, start), record, settled }
}

export function fromHeader(header: Header): Ledger {
  const { epoch, source, start, sequence, settled, totals, open } = header
  return { epoch, source, start, record: header.first - 1, sequence, settled, totals, ...(open && { open }) }
}

export function applyRow(before: Ledger, row: Row): Ledger {
  const begins = 'start' in row && row.epoch !== before.epoch
  const epoch = begins ? nextEpoch(before, row.epoch, row.source) : before
  const ledger = { ...reach(epoch, sequenceBefore(row)), record: row.n }
  if ('amend' in row) {
    const { open } = ledger
    // An amendment whose vote was lost has nothing to join.
    if (open?.sequence !== row.amend) return ledger
    return { ...ledger, open: applyChange(open, row.change, row.wall) }
  }
  const next = settle(ledger)
  if ('vote' in row) return { ...next, sequence: row.vote, open: voteOf(row, next) }
  if ('gap' in row) return reach(next, row.gap.to)
  return { ...next, start: row.start }
}

/** The last sequence that had been given out in front of a row, whether or not the rows before it can be read. */
export function sequenceBefore(row: Row): number {
  if ('vote' in row) return row.vote - 1
  if ('amend' in row) return row.amend
  if ('gap' in row) return row.gap.from - 1
  return row.sequence
}

/** The ledger with all sequences up to this one given out, though nothing is known of them. */
export function reach(ledger: Ledger, sequence: number): Ledger {
  if (sequence <= ledger.sequence) return ledger
  const next = settle(ledger)
  return { ...next, sequence, totals: { ...next.totals, sequence } }
}

/** Nothing more will join the open vote: it counts. */
export function settle(ledger: Ledger): Ledger {
  const { open, ...rest } = ledger
  if (!open) return ledger
  return { ...rest, settled: rest.settled + 1, totals: count(rest.totals, open) }
}

function voteOf(row: VoteRow, { epoch, source, start }: Ledger): Vote {
  return {
    epoch,
    sequence: row.vote,
    source,
    survey: start.survey,
    face: row.face,
    outcome: initialOutcome({ asks: row.asks === true }),
    language: row.lang,
    suppressed: 0,
    corrected: false,
    ...(row.within !== undefined && { withinHours: row.within }),
    at: { wall: row.wall, mono: row.mono, synchronised: row.sync },
    recordedAt: row.wall,
    boot: start.boot,
    bootId: start.bootId,
  }
}
