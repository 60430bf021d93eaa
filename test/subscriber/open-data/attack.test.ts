import fc from 'fast-check'
import t from 'tap'
import { votesColumns } from '../../../src/subscriber/open-data/columns.ts'
import { csv } from '../../../src/subscriber/open-data/csv.ts'
import type { Gathered } from '../../../src/subscriber/open-data/gather.ts'
import { type By, linesOf } from '../../../src/subscriber/open-data/release.ts'
import type { Row } from '../../../src/subscriber/open-data/row.ts'
import { attack } from './attacker.ts'
import { counter, onePeriod } from './tables.ts'

function publish(gathered: Gathered, by: By, minimum: number): string {
  const columns = votesColumns(by)
  const lines = linesOf(gathered, 'month', by, minimum)
  return csv(
    columns.map(({ name }) => name),
    lines.map((line) => columns.map(({ of }) => of(line))),
  )
}

/** Numbers near the minimum, where the trouble is, and large ones. */
const number = fc.oneof(
  { weight: 3, arbitrary: fc.nat({ max: 14 }) },
  { weight: 2, arbitrary: fc.nat({ max: 60 }) },
  { weight: 1, arbitrary: fc.nat({ max: 2000 }) },
)

const anyCounter: fc.Arbitrary<Row> = fc
  .record({
    faces: fc.tuple(number, number, number),
    shares: fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 9 }), fc.nat({ max: 9 }), fc.nat({ max: 9 })),
    silent: fc.nat({ max: 9 }),
    waited: number,
  })
  .map(({ faces, shares, silent, waited }) => {
    const all = shares.reduce((a, b) => a + b, silent) || 1
    const why = shares.map((share) => Math.floor((faces[2] * share) / all))
    const row = counter(faces, why)
    return { ...row, served: row.votes + waited }
  })
  .filter(({ votes }) => votes > 0)

const anyOffices = fc
  .array(fc.array(anyCounter, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 })
  .map((offices) => onePeriod(Object.fromEntries(offices.map((counters, i) => [`office-${i}`, counters]))))

t.test('nor where offices of one counter are all satisfied beside others with a small face', async (t) => {
  const small = [counter([300, 30, 4]), counter([300, 30, 4])]
  const gathered = onePeriod({
    a: [counter([200, 0, 1])],
    b: [counter([150, 1, 0])],
    c: small,
    d: small,
    e: [counter([100, 50, 40]), counter([100, 50, 40])],
  })
  const bounds = attack(publish(gathered, 'office', 10))
  t.ok(bounds.length > 10)
  for (const { cell, low, high } of bounds) t.ok(high - low >= 10, `${cell}: ${low} to ${high}`)
})

for (const [by, runs] of [
  ['office', 200],
  ['counter', 50],
] as const) {
  t.test(`no suppressed cell can be computed, nor narrowed below the minimum, by ${by}`, async (t) => {
    let suppressed = 0
    let published = 0
    fc.assert(
      fc.property(anyOffices, fc.constantFrom(3, 10), (gathered, minimum) => {
        const text = publish(gathered, by, minimum)
        published += text.split(',').filter((cell) => /^\d+$/.test(cell)).length
        for (const { cell, low, high } of attack(text)) {
          suppressed++
          if (high - low < minimum) throw new Error(`${cell} lies between ${low} and ${high}\n${text}`)
        }
      }),
      { numRuns: runs },
    )
    t.ok(suppressed > 500, `${suppressed} cells were attacked`)
    t.ok(published > 200, `${published} cells were published`)
  })
}
