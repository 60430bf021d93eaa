import type { WallMs } from '../../domain/time.ts'
import { countsOf } from './counts-row.ts'
import type { HourCounts, Served, TerminalRecord } from './database.ts'
import { unknownHour } from './schema.ts'

/** Rows of the statements in `sql.ts`, as the port tells them. */

export function hourOfRow([source, hour, ...counts]: [string, number, ...number[]]): HourCounts {
  return { source, ...(hour !== unknownHour && { hour }), ...countsOf(counts) }
}

export type ServedColumns = [source: string, begins: WallMs, ends: WallMs, served: number]

export function servedOfRow([source, from, to, served]: ServedColumns): Served {
  return { source, from, to, served }
}

export type TerminalColumns = [
  source: string,
  votes: number,
  lastVote: number | null,
  heardAt: number,
  state: string | null,
  health: string | null,
]

export function terminalOfRow([
  source,
  votes,
  lastVote,
  heardAt,
  state,
  health,
]: TerminalColumns): TerminalRecord {
  return {
    source,
    ...(state !== null && { state: JSON.parse(state) }),
    ...(health !== null && { health: JSON.parse(health) }),
    heardAt,
    ...(lastVote !== null && { lastVote }),
    votes,
  }
}
