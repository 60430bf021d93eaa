import t from 'tap'
import { it2009 } from '../../src/domain/surveys/it-2009.ts'
import type { Key } from '../../src/domain/words.ts'
import { type Answer, checkPanel, keyWords, type PanelReport } from '../../src/terminal/panel-check.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FakePanel } from '../fakes/fake-panel.ts'
import { turns } from '../fakes/until.ts'
import { visitRules } from './rules.ts'

interface World {
  panel: FakePanel
  clock: FakeClock
  said: string[]
  stop: AbortController
}

/** Runs a check to its end: whenever a key is asked for, `press` has its turn. */
async function check(
  press: (key: Key, world: World) => void,
  { answer = (_: World) => 'yes' as Answer, before = (_: World) => {}, rules = visitRules } = {},
): Promise<{ report: PanelReport } & World> {
  const clock = new FakeClock()
  const world: World = { panel: new FakePanel(clock), clock, said: [], stop: new AbortController() }
  before(world)
  let asked: Key | undefined
  const checking = checkPanel({
    panel: world.panel,
    survey: it2009,
    rules,
    clock,
    examiner: {
      say(line) {
        world.said.push(line)
        if (line.startsWith('press: ')) asked = line.slice('press: '.length) as Key
      },
      ask: async () => answer(world),
    },
    signal: world.stop.signal,
    partMs: 5_000,
    keyMs: 20_000,
    showMs: 1_000,
  })
  let report: PanelReport | undefined
  checking.then((done) => {
    report = done
  })
  for (let i = 0; i < 2_000 && !report; i++) {
    await turns()
    if (asked) press(asked, world)
    asked = undefined
    clock.advance(100)
  }
  return { report: await checking, ...world }
}

t.test('a panel that is well', async (t) => {
  const { report, panel, said } = await check((key, { panel }) => panel.press(key))
  t.ok(report.ok, said.join('\n'))
  t.match(report.keys, { satisfied: { pressed: true, edges: 2 }, language: { pressed: true } })
  t.equal(Object.keys(report.keys).length, 9)
  t.same(Object.keys(report.screens), ['idle', 'asking, it', 'asking, de', 'thanking', 'closed', 'fault'])
  t.same(report.lights, { satisfied: 'yes', neutral: 'yes', dissatisfied: 'yes' })
  const alone = panel.lit.filter(
    ({ lights }) => Object.values(lights).filter((l) => l === 'off').length === 2,
  )
  t.same(new Set(alone.map(({ lights }) => JSON.stringify(lights))).size, 3, 'each face was lit alone')
  t.equal(panel.scene.at, 'idle', 'and it is left as it is between two citizens')
})

t.test('a bouncing contact is told by its edges', async (t) => {
  const { report } = await check((key, { panel }) => {
    for (let i = 0; i < (key === 'neutral' ? 5 : 1); i++) panel.press(key)
  })
  t.match(report.keys.neutral, { pressed: true, edges: 10 })
  t.ok(report.ok)
})

t.test('two wires exchanged, and one that is broken', async (t) => {
  const { report, said } = await check((key, { panel }) => {
    if (key === 'skip') return
    panel.press(key === 'reason-1' ? 'reason-2' : key === 'reason-2' ? 'reason-1' : key)
  })
  t.notOk(report.ok)
  t.match(report.keys, {
    'reason-1': { pressed: false, instead: 'reason-2' },
    'reason-2': { pressed: false, instead: 'reason-1' },
    skip: { pressed: false },
  })
  t.ok(said.includes('  nothing came'))
  t.match(keyWords(report.keys['reason-1']!), /reason-2 came instead/)
})

t.test('a light or a screen that is wrong, and one that nobody looks at', async (t) => {
  const wrong = await check((key, { panel }) => panel.press(key), { answer: () => 'no' })
  t.notOk(wrong.report.ok)
  const alone = await check((key, { panel }) => panel.press(key), { answer: () => 'unknown' })
  t.ok(alone.report.ok)
  t.same(alone.report.lights.neutral, 'unknown')
})

t.test('a part that is broken is not tried, and one that is not there is no fault', async (t) => {
  const { report, said } = await check((key, { panel }) => panel.press(key), {
    before({ panel }) {
      panel.conditions.display = { is: 'none' }
      panel.conditions.lights = { is: 'broken', problem: 'no /dev/spidev0.0' }
    },
  })
  t.notOk(report.ok)
  t.same([report.lights, report.screens], [{}, {}])
  t.ok(said.includes('lights: broken: no /dev/spidev0.0'))
  t.ok(said.includes('display: this panel has none'))
  const dead = await check(() => t.fail('a key was asked for'), {
    before({ panel }) {
      panel.conditions.keys = { is: 'broken', problem: 'no /dev/input' }
    },
  })
  t.notOk(dead.report.ok)
  t.same(dead.report.keys, {})
  const late = await check((key, { panel }) => panel.press(key), {
    before({ panel, clock }) {
      panel.conditions.keys = { is: 'broken', problem: 'being opened' }
      clock.alarm(clock.now().mono + 2_000, () => panel.become('keys', { is: 'good' }))
    },
  })
  t.ok(late.report.ok, 'a part may take its time')
})

t.test('how soon a light answers its key is told where the lights can say it', async (t) => {
  const { report, said } = await check((key, { panel }) => panel.press(key), {
    before({ panel, clock }) {
      Object.assign(panel.lights, { written: async () => clock.advance(7) })
    },
  })
  // With each press 100 ms pass here.
  t.match(report.keys, { satisfied: { pressed: true, lightMs: 107 }, skip: { lightMs: 107 } })
  t.ok(said.includes('  good: 2 edges, its light after 107.0 ms'))
  t.equal(keyWords({ pressed: true, edges: 1 }), 'good: 1 edge')
})

t.test('a contact that is pressed again and again is left after a while', async (t) => {
  const { report, clock } = await check((key, { panel, clock }) => {
    panel.press(key)
    if (key !== 'neutral') return
    for (let ms = 200; ms < 10_000; ms += 200) clock.alarm(clock.now().mono + ms, () => panel.press(key))
  })
  const { neutral } = report.keys
  t.ok(neutral?.pressed && neutral.edges > 20 && neutral.edges < 40, JSON.stringify(neutral))
  t.equal(clock.waiting, 0, 'no alarm is left')
})

t.test('broken off: nothing more is asked, it is not well, and the panel is at rest', async (t) => {
  const atKeys = await check((key, { panel, stop }) => {
    if (key === 'neutral') stop.abort()
    else panel.press(key)
  })
  t.notOk(atKeys.report.ok)
  t.match(atKeys.report.keys, { satisfied: { pressed: true }, neutral: { pressed: false } })
  t.equal(Object.keys(atKeys.report.keys).length, 2)
  t.same(atKeys.report.screens, {})
  t.equal(atKeys.panel.scene.at, 'idle')
  const atLights = await check(() => {}, {
    answer: ({ stop }) => {
      stop.abort()
      return 'unknown'
    },
  })
  t.notOk(atLights.report.ok)
  t.same(atLights.report.lights, { satisfied: 'unknown' })
  t.same(atLights.report.keys, {})
})

t.test('where faces steer, the question is shown as a citizen sees it there', async (t) => {
  const { panel } = await check((key, { panel }) => panel.press(key), {
    rules: { ...visitRules, steered: true },
  })
  const asking = panel.scenes.filter(({ scene }) => scene.at === 'asking')
  t.ok(asking.length > 0)
  for (const { scene } of asking) t.match(scene.screen.steering, { chosen: 0 })
})
