import type { Summary } from '../domain/vote.ts'
import type { Position } from '../ports/journal.ts'
import type { Files } from './files.ts'

/** A place in front of a byte of a segment. */
export interface Place {
  segment: number
  offset: number
}

/** Counts that took the place of votes, and where these were. */
export interface Folded {
  summary: Summary
  /** Number of the last record in front of the first of them. */
  begin: number
  end: Position
}

/** What a reader needs of the journal that it reads while votes are being written. */
export interface Readable {
  files: Files
  directory: string
  /** The segments that are there, ascending. */
  segments(): readonly number[]
  /** Up to where everything is settled. */
  limit(): Place
  /** What is left of segments that had to go. */
  folded(): readonly Folded[]
}
