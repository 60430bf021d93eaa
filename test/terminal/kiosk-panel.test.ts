import t from 'tap'
import { it2009 } from '../../src/domain/surveys/it-2009.ts'
import { faces, type Key } from '../../src/domain/words.ts'
import { Kiosk } from '../../src/terminal/kiosk.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FakeJournal } from '../fakes/fake-journal.ts'
import { FakeLog } from '../fakes/fake-log.ts'
import { FakePanel } from '../fakes/fake-panel.ts'
import { readItems } from '../fakes/read-items.ts'
import { turns } from '../fakes/until.ts'
import { filterRules, visitRules } from './rules.ts'

/** What a kiosk makes of the panel that it has: with few keys, without a display, with parts that break. */

function setUp(keys?: readonly Key[]) {
  const clock = new FakeClock()
  const panel = new FakePanel(clock, { ...(keys && { keys }) })
  const journal = new FakeJournal()
  const log = new FakeLog()
  const rules = { ...visitRules, ...(keys && { steered: true }) }
  const options = { panel, survey: it2009, visitRules: rules, filterRules, clock, log }
  const kiosk = new Kiosk({ ...options, isOpen: () => true, openOutsideHours: false })
  kiosk.start()
  kiosk.attach(journal)
  const pass = async (ms: number) => {
    await turns()
    clock.advance(ms)
    await turns()
  }
  /** One press, and time for its contact to come to rest. */
  const press = async (key: Key) => {
    panel.press(key)
    await pass(300)
  }
  const votes = async () =>
    (await readItems(journal.reader())).flatMap((item) => (item.is === 'vote' ? [item.vote] : []))
  return { clock, panel, journal, kiosk, pass, press, votes }
}

/** Presses on the three faces behind the red one → what is asked then, or the vote. */
const ways: [string, Key[], { chosen?: number; reason?: string; outcome?: string }][] = [
  ['the first reason is offered first', [], { chosen: 0 }],
  ['red moves on', ['dissatisfied', 'dissatisfied'], { chosen: 2 }],
  ['green moves back, over skip', ['satisfied'], { chosen: 4 }],
  ['red comes round', Array<Key>(5).fill('dissatisfied'), { chosen: 0 }],
  ['yellow takes it', ['neutral'], { reason: 'waiting-time', outcome: 'selected' }],
  [
    'on, on, back, take',
    ['dissatisfied', 'dissatisfied', 'satisfied', 'neutral'],
    { reason: 'staff-behaviour', outcome: 'selected' },
  ],
  ['skip is the last', ['satisfied', 'neutral'], { outcome: 'skipped' }],
]

for (const [what, presses, expected] of ways)
  t.test(`three keys choose among reasons: ${what}`, async (t) => {
    const { panel, pass, press, votes } = setUp(faces)
    await press('dissatisfied')
    await pass(2_000)
    t.match(panel.scene, {
      at: 'asking',
      screen: { steering: { chosen: 0, back: 'satisfied', choose: 'neutral', next: 'dissatisfied' } },
    })
    for (const key of presses) await press(key)
    if (expected.chosen !== undefined) {
      t.match(panel.scene, { at: 'asking', screen: { steering: { chosen: expected.chosen } } })
      return
    }
    t.equal(panel.scene.at, 'thanking')
    await pass(10_000)
    const [vote] = await votes()
    t.match(vote, { face: 'dissatisfied', suppressed: 0, ...expected })
    t.equal(vote?.reason, expected.reason)
  })

t.test('within the correction window another face still corrects, also where faces steer', async (t) => {
  const { panel, pass, press, votes } = setUp(faces)
  await press('dissatisfied')
  t.equal(panel.scene.at, 'asking')
  await press('neutral')
  t.equal(panel.scene.at, 'thanking')
  await pass(10_000)
  t.match(await votes(), [{ face: 'neutral', corrected: true, outcome: 'not-asked' }])
})

t.test('with a key beside each reason nothing steers', async (t) => {
  const { panel, pass, press, votes } = setUp()
  await press('dissatisfied')
  t.equal(panel.scene.screen.steering, undefined)
  await pass(2_500)
  await press('neutral')
  t.equal(panel.scene.at, 'asking', 'a face is one too many')
  await press('reason-3')
  await pass(10_000)
  t.match(await votes(), [{ reason: 'must-return', suppressed: 1 }])
})

for (const condition of [{ is: 'none' }, { is: 'broken', problem: 'no chip answers at 0x3C' }] as const)
  t.test(`a display that is ${condition.is} asks nothing`, async (t) => {
    const { panel, pass, press, votes } = setUp()
    panel.become('display', condition)
    await press('dissatisfied')
    t.equal(panel.scene.at, 'thanking')
    await pass(10_000)
    panel.become('display', { is: 'good' })
    await press('dissatisfied')
    t.equal(panel.scene.at, 'asking', 'and asks again once it works')
    await pass(60_000)
    t.match(await votes(), [
      { face: 'dissatisfied', outcome: 'not-asked' },
      { face: 'dissatisfied', outcome: 'timed-out' },
    ])
  })

t.test('keys that are gone: nobody is asked to press, and what is under way ends well', async (t) => {
  const { panel, pass, press, votes, kiosk } = setUp()
  let told = 0
  kiosk.onCondition(() => told++)
  await press('satisfied')
  panel.become('keys', { is: 'broken', problem: 'unplugged' })
  t.equal(panel.scene.at, 'thanking')
  await pass(5_000)
  t.match(panel.scene, { at: 'fault', lights: { satisfied: 'off' } })
  panel.become('keys', { is: 'good' })
  t.equal(panel.scene.at, 'idle')
  await press('neutral')
  panel.become('lights', { is: 'broken', problem: 'dark' })
  t.equal(panel.scene.at, 'thanking', 'without lights votes go on')
  await pass(5_000)
  t.match(await votes(), [{ face: 'satisfied' }, { face: 'neutral' }])
  t.equal(told, 3, 'whoever reports the health is told each time')
})

t.test('hammering moves through nothing: it is counted as suppressed', async (t) => {
  const { panel, pass, press, votes } = setUp(faces)
  await press('dissatisfied')
  await pass(2_500)
  for (let i = 0; i < 20; i++) {
    panel.press('dissatisfied')
    await pass(60)
  }
  await pass(1_500)
  await press('neutral')
  await pass(10_000)
  const [vote] = await votes()
  t.match(vote, { outcome: 'selected', face: 'dissatisfied' })
  t.equal(vote?.suppressed, 20 - filterRules.burstPresses)
})
