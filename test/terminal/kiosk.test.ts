import t from 'tap'
import { it2009 } from '../../src/domain/surveys/it-2009.ts'
import type { Instant } from '../../src/domain/time.ts'
import type { ToldVote } from '../../src/domain/vote.ts'
import type { Journal } from '../../src/ports/journal.ts'
import { Kiosk } from '../../src/terminal/kiosk.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FakeJournal } from '../fakes/fake-journal.ts'
import { FakeLog } from '../fakes/fake-log.ts'
import { FakePanel } from '../fakes/fake-panel.ts'
import { readItems } from '../fakes/read-items.ts'
import { turns } from '../fakes/until.ts'
import { filterRules, visitRules } from './rules.ts'

interface Options {
  isOpen?: (now: Instant) => boolean | undefined
  openOutsideHours?: boolean
  attach?: boolean
  clock?: FakeClock
}

function setUp({
  isOpen = () => true,
  openOutsideHours = false,
  attach = true,
  clock = new FakeClock(),
}: Options = {}) {
  const panel = new FakePanel(clock)
  const journal = new FakeJournal()
  const log = new FakeLog()
  const kiosk = new Kiosk({
    panel,
    survey: it2009,
    visitRules,
    filterRules,
    isOpen,
    openOutsideHours,
    clock,
    log,
  })
  kiosk.start()
  if (attach) kiosk.attach(journal)
  /** Time passes, and whatever is being written gets its turn before and after. */
  const pass = async (ms: number) => {
    await turns()
    clock.advance(ms)
    await turns()
  }
  return { clock, panel, journal, log, kiosk, pass }
}

/** Everything that is settled, in order. */
async function votes(journal: Journal): Promise<ToldVote[]> {
  const items = await readItems(journal.reader())
  return items.flatMap((item) => (item.is === 'vote' ? [item.vote] : []))
}

t.test('the light answers the finger before the disk, the thank-you comes after it', async (t) => {
  const { panel, journal, pass, clock } = setUp()
  const release = journal.stall()
  panel.press('satisfied')
  t.equal(panel.scene.at, 'recording')
  t.equal(panel.scene.lights.satisfied, 'pressed')
  t.equal(panel.scenes.at(-1)?.at, clock.now().mono, 'in the same moment')
  await pass(4_000)
  t.equal(panel.scene.at, 'recording', 'no thanks while the disk has not answered')
  release()
  await turns()
  t.equal(panel.scene.at, 'thanking')
  t.equal(journal.totals().votes, 0, 'nothing is settled during the visit')
  await pass(1_500)
  t.equal(panel.scene.at, 'idle')
  t.match(await votes(journal), [
    { face: 'satisfied', outcome: 'not-asked', withinHours: true, suppressed: 0 },
  ])
  t.same(panel.path, ['fault', 'idle', 'recording', 'thanking', 'idle'])
  t.same(
    panel.lit,
    panel.scenes.map(({ scene }) => scene),
    'what is lit is what is shown',
  )
})

t.test('a correction joins the same vote', async (t) => {
  const { panel, journal, pass } = setUp()
  panel.press('satisfied')
  await pass(1_000)
  t.equal(panel.scene.at, 'thanking')
  panel.press('neutral')
  t.equal(panel.scene.lights.neutral, 'pressed')
  await pass(3_000)
  t.match(await votes(journal), [{ sequence: 1, face: 'neutral', corrected: true, outcome: 'not-asked' }])
  t.same(
    journal.asked.map(({ to }) => to),
    ['record', 'amend', 'settle'],
  )
})

t.test('how asking ends is written before the thank-you', async (t) => {
  const endings = {
    'reason-2': { reason: 'staff-behaviour', outcome: 'selected' },
    skip: { outcome: 'skipped' },
    none: { outcome: 'timed-out' },
  } as const
  for (const [key, expected] of Object.entries(endings)) {
    const { panel, journal, pass } = setUp()
    panel.press('dissatisfied')
    await pass(100)
    t.equal(panel.scene.at, 'asking')
    const release = journal.stall()
    if (key === 'none') await pass(20_000)
    else panel.press(key as keyof typeof endings & ('reason-2' | 'skip'))
    await turns()
    t.equal(panel.scene.at, 'recording')
    release()
    await turns()
    t.equal(panel.scene.at, 'thanking')
    await pass(3_000)
    const [vote, ...more] = await votes(journal)
    t.match(vote, { face: 'dissatisfied', ...expected })
    t.equal(vote?.reason, 'reason' in expected ? expected.reason : undefined)
    t.same(more, [])
  }
})

t.test('presses that do not count are counted as suppressed, and written', async (t) => {
  const { panel, journal, pass } = setUp()
  panel.press('satisfied')
  for (let i = 0; i < 3; i++) {
    await pass(500)
    panel.press('satisfied')
  }
  await pass(3_000)
  t.match(await votes(journal), [{ suppressed: 3, face: 'satisfied' }])
})

t.test('the disk refuses: the citizen is told, and the next press tries again', async (t) => {
  const { panel, journal, pass, log } = setUp()
  journal.failNext(new Error('EIO'))
  panel.press('satisfied')
  await turns()
  t.equal(panel.scene.at, 'fault')
  t.equal(panel.scene.screen.title, it2009.texts.it.notRecorded)
  t.match(log.of('vote refused'), [{ visit: 1 }])
  await pass(5_000)
  t.equal(panel.scene.at, 'idle')
  panel.press('neutral')
  await turns()
  t.equal(panel.scene.at, 'thanking')
  await pass(3_000)
  t.match(await votes(journal), [{ sequence: 1, face: 'neutral' }])
  t.equal((await votes(journal)).length, 1)
})

t.test('the disk refuses a correction or a reason: no thanks, and the vote counts once', async (t) => {
  const { panel, journal, pass } = setUp()
  panel.press('dissatisfied')
  await turns()
  journal.failNext(new Error('EIO'))
  panel.press('skip')
  await turns()
  t.equal(panel.scene.at, 'fault')
  t.notOk(panel.path.includes('thanking'))
  await pass(5_000)
  t.match(await votes(journal), [{ face: 'dissatisfied', outcome: 'interrupted' }])
})

t.test('the disk stalls for 12 s: not recorded, and the late vote is settled and counted once', async (t) => {
  const { panel, journal, pass } = setUp()
  const release = journal.stall()
  panel.press('satisfied')
  await pass(10_000)
  t.equal(panel.scene.at, 'fault')
  await pass(2_000)
  release()
  await pass(3_000)
  t.equal(panel.scene.at, 'idle')
  t.equal(journal.totals().votes, 1)
  t.match(await votes(journal), [{ sequence: 1, face: 'satisfied', outcome: 'not-asked' }])
  t.notOk(panel.path.includes('thanking'))
})

t.test('the disk stalls at the answer: the vote is let go only when that is through', async (t) => {
  const { panel, journal, pass } = setUp()
  panel.press('dissatisfied')
  await turns()
  const release = journal.stall()
  panel.press('skip')
  await pass(10_000)
  t.equal(panel.scene.at, 'fault')
  const asked = () => journal.asked.map(({ to }) => to)
  t.same(asked(), ['record', 'amend'])
  release()
  await turns()
  t.same(asked(), ['record', 'amend', 'settle'])
  t.match(await votes(journal), [{ outcome: 'skipped' }])
})

t.test('the disk stalls into the next visit: one visit at a time writes', async (t) => {
  const { panel, journal, pass } = setUp()
  const release = journal.stall()
  panel.press('satisfied')
  await pass(1_000)
  panel.press('neutral')
  await pass(16_000)
  t.equal(panel.scene.at, 'idle')
  panel.press('dissatisfied')
  await pass(1_000)
  release()
  await pass(20_000)
  await pass(3_000)
  t.same(
    journal.asked.map(({ to }) => to),
    ['record', 'amend', 'settle', 'record', 'amend', 'settle'],
  )
  t.match(await votes(journal), [
    { sequence: 1, face: 'neutral', corrected: true },
    { sequence: 2, face: 'dissatisfied', outcome: 'timed-out' },
  ])
})

t.test('without a journal it is out of service', async (t) => {
  const { panel, journal, kiosk, clock } = setUp({ attach: false })
  t.equal(panel.scene.at, 'fault')
  t.equal(panel.scene.screen.title, it2009.texts.it.outOfService)
  panel.press('satisfied')
  t.equal(panel.scene.at, 'fault')
  t.equal(kiosk.ignored, 1)
  kiosk.attach(journal)
  t.equal(panel.scene.at, 'idle')
  kiosk.attach(undefined)
  t.equal(panel.scene.at, 'fault')
  clock.advance(60_000)
  panel.press('satisfied')
  t.equal(panel.scene.at, 'fault')
  t.same(journal.asked, [])
})

t.test('opening hours change at the minute', async (t) => {
  const clock = new FakeClock({ wall: Date.UTC(2026, 4, 4, 8, 58, 30, 250) })
  const opens = Date.UTC(2026, 4, 4, 9, 0)
  const closes = Date.UTC(2026, 4, 4, 9, 2)
  const isOpen = ({ wall }: Instant) => wall >= opens && wall < closes
  const { panel, kiosk, pass, journal } = setUp({ clock, isOpen })
  t.equal(panel.scene.at, 'closed')
  panel.press('satisfied')
  t.equal(kiosk.ignored, 1)
  clock.advance(opens - clock.now().wall - 1)
  t.equal(panel.scene.at, 'closed')
  clock.advance(1)
  t.equal(panel.scene.at, 'idle')
  clock.advance(119_000)
  panel.press('satisfied')
  await pass(1_000)
  t.equal(panel.scene.at, 'thanking', 'a visit under way is not cut off')
  await pass(2_000)
  t.equal(panel.scene.at, 'closed')
  t.match(await votes(journal), [{ withinHours: true }])
  t.equal(kiosk.ignored, 1)
})

t.test('votes may be taken outside the hours, and are marked', async (t) => {
  const { panel, journal, pass } = setUp({ isOpen: () => false, openOutsideHours: true })
  t.equal(panel.scene.at, 'idle')
  panel.press('satisfied')
  await pass(3_000)
  t.match(await votes(journal), [{ withinHours: false }])
})

t.test('while the clock is not known it is open; once it is, the hours hold at once', async (t) => {
  const clock = new FakeClock({ wall: 0, synchronised: false })
  const isOpen = ({ synchronised }: Instant) => (synchronised ? false : undefined)
  const { panel, journal, pass } = setUp({ clock, isOpen })
  t.equal(panel.scene.at, 'idle')
  panel.press('satisfied')
  await pass(3_000)
  await journal.giveUpTime()
  const [vote] = await votes(journal)
  t.match(vote, { face: 'satisfied', time: { clock: 'unknown' } })
  t.notOk('withinHours' in vote!)
  clock.set({ wall: Date.UTC(2026, 4, 4, 3), synchronised: true })
  t.equal(panel.scene.at, 'closed')
})

t.test('a stuck key is reported, and ignored until it is released', async (t) => {
  const { panel, kiosk, log, pass, clock } = setUp()
  let told = 0
  const listening = kiosk.onCondition(() => told++)
  panel.edge('neutral', 'down')
  await pass(29_999)
  t.same(kiosk.stuck, [])
  await pass(1)
  t.same(kiosk.stuck, ['neutral'])
  t.equal(told, 1)
  t.match(log.of('key stuck'), [{ key: 'neutral' }])
  panel.edge('neutral', 'down')
  t.equal(kiosk.ignored, 1)
  panel.press('satisfied')
  t.equal(panel.scene.at, 'recording', 'the other keys work')
  panel.edge('neutral', 'up')
  clock.advance(20)
  t.same(kiosk.stuck, [])
  t.equal(told, 2)
  listening[Symbol.dispose]()
})

t.test('a thousand edges a second: one vote, few scenes', async (t) => {
  const { panel, journal, pass, clock, kiosk } = setUp()
  const before = panel.scenes.length
  for (let i = 0; i < 1_000; i++) {
    panel.edge('satisfied', i % 2 === 0 ? 'down' : 'up')
    clock.advance(1)
  }
  await pass(10_000)
  t.equal(journal.totals().votes, 1)
  t.same(panel.path.slice(before), ['recording', 'thanking', 'idle'])
  t.same(
    journal.asked.map(({ to }) => to),
    ['record', 'settle'],
  )
  t.same(kiosk.stuck, [])
})

t.test('identify shows for a while, and a visit goes on under it', async (t) => {
  const { panel, kiosk, clock, pass } = setUp()
  kiosk.identify(10_000)
  t.equal(panel.scene.identify, true)
  panel.press('satisfied')
  await pass(4_000)
  t.match(panel.scene, { at: 'idle', identify: true })
  clock.advance(5_999)
  t.equal(panel.scene.identify, true)
  clock.advance(1)
  t.notOk('identify' in panel.scene)
})

t.test('a scene is sent only when something has changed', async (t) => {
  const { panel, kiosk, journal, clock, pass } = setUp()
  const shown = panel.scenes.length
  kiosk.attach(journal)
  clock.advance(600_000)
  panel.press('skip')
  panel.press('reason-1')
  await pass(1_000)
  t.equal(panel.scenes.length, shown)
  const texts = panel.scenes.map(({ scene }) => JSON.stringify(scene))
  t.ok(texts.every((text, i) => text !== texts[i - 1]))
})

t.test('a stop: no alarm is left, no press is taken, what is being written ends quietly', async (t) => {
  for (const phase of ['idle', 'recording', 'asking', 'held', 'fault'] as const) {
    const { panel, journal, kiosk, clock } = setUp({ attach: phase !== 'fault' })
    const release = journal.stall()
    if (phase === 'recording') panel.press('satisfied')
    if (phase === 'asking') {
      release()
      panel.press('dissatisfied')
      await turns()
      t.equal(panel.scene.at, 'asking')
    }
    if (phase === 'held') panel.edge('neutral', 'down')
    kiosk.identify(1_000)
    kiosk[Symbol.dispose]()
    t.equal(clock.waiting, 0, phase)
    const { length } = panel.scenes
    release()
    await turns()
    panel.press('satisfied')
    kiosk.attach(journal)
    clock.set({ synchronised: false })
    await turns()
    clock.advance(100_000)
    t.equal(clock.waiting, 0, `${phase}, later`)
    t.equal(panel.scenes.length, length)
    t.ok(journal.asked.length <= 1)
    kiosk[Symbol.dispose]()
  }
})
