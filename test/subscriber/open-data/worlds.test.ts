import fc from 'fast-check'
import t from 'tap'
import { faces } from '../../../src/domain/words.ts'
import { type By, linesOf } from '../../../src/subscriber/open-data/release.ts'
import { counter, onePeriod } from './tables.ts'

/**
 * An attacker who knows not only the table, but also the program and its minimum: every table that would be
 * published in exactly the same way is written down. No suppressed cell may be the same in all of them.
 */

type Cell = number | '-'

/** Votes and faces as they are published, the total first. Offices of two counters are split in halves. */
function publish(table: readonly number[], by: By, minimum: number): Cell[][] | undefined {
  const offices: Record<string, ReturnType<typeof counter>[]> = {}
  for (let at = 0; at < table.length; at += 3) {
    const row = table.slice(at, at + 3)
    const half = row.map((number) => Math.floor(number / 2))
    const rest = row.map((number, i) => number - half[i]!)
    const counters = (by === 'counter' ? [row] : [rest, half]).map((part) => counter(part))
    const open = counters.filter(({ votes }) => votes > 0)
    if (open.length === 0) return undefined
    offices[at] = open
  }
  return linesOf(onePeriod(offices), 'month', by, minimum)
    .filter(({ counter }) => counter === undefined)
    .map(({ row, shown }) => [
      shown.votes ? row.votes : '-',
      ...faces.map((face): Cell => (shown.faces.has(face) ? row.faces[face] : '-')),
    ])
}

/** Every table that has these published numbers; the total must be among them. */
function* worldsOf(published: Cell[][]): Generator<number[]> {
  const [total, ...rows] = published as [number[], ...Cell[][]]
  const columns = faces.map((_, face) => {
    const hidden = rows.flatMap((row, i) => (row[face + 1] === '-' ? [i] : []))
    const known = rows.reduce((sum, row) => sum + (row[face + 1] === '-' ? 0 : (row[face + 1] as number)), 0)
    return { hidden, ways: hidden.length === 0 ? [[]] : [...waysOf(total[face + 1]! - known, hidden.length)] }
  })
  const world = rows.flatMap((row) => row.slice(1).map((cell) => (cell === '-' ? 0 : cell)))
  for (const green of columns[0]!.ways)
    for (const yellow of columns[1]!.ways)
      for (const red of columns[2]!.ways) {
        for (const [face, way] of [green, yellow, red].entries())
          columns[face]!.hidden.forEach((row, i) => {
            world[row * 3 + face] = way[i]!
          })
        const fits = rows.every(([votes], i) => votes === '-' || votes === sum(world.slice(i * 3, i * 3 + 3)))
        if (fits) yield world
      }
}

function* waysOf(total: number, parts: number): Generator<number[]> {
  if (parts === 1) return yield [total]
  for (let first = 0; first <= total; first++)
    for (const rest of waysOf(total - first, parts - 1)) yield [first, ...rest]
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0)
}

const cases = [
  { offices: 2, max: 9, by: 'counter', runs: 150 },
  { offices: 2, max: 9, by: 'office', runs: 100 },
  { offices: 3, max: 3, by: 'counter', runs: 40 },
  { offices: 4, max: 2, by: 'counter', runs: 0 },
] as const

/** Hidden rows next to a published one that is as small as a row added for their sake: that told them once. */
const found = [
  [2, 2, 1, 2, 0, 3, 0, 1, 1],
  [1, 3, 2, 3, 2, 1, 2, 0, 0],
  [2, 3, 3, 3, 2, 3, 0, 1, 1],
  [1, 1, 0, 1, 1, 0, 1, 0, 2, 0, 1, 1],
]

for (const { offices, max, by, runs } of cases) {
  t.test(`who knows the program cannot tell a cell of ${offices} offices by ${by}`, async (t) => {
    let suppressed = 0
    const examples = found.filter((table) => table.length === offices * 3).map((table): [number[]] => [table])
    const anyTable = fc.array(fc.nat({ max }), { minLength: offices * 3, maxLength: offices * 3 })
    fc.assert(
      fc.property(anyTable, (table) => {
        const published = publish(table, by, 3)
        if (!published || published[0]!.includes('-')) return
        const text = JSON.stringify(published)
        const seen = published.slice(1).map((row) => row.map(() => new Set<number>()))
        if (!text.includes('-')) return
        for (const world of worldsOf(published)) {
          if (JSON.stringify(publish(world, by, 3)) !== text) continue
          seen.forEach((row, i) => {
            const cells = world.slice(i * 3, i * 3 + 3)
            for (const [j, cell] of [sum(cells), ...cells].entries()) row[j]!.add(cell)
          })
        }
        published.slice(1).forEach((row, i) => {
          for (const [j, cell] of row.entries()) {
            if (cell !== '-') continue
            suppressed++
            if (seen[i]![j]!.size < 2) throw new Error(`row ${i}, cell ${j} of ${text} can be told`)
          }
        })
      }),
      // What the sums promise holds always; this is tried on the same tables each time.
      { numRuns: runs + examples.length, seed: 2026, examples },
    )
    t.ok(suppressed > runs, `${suppressed} cells were attacked`)
  })
}
