import t from 'tap'
import { it2009 } from '../../src/domain/surveys/it-2009.ts'
import { type Key, keys } from '../../src/domain/words.ts'
import { Kiosk } from '../../src/terminal/kiosk.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FakeJournal } from '../fakes/fake-journal.ts'
import { FakeLog } from '../fakes/fake-log.ts'
import { FakePanel } from '../fakes/fake-panel.ts'
import { turns } from '../fakes/until.ts'
import { filterRules, visitRules } from './rules.ts'

/** People who hammer, and keys that break: what they can do to the votes, and what they cannot. */

const hourMs = 3_600_000

function setUp({ debounceMs = filterRules.debounceMs } = {}) {
  const clock = new FakeClock()
  const panel = new FakePanel(clock)
  const journal = new FakeJournal()
  const log = new FakeLog()
  const kiosk = new Kiosk({
    panel,
    survey: it2009,
    visitRules,
    filterRules: { ...filterRules, debounceMs },
    isOpen: () => true,
    openOutsideHours: false,
    clock,
    log,
  })
  kiosk.start()
  kiosk.attach(journal)
  const pass = async (ms: number) => {
    await turns(5)
    clock.advance(ms)
    await turns(5)
  }
  /** Does it again and again for so long; what is written gets its turn every 100 ms. */
  const every = async (periodMs: number, forMs: number, act: () => void) => {
    for (let t = 0; t < forMs; t += periodMs) {
      act()
      clock.advance(periodMs)
      if (Math.floor(t / 100) !== Math.floor((t + periodMs) / 100)) await turns(3)
    }
  }
  /** Down and up with some time in between. */
  const tap = (key: Key, forMs: number) => {
    panel.edge(key, 'down')
    clock.advance(forMs)
    panel.edge(key, 'up')
  }
  const suppressed = () => journal.totals().suppressed
  const votes = () => journal.totals().votes
  return { clock, panel, journal, log, kiosk, pass, every, tap, votes, suppressed }
}

/** A citizen comes to a panel in good order, and is thanked. */
async function citizen({ panel, pass, votes }: ReturnType<typeof setUp>, key: Key): Promise<boolean> {
  const before = votes()
  panel.edge(key, 'down')
  await pass(80)
  panel.edge(key, 'up')
  await pass(100)
  const thanked = panel.scene.at === 'thanking'
  await pass(5_000)
  return thanked && votes() === before + 1
}

t.test('hammering for seconds: one vote, and every other press is counted as suppressed', async (t) => {
  const world = setUp()
  const { every, tap, votes, suppressed, pass, panel } = world
  await every(100, 2_900, () => tap('satisfied', 50))
  await pass(5_000)
  t.equal(votes(), 1)
  // 50 ms of each press pass in addition: 150 ms from one to the next, and 3 s until the next visit.
  t.equal(suppressed(), 19)
  t.equal(panel.scene.at, 'idle')
  t.ok(await citizen(world, 'satisfied'), 'and after a second of quiet the key is anybody’s')
})

t.test('hammering for minutes: one vote; then the key is stuck until it is left alone', async (t) => {
  const world = setUp()
  const { every, tap, votes, kiosk, log, pass } = world
  await every(150, 180_000, () => tap('satisfied', 50))
  t.equal(votes(), 1)
  t.same(kiosk.stuck, ['satisfied'])
  t.match(log.of('key stuck'), [{ key: 'satisfied', why: 'restless' }])
  t.ok(kiosk.ignored > 700, `${kiosk.ignored} presses are counted as ignored`)
  t.ok(await citizen(world, 'neutral'), 'the other keys go on')
  await pass(5_000)
  t.same(kiosk.stuck, [])
  t.ok(await citizen(world, 'satisfied'))
  t.equal(log.of('key free again').length, 1)
})

t.test('hammering slowly for minutes: the votes of half a minute, and no more', async (t) => {
  const { every, tap, votes, kiosk } = setUp()
  await every(500, 600_000, () => tap('satisfied', 50))
  t.ok(votes() <= 30_000 / visitRules.lockoutMs, `${votes()} votes`)
  t.same(kiosk.stuck, ['satisfied'])
})

t.test('two faces at once: the first one counts', async (t) => {
  for (const [first, second] of [
    ['satisfied', 'dissatisfied'],
    ['dissatisfied', 'satisfied'],
  ] as const) {
    const { panel, journal, pass, clock, votes, suppressed } = setUp()
    panel.edge(first, 'down')
    clock.advance(40)
    panel.edge(second, 'down')
    await pass(100)
    panel.edge(first, 'up')
    panel.edge(second, 'up')
    await pass(30_000)
    await pass(5_000)
    t.equal(votes(), 1)
    t.equal(journal.totals().faces[first], 1)
    t.equal(journal.totals().corrected, 0)
    t.equal(suppressed(), 1)
  }
})

t.test('two faces in turn, for minutes: the votes of half a minute, and no more', async (t) => {
  const world = setUp()
  const { every, tap, votes, kiosk, clock } = world
  await every(200, 600_000, () => {
    tap('satisfied', 50)
    clock.advance(100)
    tap('dissatisfied', 50)
  })
  t.ok(votes() <= 30_000 / visitRules.lockoutMs, `${votes()} votes`)
  t.same(kiosk.stuck.toSorted(), ['dissatisfied', 'satisfied'])
  t.ok(await citizen(world, 'neutral'))
})

t.test('a stuck key: one vote, said in health and log, ignored until released', async (t) => {
  const world = setUp()
  const { panel, kiosk, log, pass, votes } = world
  let told = 0
  using _ = kiosk.onCondition(() => told++)
  panel.edge('satisfied', 'down')
  await pass(30_000)
  t.same(kiosk.stuck, ['satisfied'])
  t.same(log.of('key stuck'), [{ key: 'satisfied', why: 'held' }])
  t.equal(told, 1)
  for (let i = 0; i < 20; i++) t.ok(await citizen(world, 'neutral'), 'the other keys go on')
  await pass(hourMs)
  t.equal(votes(), 21)
  panel.edge('satisfied', 'up')
  await pass(20)
  t.same(kiosk.stuck, [])
  t.equal(told, 2)
  await pass(1_000)
  t.ok(await citizen(world, 'satisfied'))
})

t.test('a key that bounces for 50 ms at each edge: one vote, nothing suppressed', async (t) => {
  // As the technician sets the driver: the panel says how long its contacts bounce.
  for (const debounceMs of [20, 60]) {
    const { panel, clock, pass, votes, suppressed, log } = setUp({ debounceMs })
    const bounce = (last: 'down' | 'up') => {
      for (let t = 0; t < 50; t += 2) {
        panel.edge('neutral', t % 4 === 0 ? 'down' : 'up')
        clock.advance(2)
      }
      panel.edge('neutral', last)
    }
    for (let i = 0; i < 5; i++) {
      bounce('down')
      await pass(150)
      bounce('up')
      await pass(10_000)
    }
    t.same([votes(), suppressed()], [5, 0], `bounce time ${debounceMs} ms`)
    t.same(log.complaints, [])
  }
})

/** A chip that fires a thousand times a second for a minute, and for an hour does not come to rest. */
for (const [which, firing] of [
  ['one key', ['satisfied']],
  ['all keys', keys],
] as const)
  for (const debounceMs of [0, 20])
    t.test(`a broken touch chip fires on ${which}, bounce time ${debounceMs} ms`, async (t) => {
      const world = setUp({ debounceMs })
      const { panel, clock, votes, kiosk, log, journal, every } = world
      const scenes = panel.scenes.length
      let presses = 0
      const next = () => panel.press(firing[presses++ % firing.length]!)
      await every(1, 60_000, next)
      await every(100, hourMs, next)
      t.equal(votes(), 1, 'one vote')
      t.same(kiosk.stuck.toSorted(), [...firing].toSorted())
      t.equal(log.of('key stuck').length, firing.length, 'said once a key')
      t.equal(log.entries.length, firing.length)
      t.ok(panel.scenes.length - scenes < 200, `${panel.scenes.length - scenes} scenes were shown`)
      t.ok(journal.asked.length <= 5, `${journal.asked.length} times the journal was asked`)
      t.ok(clock.waiting <= 3, 'no alarms pile up')
      if (firing.length === 1) t.ok(await citizen(world, 'neutral'), 'the other keys go on')
      clock.advance(5_000)
      t.same(kiosk.stuck, [], 'mended, once it is quiet')
      t.ok(await citizen(world, 'satisfied'))
    })

t.test('a chip that fires in bursts is found out, too', async (t) => {
  const { clock, panel, votes, kiosk, pass } = setUp({ debounceMs: 0 })
  // Ten seconds of five presses a second, and two seconds of peace, for an hour.
  for (let t = 0; t < hourMs; t += 12_000) {
    for (let i = 0; i < 50; i++) {
      panel.press('satisfied')
      clock.advance(200)
    }
    await pass(2_000)
  }
  t.ok(votes() <= 5, `${votes()} votes`)
  t.same(kiosk.stuck, ['satisfied'])
})
