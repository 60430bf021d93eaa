import { everything } from '../domain/privacy.ts'
import type { Instant, MonoMs } from '../domain/time.ts'
import {
  addTo,
  applyChange,
  copyOf,
  initialOutcome,
  noVotes,
  type Totals,
  type Vote,
} from '../domain/vote.ts'
import type { AmendRow, Block, EpochEnd, Header, Row, Start, StartRow, VoteRow } from './rows.ts'

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
  open: Vote | undefined
  /** The batch that the last sequence is of. */
  block: Block
  /** The last batch that is not told vote by vote, as each is given: until it is told no count may speak of it. */
  held: Block
  /** What the order within this epoch's batches comes from. */
  secret: string | undefined
  /** The last moment of this start's boot that is known of. */
  lastMono: MonoMs
  /** The epochs that came before this one, and their last sequences. */
  ends: readonly EpochEnd[]
  /** The row that began another epoch is lost: whose rows these are is not known until the next start. */
  astray: boolean
}

/** More epochs in one journal than a card ever sees; their number bounds the header. */
const mostEnds = 16

const noBlock: Block = { from: 0, to: 0, precision: 'exact' }

export function newLedger(epoch: string, source: string, start: Start): Ledger {
  return {
    epoch,
    source,
    start,
    record: 0,
    sequence: 0,
    settled: 0,
    totals: noVotes(),
    open: undefined,
    block: noBlock,
    held: noBlock,
    secret: undefined,
    lastMono: 0,
    ends: [],
    astray: false,
  }
}

/** Whether an epoch ends and another begins here: the terminal has moved to another counter, or the journal to another card. */
export function beginsEpoch(row: Row, { epoch }: Pick<Ledger, 'epoch'>): row is Row & StartRow {
  return 'start' in row && row.epoch !== epoch
}

/** Whether a start goes on otherwise than before: for another counter, or with votes told in another way. */
export function beginsAnew(row: Row & StartRow, ledger: Ledger): boolean {
  const [after, before] = [row.start.privacy ?? everything, ledger.start.privacy ?? everything]
  return beginsEpoch(row, ledger) || after.precision !== before.precision || after.batch !== before.batch
}

/** The ledger in front of a start that begins a segment: should its row be lost, the header says the same. */
export function startedBy(row: Row & StartRow, before: Ledger): Ledger {
  const ledger = beginsEpoch(row, before) ? inEpochOf(row, before) : before
  return { ...ledger, start: row.start, secret: ledger.secret ?? row.secret }
}

/** The ledger in front of the first row of another epoch. */
function inEpochOf({ epoch, source }: StartRow, ledger: Ledger): Ledger {
  const { record, settled, start, sequence } = settle(ledger)
  const ended = sequence > 0 ? [{ epoch: ledger.epoch, sequence }] : []
  const ends = [...ledger.ends, ...ended].slice(-mostEnds)
  return { ...newLedger(epoch, source, start), record, settled, ends }
}

export function fromHeader(header: Header): Ledger {
  const { epoch, source, start, sequence, settled, totals, open, first, secret, mono, ends } = header
  const block = header.block ?? { ...noBlock, from: sequence, to: sequence }
  return {
    epoch,
    source,
    start,
    record: first - 1,
    sequence,
    settled,
    totals: copyOf(totals),
    open: open && { ...open, recordedAt: instantOf(open.recordedAt, open.at) },
    block,
    held: isHeld(block) ? block : (header.held ?? noBlock),
    secret,
    lastMono: mono ?? 0,
    ends: ends ?? [],
    astray: false,
  }
}

/** What an earlier version wrote of a moment is its wall time; the rest was as at the press. */
function instantOf(recorded: Instant | number, at: Instant): Instant {
  return typeof recorded === 'number' ? { ...at, wall: recorded } : recorded
}

export function applyRow(before: Ledger, row: Row): Ledger {
  const ledger = own(before)
  advance(ledger, row)
  return ledger
}

/** A ledger that may be advanced, and shares nothing with another. */
export function own(ledger: Ledger): Ledger {
  return { ...ledger, totals: copyOf(ledger.totals) }
}

/** Moves a ledger that the caller owns over one row; for those who read thousands. */
export function advance(ledger: Ledger, row: Row): void {
  if (strays(row, ledger)) {
    ledger.astray = true
    ledger.record = row.n
    return
  }
  ledger.astray = false
  if (beginsEpoch(row, ledger)) Object.assign(ledger, inEpochOf(row, ledger))
  reach(ledger, sequenceBefore(row))
  ledger.record = row.n
  if ('amend' in row) {
    const { open } = ledger
    // An amendment whose vote was lost has nothing to join.
    if (open?.sequence === row.amend) ledger.open = applyChange(open, row.change, momentOf(row, open))
    ledger.lastMono = row.mono ?? ledger.lastMono
    return
  }
  if (withdraws(row, ledger)) withdrawOpen(ledger)
  settleOpen(ledger)
  if ('vote' in row) {
    enterBlock(ledger, row.vote)
    ledger.sequence = row.vote
    ledger.lastMono = row.mono
    ledger.open = voteOf(row, ledger)
  } else if ('gap' in row) reach(ledger, row.gap.to)
  else {
    ledger.start = row.start
    ledger.secret ??= row.secret
    ledger.lastMono = row.mono ?? 0
  }
}

/** Whether a row is of an epoch whose name is lost: votes of one epoch never count backwards. Each start says it again. */
export function strays(row: Row, { astray, sequence }: Pick<Ledger, 'astray' | 'sequence'>): boolean {
  return !('start' in row) && (astray || ('vote' in row && row.vote <= sequence))
}

/** Whether a row says that the open vote was none. */
export function withdraws(row: Row, { open }: Pick<Ledger, 'open'>): boolean {
  return open !== undefined && 'gap' in row && row.gap.from <= open.sequence
}

/** Its sequence is given out, and nothing is counted. */
function withdrawOpen(ledger: Ledger): void {
  ledger.totals.sequence = ledger.sequence
  ledger.open = undefined
}

function momentOf({ wall, mono, sync }: AmendRow, { at }: Vote): Instant {
  return mono === undefined || sync === undefined ? { ...at, wall } : { wall, mono, synchronised: sync }
}

/** Batches follow one another without a hole; how long one is was decided when it began. */
function enterBlock(ledger: Ledger, sequence: number): void {
  const { block, start } = ledger
  if (sequence <= block.to) return
  const { precision, batch } = start.privacy ?? everything
  const first = block.to + 1
  const from = first + Math.floor((sequence - first) / batch) * batch
  ledger.block = { from, to: from + batch - 1, precision }
  if (isHeld(ledger.block)) ledger.held = ledger.block
}

function isHeld({ from, to, precision }: Block): boolean {
  return to > from || precision !== 'exact'
}

/** The last sequence that had been given out in front of a row, whether or not the rows before it can be read. */
export function sequenceBefore(row: Row): number {
  if ('vote' in row) return row.vote - 1
  if ('amend' in row) return row.amend
  if ('gap' in row) return row.gap.from - 1
  return row.sequence
}

/** In a ledger that the caller owns: all sequences up to this one are given out, though nothing is known of them. */
export function reach(ledger: Ledger, sequence: number): void {
  if (sequence <= ledger.sequence) return
  settleOpen(ledger)
  enterBlock(ledger, sequence)
  ledger.sequence = sequence
  ledger.totals.sequence = sequence
}

/** Nothing more will join the open vote: it counts. */
export function settle(before: Ledger): Ledger {
  if (!before.open) return before
  const ledger = own(before)
  settleOpen(ledger)
  return ledger
}

/** The same for a ledger that the caller owns. */
export function settleOpen(ledger: Ledger): void {
  if (!ledger.open) return
  ledger.settled++
  addTo(ledger.totals, ledger.open)
  ledger.open = undefined
}

function voteOf(row: VoteRow, { epoch, source, start }: Ledger): Vote {
  const at = { wall: row.wall, mono: row.mono, synchronised: row.sync }
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
    at,
    recordedAt: at,
    boot: start.boot,
    bootId: start.bootId,
  }
}
