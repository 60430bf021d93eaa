import { type Face, faces } from '../../domain/words.ts'
import { type Row, sumOf } from './row.ts'

/** What can be told of hidden cells from the sums that are known of them. Pure. */

/** The cells of some rows that are hidden, with their sums by row and by column. */
export interface Table {
  /** Rows of which these faces are hidden, and the number of votes is known. */
  rows: ReadonlySet<Row>
  /** Rows of which nothing is known but what all of them come to together. */
  merged: ReadonlySet<Row>
  which: readonly Face[]
  /** Of which faces the total is known. */
  columns: 'all' | 'others'
}

export interface Range {
  low: number
  high: number
}

export function widthOf({ low, high }: Range): number {
  return high - low
}

/** What is left of the totals after all that is shown is taken off. */
export function leftover({ rows, merged, which }: Table): {
  columns: Record<Face, number>
  /** The hidden faces of the merged rows. */
  merged: number
  all: number
} {
  const inRows = sumOf([...rows])
  const inMerged = sumOf([...merged])
  const columns = Object.fromEntries(
    faces.map((face) => [face, inMerged.faces[face] + (which.includes(face) ? inRows.faces[face] : 0)]),
  ) as Record<Face, number>
  const merge = which.reduce((sum, face) => sum + inMerged.faces[face], 0)
  return { columns, merged: merge, all: which.reduce((sum, face) => sum + columns[face], 0) }
}

/**
 * Between what a hidden cell must lie. In a table all of whose cells are hidden and whose sums by row and
 * column are known, these bounds are sharp: each whole number between them occurs in some table with the
 * same sums (the Fréchet bounds; A. Dobra and S. Fienberg, PNAS 97, 2000, 11885–11892).
 */
export function rangeOf(table: Table, row: Row, face: Face): Range {
  const left = leftover(table)
  const column = table.columns === 'all' || !table.which.includes(face) ? left.columns[face] : undefined
  if (table.merged.has(row)) {
    const most =
      table.which.includes(face) && table.rows.size > 0 ? left.merged : sumOf([...table.merged]).votes
    return { low: 0, high: Math.min(most, column ?? most) }
  }
  const sum = table.which.reduce((all, name) => all + row.faces[name], 0)
  if (column === undefined) return { low: 0, high: sum }
  return { low: Math.max(0, sum + column - left.all), high: Math.min(sum, column) }
}
