import fc from 'fast-check'
import t from 'tap'
import { type Node, shownNodes, withheldParts } from '../../../src/subscriber/report/withhold.ts'
import { determined } from './determined.ts'

const parts = (minimum: number, ...votes: number[]) =>
  withheldParts(
    votes.map((votes) => ({ votes, mayShow: votes >= minimum })),
    minimum,
  ).map((withheld, i) => (withheld ? '-' : votes[i]))

t.test('a small part takes another one with it', async (t) => {
  t.same(parts(30, 100, 50, 40), [100, 50, 40])
  t.same(parts(30, 100, 50, 5), [100, '-', '-'], 'the smallest of the others')
  t.same(parts(30, 100, 20, 20), [100, '-', '-'], 'two of them hide each other')
  t.same(parts(30, 100, 50, 5, 6), [100, '-', '-', '-'], 'but not if the two are too few')
  t.same(parts(30, 100, 0, 50), [100, 0, 50], 'nothing is nothing')
  t.same(parts(30, 100, 5), ['-', '-'])
  t.same(parts(30), [])
})

t.test('parts that are left out of a whole are several, and have enough votes', async (_t) => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ votes: fc.nat(80), mayShow: fc.boolean() }), { maxLength: 12 }),
      fc.integer({ min: 1, max: 60 }),
      (parts, minimum) => {
        const withheld = withheldParts(parts, minimum)
        const left = parts.filter((_, i) => withheld[i])
        const all = parts.filter(({ votes }) => votes > 0)
        const enough = left.length >= 2 && left.reduce((sum, { votes }) => sum + votes, 0) >= minimum
        return (
          parts.every(({ votes, mayShow }, i) => mayShow || votes === 0 || withheld[i]) &&
          (left.length === 0 || enough || left.length === all.length)
        )
      },
    ),
  )
})

const counter = fc.nat(90).map((votes): Node => ({ votes, parts: [] }))
const whole = (parts: Node[]): Node => ({ votes: parts.reduce((sum, { votes }) => sum + votes, 0), parts })
const office = fc.array(counter, { minLength: 1, maxLength: 4 }).map(whole)
const town = fc.array(office, { minLength: 1, maxLength: 4 }).map(whole)
const land = fc.array(town, { minLength: 1, maxLength: 3 }).map(whole)

/** All counters below a node. */
const leaves = (node: Node): Node[] => (node.parts.length === 0 ? [node] : node.parts.flatMap(leaves))
const nodes = (node: Node): Node[] => [node, ...node.parts.flatMap(nodes)]

t.test('no small counter can be computed from all that is shown', async (t) => {
  let small = 0
  let shownSomething = 0
  fc.assert(
    fc.property(land, fc.integer({ min: 1, max: 60 }), (root, minimum) => {
      const shown = shownNodes(root, minimum)
      if (shown.size > 1) shownSomething++
      const counters = leaves(root).filter(({ votes }) => votes > 0)
      const equations = nodes(root)
        .filter((node) => shown.has(node))
        .map((node) => counters.map((one) => (leaves(node).includes(one) ? 1 : 0)))
      const known = determined(equations, counters.length)
      return counters.every(({ votes }, i) => {
        if (votes >= minimum) return true
        small++
        return !known[i]
      })
    }),
    { numRuns: 300 },
  )
  t.ok(small > 500, 'there were small ones')
  t.ok(shownSomething > 150, 'and something was shown')
})

t.test('without hiding others, they could: the attacker of this test finds them', async (t) => {
  // Total, and two of three counters.
  t.same(
    determined(
      [
        [1, 1, 1],
        [1, 0, 0],
        [0, 1, 0],
      ],
      3,
    ),
    [true, true, true],
  )
  t.same(
    determined(
      [
        [1, 1, 1],
        [1, 0, 0],
      ],
      3,
    ),
    [true, false, false],
  )
})
