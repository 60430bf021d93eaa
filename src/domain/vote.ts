import type { Instant, WallMs } from './time.ts'
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

/** A vote as it is told to the world: complete, and never different again. */
export interface Vote {
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
  /** The press. */
  at: Instant
  /** When the vote's last piece was written, by the wall clock. */
  recordedAt: WallMs
  /** Which start of the daemon took it: a count, and the kernel's id of that boot. */
  boot: number
  bootId: string
}

/** The outcome that a press has before anything else is known. */
export function initialOutcome(press: Pick<Press, 'asks'>): Outcome {
  return press.asks ? 'interrupted' : 'not-asked'
}

/** A vote after one more change. */
export function applyChange(vote: Vote, change: Change, recordedAt: WallMs): Vote {
  const { asks, ...fields } = change
  const outcome = change.outcome ?? (asks === undefined ? vote.outcome : initialOutcome({ asks }))
  return { ...vote, ...fields, outcome, recordedAt }
}

/** Cumulative counts of an epoch. */
export interface Totals {
  /** The highest sequence counted; every sequence from 1 is in. */
  sequence: number
  votes: number
  faces: Record<Face, number>
  reasons: Record<Reason, number>
  outcomes: Record<Outcome, number>
  suppressed: number
  corrected: number
}

function zeros<K extends string>(names: readonly K[]): Record<K, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<K, number>
}

export function noVotes(): Totals {
  return {
    sequence: 0,
    votes: 0,
    faces: zeros(faces),
    reasons: zeros(reasons),
    outcomes: zeros(outcomes),
    suppressed: 0,
    corrected: 0,
  }
}

/** The totals with one more vote in them. */
export function count(totals: Totals, vote: Vote): Totals {
  const next = copyOf(totals)
  addTo(next, vote)
  return next
}

/** Counts a vote into totals that the caller owns: for those who count thousands. */
export function addTo(
  totals: Totals,
  { sequence, face, reason, outcome, suppressed, corrected }: Vote,
): void {
  totals.sequence = sequence
  totals.votes++
  totals.faces[face]++
  if (reason) totals.reasons[reason]++
  totals.outcomes[outcome]++
  totals.suppressed += suppressed
  if (corrected) totals.corrected++
}

export function copyOf(totals: Totals): Totals {
  const { faces, reasons, outcomes } = totals
  return { ...totals, faces: { ...faces }, reasons: { ...reasons }, outcomes: { ...outcomes } }
}

/** A range of sequences that can never come, and why. */
export interface Gap {
  epoch: string
  source: string
  from: number
  to: number
  cause: GapCause
  /** When the first record behind it was written. */
  at: WallMs
}

/** `damaged`: the bytes on the card no longer read back; `torn`: a write that a power cut interrupted. */
export const gapCauses = ['damaged', 'torn'] as const
export type GapCause = (typeof gapCauses)[number]
