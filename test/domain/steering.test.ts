import fc from 'fast-check'
import t from 'tap'
import { steer, steeringKeys } from '../../src/domain/steering.ts'

const places = fc
  .integer({ min: 1, max: 9 })
  .chain((count) => fc.tuple(fc.nat(count - 1), fc.constant(count)))

/** Where so many presses of a key lead. */
function after(presses: number, from: number, count: number, face: 'satisfied' | 'dissatisfied'): number {
  let chosen = from
  for (let n = 0; n < presses; n++) chosen = (steer(chosen, count, face) as { chosen: number }).chosen
  return chosen
}

t.test('on and on comes to each place once, and then round; back is the other way', async (t) => {
  fc.assert(
    fc.property(places, ([from, count]) => {
      const way = Array.from({ length: count }, (_, n) => after(n, from, count, steeringKeys.next))
      const back = Array.from({ length: count }, (_, n) => after(n, from, count, steeringKeys.back))
      t.same(way.toSorted(), [...way.keys()])
      t.equal(after(count, from, count, steeringKeys.next), from)
      t.same(back, [way[0], ...way.slice(1).reverse()])
    }),
  )
  t.equal(after(1, 0, 3, steeringKeys.next), 1)
})

t.test('choosing moves nothing', async (t) => {
  t.equal(steer(1, 3, steeringKeys.choose), 'taken')
})
