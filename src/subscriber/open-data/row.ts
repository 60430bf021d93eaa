import { type Face, faces, type Reason, reasons } from '../../domain/words.ts'

/** The votes of one period at a counter, an office or a municipality, before anything is held back. */
export interface Row {
  votes: number
  faces: Record<Face, number>
  reasons: Record<Reason, number>
  /** People served; absent unless a queue manager told it of every counter that took votes. */
  served?: number
  /** Votes of each counter in it, in no order. */
  counters: readonly number[]
}

/** Several rows as one. */
export function sumOf(rows: readonly Row[]): Row {
  const total = (of: (row: Row) => number) => rows.reduce((sum, row) => sum + of(row), 0)
  const served = rows.every((row) => row.served !== undefined) ? total((row) => row.served!) : undefined
  return {
    votes: total((row) => row.votes),
    faces: each(faces, (face) => total((row) => row.faces[face])),
    reasons: each(reasons, (reason) => total((row) => row.reasons[reason])),
    ...(served !== undefined && { served }),
    counters: rows.flatMap((row) => row.counters),
  }
}

export function each<Name extends string, T>(names: readonly Name[], of: (name: Name) => T): Record<Name, T> {
  return Object.fromEntries(names.map((name) => [name, of(name)])) as Record<Name, T>
}
