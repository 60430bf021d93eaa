import { type Face, faces, reasons } from '../../domain/words.ts'
import { leftover, rangeOf, type Table, widthOf } from './intervals.ts'
import { type Row, sumOf } from './row.ts'

/**
 * Which cells of a total and of its parts may be shown, so that no small cell can be told from the others.
 * Pure. The method, and what it does not promise, are in README.md beside this file.
 */

/** What is shown of a row. Of the reasons all or none, since one by one they would bound each other. */
export interface Shown {
  votes: boolean
  faces: ReadonlySet<Face>
  reasons: boolean
  served: boolean
}

export interface Rules {
  /** No number of votes below this is shown or left over. */
  minimum: number
  /** Whether rows may tell of a single counter, and so of a single worker. */
  singles: boolean
  /** What the parts must hide because of their own parts, whatever their own numbers are. */
  must?: ReadonlyMap<Row, Must>
}

export interface Must {
  votes?: true
  reasons?: true
}

export interface Protected {
  total: Shown
  parts: Shown[]
}

export const nothing: Shown = { votes: false, faces: new Set(), reasons: false, served: false }

export function protect(total: Row, parts: readonly Row[], rules: Rules): Protected {
  const votes = hideVotes(total, parts, rules)
  if (votes.total) return { total: nothing, parts: parts.map(() => nothing) }
  const byFace = hideFaces(total, parts, votes.rows, rules)
  const byReason = hideReasons(total, parts, votes.rows, byFace, rules)
  const shown = (row: Row, facesHidden: boolean, reasonsHidden: boolean): Shown => ({
    votes: true,
    faces: new Set(facesHidden ? faces.filter((face) => !byFace.which.includes(face)) : faces),
    reasons: !reasonsHidden,
    served: row.served !== undefined && row.served >= rules.minimum,
  })
  const shownParts = parts.map((row) =>
    votes.rows.has(row) ? nothing : shown(row, byFace.rows.has(row), byReason.rows.has(row)),
  )
  const shownTotal = shown(total, byFace.total, byReason.total)
  return {
    total: { ...shownTotal, served: shownTotal.served && servedIsSafe(parts, shownParts, rules) },
    parts: shownParts,
  }
}

/** Rows of which something is hidden, and whether it is hidden in the total, too. */
interface Hidden {
  rows: ReadonlySet<Row>
  total: boolean
}

/** Rows of which not even the number of votes is shown. */
export function hideVotes(total: Row, parts: readonly Row[], rules: Rules): Hidden {
  if (!isPublishable(total, rules)) return { rows: new Set(parts), total: true }
  const rows = new Set(parts.filter((row) => !isPublishable(row, rules) || rules.must?.get(row)?.votes))
  while (rows.size > 0 && !isCover(rows, rules)) {
    const next = smallest(parts, rows)
    if (!next) return { rows, total: true }
    rows.add(next)
  }
  return { rows, total: false }
}

/** Whether the votes of a row may be known: enough of them, and not all but a few from one counter. */
function isPublishable({ votes, counters }: Row, { minimum, singles }: Rules): boolean {
  return votes >= minimum && (singles || votes - Math.max(...counters) >= minimum)
}

/**
 * Whether what hidden rows come to together, which everybody can work out, hides each of them. Rows that are
 * all below the minimum must not come near the most that such rows can come to.
 */
function isCover(rows: ReadonlySet<Row>, rules: Rules): boolean {
  if (rows.size < 2) return false
  const rest = sumOf([...rows])
  return (
    isPublishable(rest, rules) &&
    hasSlack(
      [...rows].map(({ votes }) => votes),
      rules.minimum,
    )
  )
}

function hasSlack(numbers: readonly number[], minimum: number): boolean {
  if (numbers.some((number) => number >= minimum)) return true
  const most = numbers.length * (minimum - 1)
  return numbers.reduce((sum, number) => sum + number, 0) <= most - Math.ceil(minimum / 2)
}

interface HiddenFaces extends Hidden {
  /** The faces that are hidden together in each of the rows: always neutral, so that this tells nothing. */
  which: readonly Face[]
}

const pair: readonly Face[] = ['neutral', 'dissatisfied']

/** Rows that show their votes, but not all faces of them. */
function hideFaces(
  total: Row,
  parts: readonly Row[],
  votes: ReadonlySet<Row>,
  { minimum }: Rules,
): HiddenFaces {
  const rows = new Set(parts.filter((row) => !votes.has(row) && needs(row, minimum) !== 'none'))
  let which = [total, ...rows].some((row) => needs(row, minimum) === 'all') ? faces : pair
  let inTotal = needs(total, minimum) !== 'none'
  for (;;) {
    const table = { rows, merged: votes, which, columns: inTotal ? 'others' : 'all' } as const
    const lack = lackOf(table, minimum)
    if (lack === 'none') return { rows, which, total: inTotal }
    const next = smallest(parts, new Set([...rows, ...votes]))
    if (which === pair && (lack === 'faces' || !next)) which = faces
    else if (next) rows.add(next)
    else if (!inTotal) inTotal = true
    else throw new Error('no way was found to hide a small cell')
  }
}

/** What a row must hide for its own numbers' sake; a pair must leave over enough to hide in. */
function needs(row: Row, minimum: number): 'none' | 'pair' | 'all' {
  const { satisfied, neutral, dissatisfied } = row.faces
  if (Math.min(satisfied, neutral, dissatisfied) >= minimum) return 'none'
  return satisfied < minimum || neutral + dissatisfied < minimum ? 'all' : 'pair'
}

/** What a table of hidden faces lacks to be safe: more rows, or more faces. */
function lackOf(table: Table, minimum: number): 'none' | 'rows' | 'faces' {
  const { rows, merged, which, columns } = table
  if (rows.size + merged.size === 0) return 'none'
  const left = leftover(table)
  if (merged.size > 0) {
    const others = faces.filter((face) => !which.includes(face))
    // Known of the merged rows alone, unless the others hide them, too.
    if (rows.size > 0 && others.some((face) => left.columns[face] < minimum)) return 'faces'
    if (rows.size > 0 && left.merged < minimum) return 'faces'
    if (rows.size === 0 && columns === 'others' && others.some((face) => left.columns[face] < minimum))
      return 'faces'
  }
  if (columns === 'others') return 'none'
  if (rows.size + merged.size < 2) return 'rows'
  const hidden = rows.size > 0 ? which : faces
  if (faces.some((face) => (merged.size > 0 || hidden.includes(face)) && left.columns[face] < minimum))
    return 'rows'
  const narrow = [...rows].some((row) => hidden.some((face) => widthOf(rangeOf(table, row, face)) < minimum))
  return narrow ? 'rows' : 'none'
}

/** Rows that do not show their reasons. */
function hideReasons(
  total: Row,
  parts: readonly Row[],
  votes: ReadonlySet<Row>,
  byFace: HiddenFaces,
  { minimum, must }: Rules,
): Hidden {
  const isSmall = (row: Row) => reasons.some((reason) => row.reasons[reason] < minimum)
  const own = parts.filter(
    (row) => votes.has(row) || byFace.rows.has(row) || isSmall(row) || must?.get(row)?.reasons === true,
  )
  if (byFace.total || isSmall(total)) return { rows: new Set(own), total: true }
  const rows = new Set(own)
  while (rows.size > 0 && !reasonsAreSafe(parts, rows, votes, byFace, minimum)) {
    const next = smallest(parts, rows)
    if (!next) return { rows: new Set(own), total: true }
    rows.add(next)
  }
  return { rows, total: false }
}

/**
 * Reasons are given by some of those who were dissatisfied (of all, where other faces are asked, too); so in
 * the table of hidden rows the reasons and those who gave none come to a number that is known of a row, or
 * lies in a range.
 */
function reasonsAreSafe(
  parts: readonly Row[],
  rows: ReadonlySet<Row>,
  votes: ReadonlySet<Row>,
  byFace: HiddenFaces,
  minimum: number,
): boolean {
  if (rows.size < 2) return false
  const given = (row: Row) => reasons.reduce((sum, reason) => sum + row.reasons[reason], 0)
  const askAll = parts.some((row) => given(row) > row.faces.dissatisfied)
  const table: Table = { rows: byFace.rows, merged: votes, which: byFace.which, columns: 'all' }
  const askedOf = (row: Row) => {
    if (askAll) {
      const known = { low: row.votes, high: row.votes }
      return votes.has(row) ? { low: 0, high: sumOf([...votes]).votes } : known
    }
    if (votes.has(row) || byFace.rows.has(row)) return rangeOf(table, row, 'dissatisfied')
    return { low: row.faces.dissatisfied, high: row.faces.dissatisfied }
  }
  const rest = sumOf([...rows])
  const all = askAll ? rest.votes : rest.faces.dissatisfied
  return reasons.every((reason) => {
    const given = rest.reasons[reason]
    return (
      given >= minimum &&
      [...rows].every((row) => {
        const { low, high } = askedOf(row)
        return Math.min(high, given) - Math.max(0, low + given - all) >= minimum
      })
    )
  })
}

/** Whether the people served that are hidden in some rows cannot be told from the total. */
function servedIsSafe(parts: readonly Row[], shown: readonly Shown[], { minimum }: Rules): boolean {
  const hidden = parts.filter((_, i) => !shown[i]!.served).map(({ served = 0 }) => served)
  if (hidden.length === 0) return true
  const sum = hidden.reduce((a, b) => a + b, 0)
  return hidden.length > 1 && sum >= minimum && hasSlack(hidden, minimum)
}

/** The row with the fewest votes that is not among these, the first of several; what is lost is least there. */
function smallest(parts: readonly Row[], without: ReadonlySet<Row>): Row | undefined {
  let found: Row | undefined
  for (const row of parts) if (!without.has(row) && (!found || row.votes < found.votes)) found = row
  return found
}
