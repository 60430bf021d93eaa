import { type Face, faces, type Reason, reasons } from '../../../src/domain/words.ts'
import type { Gathered } from '../../../src/subscriber/open-data/gather.ts'
import { each, type Row } from '../../../src/subscriber/open-data/row.ts'

/** A counter's row: votes by face and reason. */
export function counter(
  [satisfied, neutral, dissatisfied]: readonly number[],
  why: readonly number[] = [],
  served?: number,
): Row {
  const counts: Record<Face, number> = {
    satisfied: satisfied ?? 0,
    neutral: neutral ?? 0,
    dissatisfied: dissatisfied ?? 0,
  }
  const votes = faces.reduce((sum, face) => sum + counts[face], 0)
  return {
    votes,
    faces: counts,
    reasons: each(reasons, (reason: Reason) => why[reasons.indexOf(reason)] ?? 0),
    ...(served !== undefined && { served }),
    counters: [votes],
  }
}

/** One period of one municipality, given as offices of counters. */
export function onePeriod(offices: Readonly<Record<string, readonly Row[]>>): Gathered {
  const map = new Map(
    Object.entries(offices).map(([office, counters]) => [
      office,
      new Map(counters.map((row, i) => [String(i + 1), row])),
    ]),
  )
  return new Map([['2026-05-01', new Map([['c_e506', map]])]])
}
