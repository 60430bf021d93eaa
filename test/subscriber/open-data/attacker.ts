import { type Constraint, type Model, solve } from 'yalps'
import { parseCsv } from './parse-csv.ts'

/**
 * Somebody who has the published table and a computer, and asks between which numbers each cell lies that is
 * left out. All that the table implies is put into linear constraints; a solver finds each cell's bounds.
 */

export interface Bounds {
  cell: string
  low: number
  high: number
}

type Columns = readonly string[]
const faces: Columns = ['satisfied', 'neutral', 'dissatisfied']
const reasons: Columns = ['waiting_time', 'staff_behaviour', 'must_return', 'negative_outcome']

type PublishedRow = Record<string, string>

/** The bounds of every suppressed cell of one period and municipality. */
export function attack(csv: string): Bounds[] {
  const { records } = parseCsv(csv)
  const periods = new Map<string, PublishedRow[]>()
  for (const row of records) {
    const key = `${row.period_start} ${row.municipality}`
    periods.set(key, [...(periods.get(key) ?? []), row])
  }
  return [...periods.values()].flatMap(boundsOf)
}

function boundsOf(rows: readonly PublishedRow[]): Bounds[] {
  const system = new System()
  for (const row of rows) {
    // Votes are the sum of the faces; who gives a reason was dissatisfied, here.
    system.equal(
      nameOf(row, 'votes'),
      faces.map((face) => nameOf(row, face)),
    )
    system.atMost(
      reasons.map((reason) => nameOf(row, reason)),
      nameOf(row, 'dissatisfied'),
    )
    for (const column of ['votes', ...faces, ...reasons, 'served']) {
      if (column === 'served' && row.served_status === 'unknown') continue
      const value = row[column]!
      if (value !== '') system.know(nameOf(row, column), Number(value))
      else system.unknown.add(nameOf(row, column))
    }
  }
  for (const parent of rows) {
    const children = rows.filter((row) => isChild(row, parent))
    if (children.length === 0) continue
    for (const column of ['votes', ...faces, ...reasons, 'served']) {
      if (column === 'served' && [parent, ...children].some((row) => row.served_status === 'unknown'))
        continue
      system.equal(
        nameOf(parent, column),
        children.map((row) => nameOf(row, column)),
      )
    }
  }
  return [...system.unknown].map((cell) => ({ cell, ...system.bounds(cell) }))
}

function isChild(row: PublishedRow, parent: PublishedRow): boolean {
  if (parent.level === 'municipality') return row.level === 'office'
  return parent.level === 'office' && row.level === 'counter' && row.office === parent.office
}

function nameOf(row: PublishedRow, column: string): string {
  return `${row.office}/${row.counter ?? ''}/${column}`
}

class System {
  readonly unknown = new Set<string>()
  readonly #known = new Map<string, number>()
  readonly #sums: { parts: string[]; whole: string; exact: boolean }[] = []

  know(name: string, value: number): void {
    this.#known.set(name, value)
  }

  equal(whole: string, parts: string[]): void {
    this.#sums.push({ parts, whole, exact: true })
  }

  atMost(parts: string[], whole: string): void {
    this.#sums.push({ parts, whole, exact: false })
  }

  bounds(cell: string): { low: number; high: number } {
    const low = this.#best(cell, 'minimize')
    const high = this.#best(cell, 'maximize')
    return { low: Math.round(low * 1e6) / 1e6, high: Math.round(high * 1e6) / 1e6 }
  }

  #best(cell: string, direction: 'minimize' | 'maximize'): number {
    const constraints: Record<string, Constraint> = {}
    const variables: Record<string, Record<string, number>> = {}
    for (const name of this.unknown) variables[name] = { goal: name === cell ? 1 : 0 }
    this.#sums.forEach(({ parts, whole, exact }, i) => {
      let right = 0
      const add = (name: string, factor: number) => {
        const known = this.#known.get(name)
        if (known !== undefined) right -= factor * known
        else variables[name]![`sum${i}`] = (variables[name]![`sum${i}`] ?? 0) + factor
      }
      for (const part of parts) add(part, 1)
      add(whole, -1)
      constraints[`sum${i}`] = exact ? { equal: right } : { max: right }
    })
    const model: Model = { direction, objective: 'goal', constraints, variables }
    const { status, result } = solve(model, { includeZeroVariables: true })
    if (status === 'unbounded') return direction === 'maximize' ? Number.POSITIVE_INFINITY : 0
    if (status !== 'optimal') throw new Error(`the solver says ${status} of ${cell}`)
    return result
  }
}
