import fc from 'fast-check'
import t from 'tap'
import { formula, index, indexDifference, indexInterval } from '../../../src/subscriber/report/score.ts'
import {
  cohensH,
  falseDiscovery,
  greaterByChance,
  normalTail,
  shareDifference,
  wilson,
} from '../../../src/subscriber/report/statistics.ts'

const rounded = ({ low, high }: { low: number; high: number }, digits = 4) => [
  Number(low.toFixed(digits)),
  Number(high.toFixed(digits)),
]

t.test('Wilson intervals are those of Newcombe 1998, table I', async (t) => {
  t.same(rounded(wilson(81, 263)), [0.2553, 0.3662])
  t.same(rounded(wilson(15, 148)), [0.0624, 0.1605])
  t.same(rounded(wilson(0, 20)), [0, 0.1611])
  t.same(rounded(wilson(1, 29)), [0.0061, 0.1718])
  t.same(wilson(0, 0), { low: 0, high: 1 }, 'nothing is known of nobody')
  t.equal(wilson(20, 20).high, 1)
})

t.test('the interval of a difference is that of Newcombe 1998, method 10', async (t) => {
  const { value, low, high } = shareDifference({ hits: 56, n: 70 }, { hits: 48, n: 80 })
  t.equal(Number(value.toFixed(4)), 0.2)
  t.same(rounded({ low, high }), [0.0524, 0.3339])
  t.same(rounded(shareDifference({ hits: 9, n: 10 }, { hits: 3, n: 10 })), [0.1705, 0.809])
  t.same(rounded(shareDifference({ hits: 10, n: 10 }, { hits: 0, n: 10 })), [0.6075, 1])
})

t.test('the example of Benjamini and Hochberg 1995: four of fifteen', async (t) => {
  const ps = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528,
    0.759, 1,
  ]
  const adjusted = falseDiscovery(ps)
  t.equal(adjusted.filter((p) => p <= 0.05).length, 4)
  t.same(
    adjusted.slice(0, 5).map((p) => Number(p.toFixed(6))),
    [0.0015, 0.003, 0.0095, 0.035625, 0.0603],
  )
  const mixed = ps.map((_, i) => (i * 7) % ps.length)
  t.same(
    falseDiscovery(mixed.map((i) => ps[i]!)),
    mixed.map((i) => adjusted[i]!),
    'in the order given',
  )
  t.same(falseDiscovery([]), [])
})

t.test('Benjamini and Hochberg: what is found is what their step-up rule finds', async (t) => {
  const p = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(fc.array(p, { maxLength: 30 }), fc.double({ min: 0.01, max: 0.5, noNaN: true }), (ps, q) => {
      const sorted = [...ps].sort((a, b) => a - b)
      let k = 0
      sorted.forEach((p, i) => {
        if (p * ps.length <= q * (i + 1) * (1 - 1e-12)) k = i + 1
      })
      const found = falseDiscovery(ps).filter((p) => p <= q * (1 - 1e-12)).length
      // A value just at the limit may be rounded to either side.
      return (
        Math.abs(found - k) <= sorted.filter((p, i) => Math.abs((p * ps.length) / (i + 1) - q) < 1e-9).length
      )
    }),
  )
  t.pass()
})

t.test('the tail of the normal distribution', async (t) => {
  // Abramowitz and Stegun, table 26.1 and 26.2.
  for (const [z, tail] of [
    [0, 0.5],
    [1, 0.158655253931457],
    [1.959963984540054, 0.025],
    [3, 0.00134989803163],
    [4, 0.0000316712418331],
    [5, 2.86651571879e-7],
    [10, 7.61985302416e-24],
  ] as const) {
    t.ok(Math.abs(normalTail(z) / tail - 1) < 1e-10, `${z}: ${normalTail(z)}`)
    t.ok(Math.abs(normalTail(-z) - (1 - tail)) < 1e-12, `-${z}`)
  }
})

t.test('the test of two shares: its z squared is the chi-squared of the table', async (t) => {
  const [a, b, c, d] = [56, 14, 48, 32]
  const n = a + b + c + d
  const chi = (n * (a * d - b * c) ** 2) / ((a + b) * (c + d) * (a + c) * (b + d))
  const p = greaterByChance({ hits: a, n: a + b }, { hits: c, n: c + d })
  t.ok(Math.abs(p - normalTail(Math.sqrt(chi))) < 1e-12)
  t.equal(greaterByChance({ hits: 0, n: 40 }, { hits: 0, n: 40 }), 1, 'nothing to be told apart')
  t.equal(greaterByChance({ hits: 40, n: 40 }, { hits: 40, n: 40 }), 1)
  t.ok(greaterByChance({ hits: 10, n: 40 }, { hits: 20, n: 40 }) > 0.95, 'less is not greater')
})

t.test('Cohen’s h: half against a quarter is a medium effect', async (t) => {
  t.equal(cohensH(0.5, 0.25).toFixed(4), '0.5236')
  t.equal(cohensH(0.3, 0.3), 0)
})

t.test('the index', async (t) => {
  t.equal(formula, 'index = 100 × (satisfied + neutral / 2) / votes')
  t.equal(index({ satisfied: 6, neutral: 2, dissatisfied: 2 }), 70)
  t.equal(index({ satisfied: 0, neutral: 4, dissatisfied: 0 }), 50)
  t.same(index({ satisfied: 0, neutral: 0, dissatisfied: 0 }), Number.NaN)
  const many = { satisfied: 6000, neutral: 2000, dissatisfied: 2000 }
  const sd = Math.sqrt(0.6 * 0.3 ** 2 + 0.2 * 0.2 ** 2 + 0.2 * 0.7 ** 2)
  const { low, high } = indexInterval(many)
  t.ok(Math.abs(high - low - (2 * 1.96 * 100 * sd) / 100) < 0.01, 'the normal interval of a mean')
  const same = indexDifference(many, many)
  t.equal(same.value, 0)
  t.ok(Math.abs(same.high - (high - 70) * Math.SQRT2) < 1e-9)
  const sure = indexInterval({ satisfied: 30, neutral: 0, dissatisfied: 0 })
  t.ok(sure.high === 100 && sure.low > 88 && sure.low < 96, `thirty equal faces leave a doubt: ${sure.low}`)
})

t.test('the interval of the index holds what it promises, exactly computed for thirty votes', async (t) => {
  const n = 30
  const logs = [0]
  for (let i = 1; i <= n; i++) logs.push(logs[i - 1]! + Math.log(i))
  for (const [p, q] of [
    [0.6, 0.2],
    [0.8, 0.15],
    [0.9, 0.08],
    [0.3, 0.4],
    [0.34, 0.33],
  ] as const) {
    const truth = 100 * (p + q / 2)
    let held = 0
    for (let satisfied = 0; satisfied <= n; satisfied++) {
      for (let neutral = 0; neutral <= n - satisfied; neutral++) {
        const dissatisfied = n - satisfied - neutral
        const { low, high } = indexInterval({ satisfied, neutral, dissatisfied })
        if (truth < low || truth > high) continue
        const ways = logs[n]! - logs[satisfied]! - logs[neutral]! - logs[dissatisfied]!
        held += Math.exp(
          ways + satisfied * Math.log(p) + neutral * Math.log(q) + dissatisfied * Math.log(1 - p - q),
        )
      }
    }
    t.ok(held > 0.93, `${p} ${q}: ${held.toFixed(3)}`)
  }
})
