import t from 'tap'
import { heldTogether } from '../../src/domain/gesture.ts'
import { type Edge, type Filter, filterEdge, filterTime } from '../../src/domain/press-filter.ts'
import { keys } from '../../src/domain/words.ts'

const rules = {
  debounceMs: 30,
  stuckMs: 60_000,
  burstPresses: 5,
  burstMs: 3000,
  quietMs: 4000,
  fingerPresses: 30,
  restMs: 6000,
}

function after(...edges: Edge[]): Filter {
  return edges.reduce<Filter>((filter, edge) => filterEdge(filter, edge, rules).filter, {})
}
const down = (key: Edge['key'], at: number): Edge => ({ key, edge: 'down', at })
const up = (key: Edge['key'], at: number): Edge => ({ key, edge: 'up', at })

t.test('the two outer faces, whichever was first: since when each of them is held', async (t) => {
  t.same(heldTogether(after(down('satisfied', 100), down('dissatisfied', 700))), [100, 700])
  t.same(heldTogether(after(down('dissatisfied', 100), down('satisfied', 700))), [700, 100])
})

t.test('one alone, or one of them with another, is no gesture', async (t) => {
  t.equal(heldTogether({}), undefined)
  for (const key of keys) {
    t.equal(heldTogether(after(down(key, 0))), undefined, key)
    if (key === 'satisfied' || key === 'dissatisfied') continue
    t.equal(heldTogether(after(down('satisfied', 0), down(key, 0))), undefined, `green and ${key}`)
    t.equal(heldTogether(after(down('dissatisfied', 0), down(key, 0))), undefined, `red and ${key}`)
    const three = [down('satisfied', 0), down(key, 10), down('dissatisfied', 20)]
    t.equal(heldTogether(after(...three)), undefined, `both and ${key}: an arm`)
    t.same(heldTogether(filterTime(after(...three, up(key, 50)), 80, rules).filter), [0, 20], 'it has gone')
  }
})

t.test('a key that was let go, or is stuck, is held by nobody', async (t) => {
  const both = after(down('satisfied', 0), down('dissatisfied', 0))
  const letGo = filterEdge(both, up('satisfied', 100), rules).filter
  t.equal(heldTogether(filterTime(letGo, 130, rules).filter), undefined)
  t.equal(heldTogether(filterTime(both, rules.stuckMs, rules).filter), undefined)
})
