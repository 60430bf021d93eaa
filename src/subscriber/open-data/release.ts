import type { LocalDate, Step } from '../report/calendar.ts'
import type { Gathered } from './gather.ts'
import { periodOf } from './periods.ts'
import { type Judged, judgeByCounter, judgeByOffice } from './tree.ts'

export type By = 'office' | 'counter'

/** A row of the table, with the period and the municipality that it tells of. */
export interface Line extends Judged {
  period: { from: LocalDate; to: LocalDate }
  municipality: string
}

/**
 * What is released, in the order of periods and municipalities. Each period is judged by itself, so that it is
 * told the same way in every release that has it.
 */
export function linesOf(gathered: Gathered, step: Step, by: By, minimum: number): Line[] {
  const judge = by === 'office' ? judgeByOffice : judgeByCounter
  return sorted(gathered).flatMap(([from, municipalities]) =>
    sorted(municipalities).flatMap(([municipality, offices]) =>
      judge(offices, minimum).map((judged) => ({ period: periodOf(from, step), municipality, ...judged })),
    ),
  )
}

function sorted<T>(map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1))
}
