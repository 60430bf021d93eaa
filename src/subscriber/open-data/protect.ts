import { type Face, faces, reasons } from '../../domain/words.ts'
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
function hideVotes(total: Row, parts: readonly Row[], rules: Rules): Hidden {
  if (!isPublishable(total, rules)) return { rows: new Set(parts), total: true }
  const rows = new Set(parts.filter((row) => !isPublishable(row, rules) || rules.must?.get(row)?.votes))
  while (rows.size > 0 && !isCover(rows, parts, rules)) {
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
 * Whether what hidden rows come to together, which everybody can work out, hides each of them. Who knows how rows
 * are chosen knows that those added for the others' sake have no more votes than those that are shown; so the
 * sum must not come near the most that this allows.
 */
function isCover(rows: ReadonlySet<Row>, parts: readonly Row[], rules: Rules): boolean {
  if (rows.size < 2 || !isPublishable(sumOf([...rows]), rules)) return false
  const hidden = [...rows].map(({ votes }) => votes)
  const shown = parts.filter((row) => !rows.has(row)).map(({ votes }) => votes)
  return hasSlack(hidden, rules.minimum, Math.min(...shown))
}

/**
 * Whether numbers do not come near the most that they can come to: those below the minimum, and the others, none
 * of which is more than `most`.
 */
function hasSlack(numbers: readonly number[], minimum: number, most = Number.POSITIVE_INFINITY): boolean {
  // A single counter is hidden however large it is.
  if (numbers.some((number) => number >= minimum && number > most)) return true
  const each = numbers.map((number) => (number < minimum ? minimum - 1 : most))
  return sum(numbers) <= sum(each) - Math.ceil(minimum / 2)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0)
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
    const lack = lackOf({ rows, which, merged: votes, totals: inTotal ? 'others' : 'all' }, minimum)
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

/** The hidden cells of some rows. */
interface Table {
  /** Rows of which these faces are hidden, and the number of votes is known. */
  rows: ReadonlySet<Row>
  which: readonly Face[]
  /** Rows of which nothing is known but what they come to together. */
  merged: ReadonlySet<Row>
  /** Of which faces the total is known: of all, or of those that no row hides. */
  totals: 'all' | 'others'
}

/**
 * What a table lacks to be safe: more rows, or more faces. All its cells are hidden, so of each is known only
 * what the sums of its row and its column allow: the Fréchet bounds, which are sharp (A. Dobra and S. Fienberg,
 * PNAS 97, 2000, 11885–11892). They are as far apart as the smallest of these: the sum of the row, of the
 * column, of all other rows, and of all other columns. So it is enough that each sum reaches the minimum.
 */
function lackOf({ rows, merged, which, totals }: Table, minimum: number): 'none' | 'rows' | 'faces' {
  if (rows.size + merged.size === 0) return 'none'
  const one = sumOf([...merged])
  const others = faces.filter((face) => !which.includes(face))
  const both = sumOf([...rows, ...merged])
  // The merged rows are one row of the table, and alone in the columns that the other rows show.
  if (merged.size > 0 && (rows.size > 0 || totals === 'others')) {
    const inTable = which.reduce((sum, face) => sum + one.faces[face], 0)
    if (inTable < minimum || others.some((face) => one.faces[face] < minimum)) return 'faces'
  }
  if (totals === 'others') return 'none'
  if (rows.size + merged.size < 2) return 'rows'
  return (rows.size > 0 ? which : faces).some((face) => both.faces[face] < minimum) ? 'rows' : 'none'
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
  while (rows.size > 0 && !reasonsAreSafe(rows, minimum)) {
    const next = smallest(parts, rows)
    if (!next) return { rows: new Set(own), total: true }
    rows.add(next)
  }
  return { rows, total: false }
}

/**
 * In the table of rows that hide their reasons, those and “none given” come to what was dissatisfied, or to all
 * votes where other faces are asked, too. The rows' sums reach the minimum, or are hidden themselves among
 * others that do; so it is enough that each reason's sum does, and that there are two rows.
 */
function reasonsAreSafe(rows: ReadonlySet<Row>, minimum: number): boolean {
  const rest = sumOf([...rows])
  return rows.size > 1 && reasons.every((reason) => rest.reasons[reason] >= minimum)
}

/** Whether the people served that are hidden in some rows cannot be told from the total. */
function servedIsSafe(parts: readonly Row[], shown: readonly Shown[], { minimum }: Rules): boolean {
  const hidden = parts.filter((_, i) => !shown[i]!.served).map(({ served = 0 }) => served)
  if (hidden.length === 0) return true
  return hidden.length > 1 && sum(hidden) >= minimum && hasSlack(hidden, minimum)
}

/** The row with the fewest votes that is not among these, the first of several; what is lost is least there. */
function smallest(parts: readonly Row[], without: ReadonlySet<Row>): Row | undefined {
  let found: Row | undefined
  for (const row of parts) if (!without.has(row) && (!found || row.votes < found.votes)) found = row
  return found
}
