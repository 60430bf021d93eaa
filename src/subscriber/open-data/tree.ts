import { faces } from '../../domain/words.ts'
import { type Must, nothing, protect, type Shown } from './protect.ts'
import { type Row, sumOf } from './row.ts'

/** A municipality of one period with its offices, and they with their counters. Pure. */

type Counters = ReadonlyMap<string, Row>
export type Offices = ReadonlyMap<string, Counters>

/** A row with what may be shown of it. */
export interface Judged {
  /** Absent: all offices. */
  office?: string
  /** Absent: all counters. */
  counter?: string
  row: Row
  shown: Shown
}

/** The municipality first, then its offices by their names. What tells of a single counter is no office. */
export function judgeByOffice(offices: Offices, minimum: number): Judged[] {
  const branches = branchesOf(offices)
  const rows = branches.map(({ row }) => row)
  const total = sumOf(rows)
  const judged = protect(total, rows, { minimum, singles: false })
  return [
    { row: total, shown: judged.total },
    ...branches.map(({ office, row }, i) => ({ office, row, shown: judged.parts[i]! })),
  ]
}

/**
 * The same with the counters of each office behind it. What an office shows is a total for its counters: where
 * they cannot hide under it, the office must hide more, and everything is judged again.
 */
export function judgeByCounter(offices: Offices, minimum: number): Judged[] {
  const branches = branchesOf(offices)
  const rows = branches.map(({ row }) => row)
  const total = sumOf(rows)
  const must = new Map<Row, Must>()
  for (;;) {
    const outer = protect(total, rows, { minimum, singles: true, must })
    const inner = branches.map(({ row, counters }, i) =>
      judgeParts(row, outer.parts[i]!, [...counters.values()], minimum),
    )
    const stricter = branches.filter(({ row }, i) => {
      const more = inner[i]!.must
      if (more) must.set(row, { ...must.get(row), ...more })
      return more !== undefined
    })
    if (stricter.length > 0) continue
    return [
      { row: total, shown: outer.total },
      ...branches.flatMap(({ office, counters, row }, i) => [
        { office, row, shown: outer.parts[i]! },
        ...[...counters].map(([counter, part], j) => ({
          office,
          counter,
          row: part,
          shown: inner[i]!.parts[j]!,
        })),
      ]),
    ]
  }
}

/** What the counters of an office may show under what the office shows, and what it must hide for their sake. */
function judgeParts(
  office: Row,
  shown: Shown,
  counters: readonly Row[],
  minimum: number,
): { parts: Shown[]; must?: Must } {
  if (!shown.votes) return { parts: counters.map(() => nothing) }
  if (counters.length === 1) return { parts: [shown] }
  const inner = protect(office, counters, { minimum, singles: true })
  if (!inner.total.votes) return { parts: inner.parts, must: { votes: true } }
  // Two counters or more can hide the faces that they must under an office that shows all of its own.
  const showsFaces = shown.faces.size === faces.length
  if (shown.reasons && !inner.total.reasons) return { parts: inner.parts, must: { reasons: true } }
  const parts = inner.parts.map((part) => ({
    ...part,
    faces: showsFaces ? part.faces : nothing.faces,
    reasons: part.reasons && shown.reasons,
    served: part.served && shown.served && inner.total.served,
  }))
  return { parts }
}

function branchesOf(offices: Offices) {
  return sorted(offices).map(([office, counters]) => {
    const inOrder = new Map(sorted(counters))
    return { office, counters: inOrder, row: sumOf([...inOrder.values()]) }
  })
}

function sorted<T>(map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1))
}
