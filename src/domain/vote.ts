import type { Instant, WallMs } from './time.ts'
import type { Reckoned } from './timeline.ts'
import { type Face, faces, type Language, type Outcome, outcomes, type Reason, reasons } from './words.ts'

/** What is known of a vote at the press; this much is on the disk before anybody is thanked. */
export interface Press {
  face: Face
  /** Whether this face asks for a reason: a vote that asked and got no answer is `interrupted`. */
  asks: boolean
  language: Language
  /** Whether the office was open; absent while the clock is not to be trusted. */
  withinHours?: boolean
  at: Instant
}

/** What joins a vote between its press and the end of its visit; later changes win field by field. */
export interface Change {
  face?: Face
  asks?: boolean
  reason?: Reason
  outcome?: Outcome
  language?: Language
  suppressed?: number
  corrected?: true
}

/** What a vote says, however its time is told. */
interface Said {
  /** The random id of the journal's life; together with `sequence` it names the vote for ever. */
  epoch: string
  /** 1, 2, 3, … in its epoch, with no hole. */
  sequence: number
  /** `faccina://municipality/office/counter` of the terminal that took it. */
  source: string
  /** Name and version of the survey, e.g. `it-2009/1`. */
  survey: string
  face: Face
  reason?: Reason
  outcome: Outcome
  language: Language
  /** Further presses during the visit that were not counted. */
  suppressed: number
  /** Whether the face was changed within the correction window. */
  corrected: boolean
  withinHours?: boolean
  /** Which start of the daemon took it: a count, and the kernel's id of that boot. */
  boot: number
  bootId: string
}

/** A vote as the journal keeps it, with both clocks as they were. */
export interface Vote extends Said {
  /** The press. */
  at: Instant
  /** When the vote's last piece was written. */
  recordedAt: Instant
}

/** A vote as it is told to the world: its time settled, its sequence given, and never different again. */
export interface ToldVote extends Said {
  time: Reckoned
  recordedAt: WallMs
  /** The shuffled batch that it was released in, if it was. */
  batch?: Batch
}

/** Votes that leave the terminal together, so that nobody can tell which of them was given when. */
interface Batch {
  votes: number
  /** The times of the first and of the last of them. */
  from: WallMs
  to: WallMs
}

/** The outcome that a press has before anything else is known. */
export function initialOutcome(press: Pick<Press, 'asks'>): Outcome {
  return press.asks ? 'interrupted' : 'not-asked'
}

/** A vote after one more change. */
export function applyChange(vote: Vote, change: Change, recordedAt: Instant): Vote {
  const { asks, ...fields } = change
  const outcome = change.outcome ?? (asks === undefined ? vote.outcome : initialOutcome({ asks }))
  return { ...vote, ...fields, outcome, recordedAt }
}

/** Counts of some votes. */
export interface Counts {
  votes: number
  faces: Record<Face, number>
  reasons: Record<Reason, number>
  outcomes: Record<Outcome, number>
  suppressed: number
  corrected: number
}

/** Cumulative counts of an epoch. */
export interface Totals extends Counts {
  /** The highest sequence counted; every sequence from 1 is in. */
  sequence: number
}

function zeros<K extends string>(names: readonly K[]): Record<K, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<K, number>
}

export function noVotes(): Totals {
  return { sequence: 0, ...noCounts() }
}

export function noCounts(): Counts {
  return {
    votes: 0,
    faces: zeros(faces),
    reasons: zeros(reasons),
    outcomes: zeros(outcomes),
    suppressed: 0,
    corrected: 0,
  }
}

/** The totals with one more vote in them. */
export function count(totals: Totals, vote: Counted): Totals {
  const next = copyOf(totals)
  addTo(next, vote)
  return next
}

/** What counting needs to know of a vote. */
type Counted = Pick<Said, 'sequence' | 'face' | 'reason' | 'outcome' | 'suppressed' | 'corrected'>

/** Counts a vote into totals that the caller owns: for those who count thousands. */
export function addTo(totals: Totals, vote: Counted): void {
  totals.sequence = vote.sequence
  addToCounts(totals, vote)
}

/** The same for counts that know no sequence; `times` -1 takes the vote out again. */
export function addToCounts(
  counts: Counts,
  { face, reason, outcome, suppressed, corrected }: Omit<Counted, 'sequence'>,
  times: 1 | -1 = 1,
): void {
  counts.votes += times
  counts.faces[face] += times
  if (reason) counts.reasons[reason] += times
  counts.outcomes[outcome] += times
  counts.suppressed += times * suppressed
  if (corrected) counts.corrected += times
}

export function copyOf<C extends Counts>(counts: C): C {
  const { faces, reasons, outcomes } = counts
  return { ...counts, faces: { ...faces }, reasons: { ...reasons }, outcomes: { ...outcomes } }
}

/**
 * A range of sequences that can never come, and why. Whoever has one of them already keeps it: a terminal
 * that lost its memory cannot know how far the old one had come.
 */
export interface Gap {
  epoch: string
  source: string
  from: number
  to: number
  cause: GapCause
  /** When the first record behind it was written; of what was withdrawn, when it was. */
  at: WallMs
}

/**
 * `damaged`: the bytes on the card no longer read back; `torn`: a write that a power cut interrupted;
 * `exchanged`: another journal took the place of this one, a new card for instance; `withdrawn`: the press
 * was a technician's, who begins the commissioning with the keys, and never a vote.
 */
export const gapCauses = ['damaged', 'torn', 'exchanged', 'withdrawn'] as const
export type GapCause = (typeof gapCauses)[number]

/**
 * What is left of a range of votes after the journal's bound was reached with nothing done: their counts
 * by the hour. It counts all votes of its range, so it replaces each of them that came before, and each
 * shorter summary.
 */
export interface Summary {
  epoch: string
  source: string
  from: number
  to: number
  spans: Span[]
  /** Sequences within the range that had been lost before. */
  lost: { from: number; to: number; cause: GapCause }[]
  /** When it was last added to. */
  at: WallMs
}

/** Counts of the votes of some time, an hour unless there were too many hours. */
export interface Span extends Counts {
  /** Absent where the time of the votes is not known. */
  from?: WallMs
  to?: WallMs
}
