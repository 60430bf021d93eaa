import fc from 'fast-check'
import t from 'tap'
import {
  type Edge,
  type Filter,
  type FilterRules,
  filterDeadline,
  filterEdge,
  filterTime,
  stuckKeys,
  type Verdict,
} from '../../src/domain/press-filter.ts'
import { type Key, keys } from '../../src/domain/words.ts'

const rules: FilterRules = {
  debounceMs: 30,
  stuckMs: 10_000,
  burstPresses: 5,
  burstMs: 3000,
  quietMs: 4000,
  fingerPresses: 30,
  restMs: 6000,
}

/** A panel's keys with a shell around the filter that rings at every deadline, as the kiosk does. */
function panel(own: Partial<FilterRules> = {}) {
  const told = { ...rules, ...own }
  let filter: Filter = {}
  const said: (Verdict & { at: number })[] = []
  const hear = (at: number, { filter: next, verdicts }: { filter: Filter; verdicts: Verdict[] }) => {
    filter = next
    said.push(...verdicts.map((verdict) => ({ ...verdict, at })))
    return verdicts
  }
  /** Rings at each deadline up to `now`. */
  const until = (now: number) => {
    for (let at = filterDeadline(filter, told); at !== undefined && at <= now; ) {
      hear(at, filterTime(filter, at, told))
      at = filterDeadline(filter, told)
    }
  }
  const edge = (edge: Edge['edge'], at: number, key: Key = 'satisfied') => {
    until(at)
    return hear(at, filterEdge(filter, { key, edge, at }, told))
  }
  return {
    down: (at: number, key?: Key) => edge('down', at, key),
    up: (at: number, key?: Key) => edge('up', at, key),
    /** A clean press, held for 80 ms. */
    tap: (at: number, key?: Key) => {
      const verdicts = edge('down', at, key)
      edge('up', at + 80, key)
      return verdicts
    },
    until,
    /** The same without a shell that rings. */
    unattended: (edge: Edge['edge'], at: number, key: Key = 'satisfied') =>
      hear(at, filterEdge(filter, { key, edge, at }, told)),
    deadline: () => filterDeadline(filter, told),
    stuck: () => stuckKeys(filter),
    presses: () => said.filter((verdict) => verdict.say === 'press').map(({ at }) => at),
    said: (...which: Verdict['say'][]) =>
      said.filter(({ say }) => which.includes(say)).map(({ say, at }) => [say, at]),
  }
}

const press = (key: Key, repeat = false) => ({ say: 'press', key, repeat })
const ignored = (why: 'bounce' | 'stuck') => ({ say: 'ignored', key: 'satisfied', why })

t.test('bounces', async (t) => {
  t.test('a clean press counts at once, and its release says nothing', async (t) => {
    const p = panel()
    t.same(p.down(100), [press('satisfied')])
    t.same(p.up(200), [])
    p.until(1000)
    t.same(p.presses(), [100])
    t.equal(p.deadline(), undefined)
  })

  t.test('a train of bounces on the press is one press', async (t) => {
    const p = panel()
    t.same(p.down(0), [press('satisfied')])
    for (const at of [1, 3, 7]) {
      t.same(p.up(at), [])
      t.same(p.down(at + 1), [ignored('bounce')])
    }
    p.up(150)
    p.until(1000)
    t.same(p.presses(), [0])
  })

  t.test('a train of bounces on the release is no press', async (t) => {
    const p = panel()
    p.down(0)
    p.up(150)
    for (const at of [152, 155, 170, 190]) {
      t.same(p.down(at), [ignored('bounce')])
      p.up(at + 2)
    }
    p.until(1000)
    t.same(p.presses(), [0])
    t.same(p.down(1000), [press('satisfied')], 'and the key works again')
  })

  t.test('a tap of 5 ms is a press', async (t) => {
    const p = panel()
    t.same(p.down(0), [press('satisfied')])
    p.up(5)
    t.equal(p.deadline(), 35)
    p.until(35)
    t.equal(p.deadline(), undefined)
    t.same(p.down(36), [press('satisfied')])
  })

  t.test('a contact that bounces for 50 ms, longer than the bounce time, is one press', async (t) => {
    const p = panel()
    for (let at = 0; at < 50; at += 2) at % 4 === 0 ? p.down(at) : p.up(at)
    p.down(51)
    p.up(300)
    for (let at = 301; at < 350; at += 2) at % 4 === 1 ? p.down(at) : p.up(at)
    p.up(350)
    p.until(1000)
    t.same(p.presses(), [0])
  })

  t.test('exactly the bounce time of quiet is a release', async (t) => {
    const p = panel()
    p.down(0)
    p.up(10)
    t.same(p.unattended('down', 39), [ignored('bounce')])
    p.up(100)
    t.same(p.unattended('down', 130), [press('satisfied')])
  })

  t.test('an edge that repeats, or a release without a press, changes nothing', async (t) => {
    const p = panel()
    t.same(p.up(0), [])
    t.same(p.down(10), [press('satisfied')])
    t.same(p.down(500), [ignored('bounce')])
    t.same(p.up(600), [])
    t.same(p.up(620), [])
    p.until(700)
    t.same(p.presses(), [10])
  })

  t.test('each key for itself', async (t) => {
    const p = panel()
    t.same(p.down(0, 'satisfied'), [press('satisfied')])
    t.same(p.down(1, 'dissatisfied'), [press('dissatisfied')])
    p.up(50, 'satisfied')
    t.same(p.down(100, 'satisfied'), [press('satisfied')], 'while the other one is held')
  })
})

t.test('stuck', async (t) => {
  t.test('1,000 edges a second for a minute: one press, then stuck', async (t) => {
    const p = panel()
    let edges = 0
    for (let at = 0; at < 60_000; at += 2) {
      p.down(at)
      p.up(at + 1)
      edges += 2
    }
    t.equal(edges, 60_000)
    t.same(p.presses(), [0])
    t.same(p.said('stuck', 'unstuck'), [['stuck', 10_000]])
    t.same(p.stuck(), ['satisfied'])
    p.until(70_000)
    t.same(p.said('unstuck'), [['unstuck', 59_999 + 6000]], 'mended, once it has come to rest')
    t.same(p.down(72_000), [press('satisfied')])
    p.unattended('down', 72_010, 'neutral')
    t.same(p.unattended('down', 81_999), [ignored('bounce')], 'not stuck yet')
    t.same(p.unattended('down', 82_000), [
      { say: 'stuck', key: 'satisfied', why: 'restless' },
      ignored('stuck'),
    ])
  })

  t.test('held down: stuck at its deadline, mended by its release', async (t) => {
    const p = panel()
    p.down(0)
    t.equal(p.deadline(), 10_000)
    p.until(9999)
    t.same(p.stuck(), [])
    p.until(10_000)
    t.same(p.stuck(), ['satisfied'])
    t.equal(p.deadline(), undefined, 'nothing more until it moves')
    t.same(p.down(20_000), [ignored('stuck')])
    t.same(p.up(30_000), [])
    t.equal(p.deadline(), 30_030)
    t.same(p.down(30_010), [ignored('stuck')], 'a bounce of the release')
    p.up(30_020)
    p.until(31_000)
    t.same(p.said('stuck', 'unstuck'), [
      ['stuck', 10_000],
      ['unstuck', 30_050],
    ])
    t.same(p.down(36_000), [press('satisfied')])
    t.same(p.presses(), [0, 36_000])
  })

  t.test('one stuck key leaves the others alone', async (t) => {
    const p = panel()
    p.down(0, 'neutral')
    p.until(15_000)
    t.same(p.stuck(), ['neutral'])
    t.same(p.down(15_001), [press('satisfied')])
  })

  t.test('without a bell in between, the next edge says it', async (t) => {
    const p = panel()
    p.unattended('down', 0)
    t.same(p.unattended('up', 12_000), [{ say: 'stuck', key: 'satisfied', why: 'held' }])
    t.same(p.unattended('down', 17_000), [{ say: 'unstuck', key: 'satisfied' }, press('satisfied')])
  })

  t.test('a press that was let go in time is not stuck, however late anybody looks', async (t) => {
    const p = panel()
    p.unattended('down', 0)
    p.unattended('up', 9000)
    t.same(p.unattended('down', 60_000), [press('satisfied')])
    t.same(p.said('stuck'), [])
  })

  t.test('let go at the last moment: it has not come to rest yet, and is not stuck', async (t) => {
    const p = panel()
    p.down(0)
    p.up(9_990)
    t.same(p.unattended('down', 10_005), [ignored('bounce')])
  })

  t.test('held still for as long as a key is left alone, it is held, and not restless', async (t) => {
    for (const [moved, why] of [
      [6_000, 'held'],
      [6_001, 'restless'],
    ] as const) {
      const p = panel()
      p.down(0)
      p.up(5_990)
      p.down(moved)
      t.same(p.unattended('up', 10_000), [{ say: 'stuck', key: 'satisfied', why }])
    }
  })

  t.test('of a key at rest the passing of time has nothing to say', async (t) => {
    const { filter } = filterEdge({}, { key: 'skip', edge: 'down', at: 0 }, rules)
    const released = filterEdge(filter, { key: 'skip', edge: 'up', at: 100 }, rules).filter
    t.same(filterTime(released, 3_600_000, rules).verdicts, [])
  })
})

t.test('restless', async (t) => {
  const stuck = [{ say: 'stuck', key: 'satisfied', why: 'restless' }, ignored('stuck')]

  t.test('faster than any finger: stuck at once, whatever the bounce time', async (t) => {
    for (const debounceMs of [0, 1]) {
      const p = panel({ debounceMs })
      for (let at = 0; at < 300_000; at += 20) {
        p.down(at)
        p.up(at + 1)
      }
      t.equal(p.presses().length, 30)
      t.same(p.said('stuck', 'unstuck'), [['stuck', 600]], 'and nothing more')
    }
  })

  t.test('as fast as a finger can, it is hammering and no more', async (t) => {
    const p = panel()
    for (let at = 0; at < 9_000; at += 100) {
      const [verdict] = p.down(at)
      p.up(at + 40)
      t.equal(verdict?.say, 'press')
    }
  })

  t.test('pressed again and again for as long as a held key gets stuck', async (t) => {
    for (const everyMs of [200, 600, 3000]) {
      const p = panel()
      for (let at = 0; at < 10_000; at += everyMs) t.equal(p.tap(at)[0]?.say, 'press')
      const at = Math.ceil(10_000 / everyMs) * everyMs
      t.same(p.down(at), stuck, `every ${everyMs} ms`)
      p.up(at + 80)
      t.same(p.tap(at + everyMs), [ignored('stuck')])
      t.equal(p.deadline(), at + everyMs + 80 + 6000)
    }
  })

  t.test('with pauses too short: what they take back does not make up for it', async (t) => {
    const p = panel()
    let at = 0
    // Each time 8 s of presses, then a pause of 4.1 s from the last release.
    for (let round = 0; round < 5; round++, at += 4_180) {
      for (const end = at + 8_000; at < end; at += 500) p.tap(at)
      at -= 500
    }
    t.equal(p.said('stuck').length, 1)
  })

  t.test('as seldom as people come it is never broken', async (t) => {
    const p = panel()
    for (let at = 0; at < 3_600_000; at += 4_100) t.same(p.tap(at), [press('satisfied')])
  })

  t.test('held with a tremble: what is longer than the bounce time is no release', async (t) => {
    const p = panel()
    for (let at = 0; at <= 9_000; at += 1_000) {
      p.down(at)
      p.up(at + 950)
    }
    t.same(p.down(10_000), stuck)
  })

  t.test('a key that was held, and comes loose for a moment, is not released by that', async (t) => {
    const p = panel()
    p.down(0)
    p.until(10_000)
    p.up(20_000)
    t.same(p.down(20_100), [...stuck])
    t.same(p.said('stuck', 'unstuck'), [
      ['stuck', 10_000],
      ['unstuck', 20_030],
      ['stuck', 20_100],
    ])
  })

  t.test('free once it has come to rest, and as good as new', async (t) => {
    const p = panel()
    for (let at = 0; at <= 10_000; at += 200) p.tap(at)
    t.same(p.stuck(), ['satisfied'])
    t.same(p.tap(10_080 + 5_999), [ignored('stuck')], 'not for long enough')
    const quiet = 16_079 + 80
    p.until(quiet + 5_999)
    t.same(p.stuck(), ['satisfied'])
    p.until(quiet + 6_000)
    t.same(p.stuck(), [])
    t.equal(p.deadline(), undefined)
    t.same(p.tap(quiet + 6_001), [press('satisfied')])
    t.same(p.tap(quiet + 6_201), [press('satisfied')], 'not hammered')
  })

  t.test('while its contact is closed it is not at rest', async (t) => {
    const p = panel()
    for (let at = 0; at <= 10_000; at += 200) p.tap(at)
    p.down(10_200)
    t.equal(p.deadline(), undefined)
    p.until(3_600_000)
    t.same(p.stuck(), ['satisfied'])
  })

  t.test('the other keys go on', async (t) => {
    const p = panel()
    for (let at = 0; at <= 10_000; at += 200) p.tap(at)
    t.same(p.tap(10_001, 'neutral'), [press('neutral')])
  })
})

t.test('hammering', async (t) => {
  t.test('more presses than a burst may have are repeats', async (t) => {
    const p = panel()
    const repeats = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => p.tap(1_000_000 + i * 200)[0])
    t.same(
      repeats,
      [false, false, false, false, false, true, true, true].map((repeat) => press('satisfied', repeat)),
    )
  })

  t.test('as many presses, more slowly, are none', async (t) => {
    const p = panel()
    for (let at = 0; at < 10_000; at += 600) t.same(p.tap(at), [press('satisfied')])
  })

  t.test('once hammered, slower presses are repeats too, until the key is left alone', async (t) => {
    const p = panel()
    for (let i = 0; i < 6; i++) p.tap(i * 200)
    t.same(p.tap(1000 + 3999), [press('satisfied', true)], 'not yet quiet for long enough')
    t.same(p.tap(4999 + 3999), [press('satisfied', true)], 'each press asks for quiet anew')
    t.same(p.tap(8998 + 80 + 4000), [press('satisfied')], 'quiet')
    t.same(p.tap(13_078 + 200), [press('satisfied')], 'and forgotten')
  })

  t.test('after the quiet a key is new, even where a burst is measured over a longer time', async (t) => {
    const p = panel({ burstMs: 3000, quietMs: 1000 })
    for (let i = 0; i < 6; i++) p.tap(i * 200)
    t.same(p.tap(1000 + 80 + 1000), [press('satisfied')], 'left alone for quietMs')
  })

  t.test('a finger that still holds the key does not leave it alone', async (t) => {
    const p = panel()
    for (let i = 0; i < 6; i++) p.tap(i * 200)
    p.down(1200)
    p.up(1200 + 4500)
    t.same(p.down(1200 + 4600), [press('satisfied', true)], 'released 100 ms ago')
  })

  t.test('bounces are no hammering', async (t) => {
    const p = panel()
    p.down(0)
    for (let at = 1; at < 40; at += 2) {
      p.up(at)
      p.down(at + 1)
    }
    p.up(200)
    t.same(p.tap(400), [press('satisfied')])
  })

  t.test('another key is not hammered with it', async (t) => {
    const p = panel()
    for (let i = 0; i < 8; i++) p.tap(i * 200)
    t.same(p.tap(1700, 'neutral'), [press('neutral')])
  })

  t.test('the memory of presses has a bound', async (t) => {
    let filter: Filter = {}
    for (let i = 0; i < 1000; i++) {
      filter = filterEdge(filter, { key: 'neutral', edge: 'down', at: i * 100 }, rules).filter
      filter = filterEdge(filter, { key: 'neutral', edge: 'up', at: i * 100 + 50 }, rules).filter
    }
    t.ok(filter.neutral!.presses.length <= rules.fingerPresses + 1)
  })
})

t.test('deadlines', async (t) => {
  t.equal(filterDeadline({}, rules), undefined, 'none, where nothing was pressed')
  const p = panel()
  p.down(100)
  t.equal(p.deadline(), 10_100, 'held: stuck')
  p.up(200)
  t.equal(p.deadline(), 230, 'let go: released')
  p.down(210)
  t.equal(p.deadline(), 10_100, 'a bounce: stuck, counted from the press')
  p.up(220)
  p.down(225, 'neutral')
  t.equal(p.deadline(), 250, 'the earliest of all keys')
  p.until(250)
  t.equal(p.deadline(), 10_225)
})

t.test('what arrives is not changed', async (t) => {
  const { filter } = filterEdge({}, { key: 'skip', edge: 'down', at: 0 }, rules)
  const copy = structuredClone(filter)
  filterEdge(filter, { key: 'skip', edge: 'up', at: 5 }, rules)
  filterTime(filter, 20_000, rules)
  t.same(filter, copy)
})

t.test('properties', async (t) => {
  const train = (minGapMs: number) =>
    fc.array(
      fc.record({
        key: fc.constantFrom<Key>('satisfied', 'neutral', 'skip'),
        edge: fc.constantFrom<Edge['edge']>('down', 'up'),
        gap: fc.oneof(
          fc.integer({ min: minGapMs, max: minGapMs + 40 }),
          fc.integer({ min: minGapMs, max: 15_000 }),
        ),
      }),
      { maxLength: 80, size: 'max' },
    )
  const holds = (
    what: string,
    minGapMs: number,
    check: (edges: Edge[], said: Verdict[][]) => boolean,
    own: Partial<FilterRules> = {},
  ) =>
    t.test(what, async (t) => {
      fc.assert(
        fc.property(train(minGapMs), fc.boolean(), (steps, rings) => {
          const p = panel(own)
          let at = 0
          const edges: Edge[] = []
          const said = steps.map(({ key, edge, gap }) => {
            at += gap
            edges.push({ key, edge, at })
            if (rings) p.until(at)
            return p.unattended(edge, at, key)
          })
          return check(edges, said)
        }),
        { numRuns: 500 },
      )
      t.pass('in every run')
    })
  const pressesIn = (verdicts: Verdict[]) => verdicts.filter((verdict) => verdict.say === 'press')

  holds('never more presses than down edges, and only on them', 0, (edges, said) =>
    said.every((verdicts, i) => {
      const presses = pressesIn(verdicts)
      return (
        presses.length <= (edges[i]!.edge === 'down' ? 1 : 0) && presses.every((p) => p.key === edges[i]!.key)
      )
    }),
  )

  holds('every down edge gets exactly one answer', 0, (edges, said) =>
    said.every((verdicts, i) => {
      const answers = verdicts.filter((verdict) => verdict.say === 'press' || verdict.say === 'ignored')
      return answers.length === (edges[i]!.edge === 'down' ? 1 : 0)
    }),
  )

  const noPressLost = (edges: Edge[], said: Verdict[][]) => {
    const held = new Map<Key, boolean>()
    return edges.every(({ key, edge }, i) => {
      const fresh = edge === 'down' && held.get(key) !== true
      held.set(key, edge === 'down')
      return pressesIn(said[i]!).length === (fresh ? 1 : 0)
    })
  }
  holds('no press is lost where edges are the bounce time apart', rules.debounceMs, noPressLost, {
    stuckMs: Number.MAX_SAFE_INTEGER,
    fingerPresses: 100,
  })

  t.test('a key that is never left alone presses no more once it has done so for long', async (t) => {
    const gaps = fc.array(fc.integer({ min: 0, max: rules.quietMs - 1 }), { maxLength: 60, size: 'max' })
    fc.assert(
      fc.property(gaps, (gaps) => {
        const p = panel()
        let at = 0
        for (const [i, gap] of gaps.entries()) {
          i % 2 === 0 ? p.down(at) : p.up(at)
          at += gap
        }
        return p.presses().every((time) => time < rules.stuckMs)
      }),
    )
    t.pass('in every run')
  })

  t.test('stuck and unstuck take turns, and nothing is pressed in between', async (t) => {
    fc.assert(
      fc.property(train(0), (steps) => {
        const p = panel()
        let at = 0
        for (const { edge, gap } of steps) {
          at += gap
          edge === 'down' ? p.down(at) : p.up(at)
        }
        const words = p.said('press', 'stuck', 'unstuck').map(([say]) => say)
        return !/\bstuck (press|stuck)\b/.test(words.join(' ').replaceAll('unstuck', 'mended'))
      }),
    )
    t.pass('in every run')
  })

  t.test('a broken key that has come to rest is as good as new', async (t) => {
    fc.assert(
      fc.property(train(0), (steps) => {
        const mended = panel()
        for (let at = 0; at <= rules.stuckMs; at += 200) mended.tap(at)
        const fresh = panel()
        let at = rules.stuckMs + 80 + rules.restMs
        mended.until(at)
        return steps.every(({ key, edge, gap }) => {
          at += gap
          const [one, other] = [mended, fresh].map((p) => (edge === 'down' ? p.down(at, key) : p.up(at, key)))
          return JSON.stringify(one) === JSON.stringify(other)
        })
      }),
    )
    t.pass('in every run')
  })

  t.test('after its deadlines every key that is let go is at rest', async (t) => {
    fc.assert(
      fc.property(train(0), (steps) => {
        const p = panel()
        let at = 0
        for (const { key, edge, gap } of steps) {
          at += gap
          edge === 'down' ? p.down(at, key) : p.up(at, key)
        }
        for (const key of keys) p.up(at, key)
        p.until(at + rules.restMs)
        return p.deadline() === undefined && p.stuck().length === 0
      }),
    )
    t.pass('in every run')
  })
})
