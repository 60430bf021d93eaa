import t from 'tap'
import type { Edge } from '../../src/domain/press-filter.ts'
import { HeldKeys } from '../../src/panels/browser/held-keys.ts'
import { FakeClock } from '../fakes/fake-clock.ts'

function world() {
  const clock = new FakeClock({ mono: 0 })
  const edges: Edge[] = []
  const held = new HeldKeys(clock, (edge) => edges.push(edge))
  return { clock, held, said: () => edges.splice(0).map(({ key, edge, at }) => `${key} ${edge} ${at}`) }
}

t.test('a short touch is both edges at once', async (t) => {
  const { held, said } = world()
  held.touch('neutral', undefined)
  t.same(said(), ['neutral down 0', 'neutral up 0'])
})

t.test('a key that is held is down once, for as long as the page says so', async (t) => {
  const { clock, held, said } = world()
  for (let second = 0; second < 10; second++) {
    held.touch('neutral', true)
    clock.advance(1_000)
  }
  t.same(said(), ['neutral down 0'])
  held.touch('neutral', false)
  t.same(said(), ['neutral up 10000'])
  t.equal(clock.waiting, 0)
})

t.test('a page that has gone lets go of its key', async (t) => {
  const { clock, held, said } = world()
  held.touch('neutral', true)
  clock.advance(2_999)
  t.same(said(), ['neutral down 0'])
  clock.advance(1)
  t.same(said(), ['neutral up 3000'])
  held.touch('neutral', false)
  t.same(said(), [], 'what comes too late says nothing')
  held.touch('neutral', true)
  held[Symbol.dispose]()
  t.equal(clock.waiting, 0)
})
