import t from 'tap'
import type { Edge } from '../../../src/domain/press-filter.ts'
import { it2009 } from '../../../src/domain/surveys/it-2009.ts'
import { openUsbKeys } from '../../../src/panels/keys/usb-keys.ts'
import type { Keys } from '../../../src/ports/panel.ts'
import { Kiosk } from '../../../src/terminal/kiosk.ts'
import { FakeJournal } from '../../fakes/fake-journal.ts'
import { FakePanel } from '../../fakes/fake-panel.ts'
import { randomBytes } from '../../fakes/random-bytes.ts'
import { readItems } from '../../fakes/read-items.ts'
import { turns } from '../../fakes/until.ts'
import { filterRules, visitRules } from '../../terminal/rules.ts'
import { Rig } from './rig.ts'

// An emulated Arduino is as fast as a real one only where the machine has time for it.
t.setTimeout(300_000)

/* One Arduino for all of these tests. */

const pins = { satisfied: 2, neutral: 3, dissatisfied: 4, 'reason-1': 8 } as const
const profile = { device: 'auto', pins, pull: 'up', active: 'low', debounceMs: 20 } as const

const rig = new Rig(t)
const edges: Edge[] = []
let keys: Keys

t.before(async () => {
  keys = await openUsbKeys(profile, rig.context, rig.world)
  const kiosk = kioskOf(keys)
  kiosk.start()
  kiosk.attach(journal)
  const ms = await rig.runUntil(() => keys.condition().is === 'good', 5_000)
  t.ok(ms < 1_000, `the firmware is there at once (${ms} ms)`)
})

const journal = new FakeJournal()

/** The real press filter and visit, with lights and a display that need no hardware. */
function kioskOf(of: Keys): Kiosk {
  const { lights, display } = new FakePanel(rig.clock)
  const heard: Keys = {
    keys: of.keys,
    debounceMs: of.debounceMs,
    condition: () => of.condition(),
    onCondition: (listener) => of.onCondition(listener),
    listen(tell) {
      of.listen((edge) => {
        edges.push(edge)
        tell(edge)
      })
    },
    [Symbol.asyncDispose]: async () => {},
  }
  const panel = { name: 'usb', keys: heard, lights, display, async [Symbol.asyncDispose]() {} }
  return new Kiosk({
    panel,
    survey: it2009,
    visitRules,
    filterRules,
    isOpen: () => true,
    openOutsideHours: false,
    clock: rig.clock,
    log: rig.log,
  })
}

/** The votes since the last time, each visit brought to its end. */
async function votes(): Promise<string[]> {
  // The visits end by time alone, which the Arduino need not live through.
  await rig.wait(25_000)
  await turns()
  const items = await readItems(journal.reader())
  const all = items.flatMap((item) => (item.is === 'vote' ? [item.vote.face] : []))
  const fresh = all.slice(counted)
  counted = all.length
  edges.length = 0
  return fresh
}
let counted = 0

t.test('a press is an edge down and an edge up, and one vote', async (t) => {
  await rig.run(20)
  t.same(edges, [], 'nothing is pressed at the start')
  rig.avr.close(pins.satisfied)
  await rig.run(120)
  rig.avr.open(pins.satisfied)
  await rig.run(20)
  t.match(edges, [
    { key: 'satisfied', edge: 'down' },
    { key: 'satisfied', edge: 'up' },
  ])
  const [down, up] = edges
  t.ok(Math.abs(up!.at - down!.at - 120) <= 3, 'as long as it was held')
  t.same(await votes(), ['satisfied'])
})

t.test('twenty bounces are one vote', async (t) => {
  for (let i = 0; i < 20; i++) {
    rig.avr.close(pins.neutral)
    await rig.run(1)
    rig.avr.open(pins.neutral)
    await rig.run(1)
  }
  rig.avr.close(pins.neutral)
  await rig.run(80)
  rig.avr.open(pins.neutral)
  await rig.run(30)
  t.ok(edges.length > 20, `the bounces arrive as they are (${edges.length} edges)`)
  t.same(await votes(), ['neutral'])
})

t.test('a tap of 5 ms counts', async (t) => {
  rig.avr.close(pins.dissatisfied)
  await rig.run(5)
  rig.avr.open(pins.dissatisfied)
  await rig.run(30)
  t.same(await votes(), ['dissatisfied'])
})

t.test('noise on the wire is no vote, ends nothing, and leaves the keys as they were', async (t) => {
  const random = randomBytes(4711)
  for (let i = 0; i < 40; i++) {
    await rig.noise(random(100))
    await rig.run(2)
  }
  await rig.run(1_500)
  t.same(edges, [])
  t.same(await votes(), [])
  for (let i = 0; i < 10; i++) {
    rig.avr.receive(random(60))
    await rig.run(20)
  }
  await rig.runUntil(() => keys.condition().is === 'good', 12_000)
  await rig.run(3_000)
  await rig.runUntil(() => keys.condition().is === 'good', 12_000)
  t.same(await votes(), [])
  rig.avr.close(pins['reason-1'])
  rig.avr.close(pins.neutral)
  await rig.run(60)
  rig.avr.open(pins['reason-1'])
  rig.avr.open(pins.neutral)
  await rig.run(60)
  t.same(await votes(), ['neutral'], 'and a press is one')
})

t.test('a firmware that hangs is noticed within 5 s, and the panel works again after a reset', async (t) => {
  rig.avr.hang()
  const ms = await rig.runUntil(() => keys.condition().is === 'broken', 5_000)
  t.ok(ms <= 4_000, `noticed after ${ms} ms`)
  t.match(keys.condition(), { problem: /no longer answers: press its reset button/ })
  await rig.wait(20_000)
  t.match(keys.condition(), { is: 'broken', problem: /press its reset button/ })
  rig.avr.reset()
  await rig.runUntil(() => keys.condition().is === 'good', 35_000)
  rig.avr.close(pins.satisfied)
  await rig.run(60)
  rig.avr.open(pins.satisfied)
  await rig.run(30)
  t.same(await votes(), ['satisfied'])
})

t.test('unplugged and plugged in again twenty times, it works twenty times', async (t) => {
  for (let round = 1; round <= 20; round++) {
    await rig.unplug(round % 4 === 0 ? 'silently' : 'told')
    const unplugged = rig.clock.now().mono
    while (keys.condition().is === 'good' && rig.clock.now().mono < unplugged + 5_000) await rig.wait(25)
    t.match(
      keys.condition(),
      { is: 'broken', problem: /is gone|no longer answers/ },
      `round ${round}: noticed`,
    )
    const { opened } = rig
    rig.plug()
    while (rig.opened === opened && rig.clock.now().mono < unplugged + 60_000) await rig.wait(25)
    await rig.runUntil(() => keys.condition().is === 'good', 4_000)
    rig.avr.close(pins.satisfied)
    await rig.run(15)
    rig.avr.open(pins.satisfied)
    await rig.run(15)
    t.match(edges.splice(0), [{ edge: 'down' }, { edge: 'up' }], `round ${round}: works`)
    await rig.wait(5_000)
  }
  t.same(await votes(), Array(20).fill('satisfied'))
})

t.teardown(() => rig.end(keys[Symbol.asyncDispose]()))
