import t from 'tap'
import * as v from 'valibot'
import { commissioningSchema } from '../../src/contract/schemas.ts'
import { it2009 } from '../../src/domain/surveys/it-2009.ts'
import type { VisitRules } from '../../src/domain/visit.ts'
import { type Face, type Key, keys } from '../../src/domain/words.ts'
import { failed } from '../../src/ports/examiner.ts'
import { UplinkError } from '../../src/ports/uplink.ts'
import { Terminal } from '../../src/terminal/terminal.ts'
import { readmeCode } from '../contracts/readme-code.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FakeCommissioning } from '../fakes/fake-commissioning.ts'
import { FakeJournal } from '../fakes/fake-journal.ts'
import { FakeLog } from '../fakes/fake-log.ts'
import { FakePanel } from '../fakes/fake-panel.ts'
import { FakeUplink } from '../fakes/fake-uplink.ts'
import { readItems } from '../fakes/read-items.ts'
import { turns } from '../fakes/until.ts'
import { filterRules, visitRules } from './rules.ts'

const { isGenuine: genuine } = await readmeCode()

async function setUp(
  options: {
    keys?: readonly Key[]
    asked?: boolean
    open?: boolean
    kept?: string
    rules?: Partial<VisitRules>
  } = {},
) {
  const clock = new FakeClock()
  const panel = new FakePanel(clock, options.keys ? { keys: options.keys } : {})
  const journal = new FakeJournal()
  const uplink = new FakeUplink()
  const log = new FakeLog()
  const commissioning = new FakeCommissioning()
  commissioning.asked = options.asked ?? false
  commissioning.kept = options.kept
  const terminal = new Terminal({
    source: journal.source,
    version: '1.2.3',
    topicRoot: 'faccina/1',
    window: 16,
    confirmation: 'broker',
    recommitMs: 60_000,
    clockWaitMs: 120_000,
    healthPeriodMs: 60_000,
    panel,
    survey: it2009,
    visitRules: { ...visitRules, ...options.rules },
    filterRules,
    isOpen: () => options.open ?? true,
    openOutsideHours: false,
    openStore: async () => ({ journal, boot: 7, [Symbol.asyncDispose]: async () => {} }),
    uplink,
    board: { model: 'Test', read: async () => ({}) },
    commissioning,
    clock,
    log,
    random: () => 1,
  })
  const pass = async (ms: number) => {
    await turns()
    for (let left = ms; left > 0; left -= 500) {
      clock.advance(Math.min(500, left))
      await turns()
    }
  }
  const hold = async (ms: number) => {
    panel.edge('satisfied', 'down')
    await pass(300)
    panel.edge('dissatisfied', 'down')
    await pass(ms)
  }
  const letGo = async () => {
    panel.edge('satisfied', 'up')
    panel.edge('dissatisfied', 'up')
    await pass(100)
  }
  const press = async (key: Key) => {
    panel.press(key)
    await pass(100)
  }
  /** Presses whatever is asked for, but for what a test has otherwise; says what was asked. */
  const answer = async (
    instead: Partial<Record<Key, Key | 'nothing'>> = {},
    readable: Face = 'satisfied',
  ) => {
    const asked: string[] = []
    for (let n = 0; n < 400 && !/^(Passed|Failed)/.test(panel.scene.screen.title); n++) {
      const { title } = panel.scene.screen
      const [, key] = /^Press: (.*)$/.exec(title) ?? []
      if (key !== undefined && asked.at(-1) !== key) {
        asked.push(key)
        const pressed = instead[key as Key] ?? (key as Key)
        if (pressed !== 'nothing') await press(pressed)
      } else if (title.startsWith('All readable')) await press(readable)
      await pass(500)
    }
    return asked
  }
  const record = () => uplink.json('/commissioning').at(-1)
  await terminal.start().ready
  await turns()
  return {
    clock,
    panel,
    journal,
    uplink,
    log,
    commissioning,
    terminal,
    pass,
    hold,
    letGo,
    press,
    answer,
    record,
  }
}

type World = Awaited<ReturnType<typeof setUp>>

async function items(journal: FakeJournal): Promise<string[]> {
  const read = await readItems(journal.reader())
  return read.map((item) => (item.is === 'gap' ? `gap ${item.gap.cause}` : item.is))
}

async function gesture({ hold, letGo }: World) {
  await hold(10_500)
  await letGo()
}

t.test('from the gesture to the signed record', async (t) => {
  const world = await setUp()
  const { panel, journal, uplink, hold, letGo, pass, answer, record, terminal, commissioning } = world
  await hold(1_500)
  t.equal(panel.scene.at, 'recording', 'at first it looks like any press')
  t.equal(panel.scene.screen.title, it2009.texts.it.question)
  await pass(1_000)
  t.equal(panel.scene.screen.title, it2009.texts.it.held)
  t.match(panel.scene.screen.countdown, { totalMs: 10_000 })
  t.match(panel.scene.lights, { satisfied: 'resting', neutral: 'resting', dissatisfied: 'resting' })
  t.same(uplink.json('/vote'), [])
  await pass(8_000)
  t.equal(terminal.condition.kiosk.at, 'lent')
  await letGo()
  t.same(await items(journal), [], 'the gap has been published')
  t.match(uplink.json('/gap'), [{ data: { from: 1, to: 1, cause: 'withdrawn' } }])
  t.same(await answer(), keys, 'each key is asked for')
  t.equal(panel.scene.screen.title, 'Passed')
  t.match(panel.scene.lights, { satisfied: 'ready', neutral: 'ready', dissatisfied: 'ready' })
  const event = record()
  t.strictSame(v.parse(commissioningSchema, event), event)
  t.match(event, {
    source: journal.source,
    data: {
      by: 'keys',
      result: 'passed',
      clock: 'synchronised',
      lights: { satisfied: 'seen', neutral: 'seen', dissatisfied: 'seen' },
      keys: Object.fromEntries(keys.map((key) => [key, 'pressed'])),
      display: 'readable',
      version: '1.2.3',
      board: 'Test',
      panel: 'fake',
    },
  })
  t.equal(commissioning.kept, JSON.stringify(event), 'the same is kept')
  t.ok(genuine(event), 'the ten lines of the contract verify it')
  t.notOk(genuine({ ...event, data: { ...event.data, result: 'failed' } }))
  t.notOk(genuine({ ...event, source: 'faccina://c_e506/anagrafe/4' }))
  await world.press('neutral')
  await pass(500)
  t.equal(panel.scene.at, 'idle', 'a key ends it')
  t.equal(terminal.condition.kiosk.at, 'idle')
  await world.press('satisfied')
  await pass(4_000)
  t.match(uplink.json('/vote'), [{ data: { sequence: 2 } }], 'and votes are taken again')
})

t.test('let go before the ten seconds: a vote like any other', async (t) => {
  const { hold, letGo, pass, panel, uplink, record } = await setUp()
  await hold(6_000)
  await letGo()
  t.equal(panel.scene.at, 'asking', 'the red one was the correction, and is asked why')
  await pass(25_000)
  t.match(uplink.json('/vote'), [
    { data: { face: 'dissatisfied', corrected: true, outcome: 'timed-out', sequence: 1 } },
  ])
  t.same(uplink.json('/gap'), [])
  t.equal(record(), undefined)
})

t.test('an elbow: nobody answers, so there is nothing to record, and votes go on', async (t) => {
  const world = await setUp()
  const { panel, pass, commissioning, press, uplink, log } = world
  await gesture(world)
  await pass(50_000)
  t.equal(panel.scene.at, 'idle')
  t.equal(commissioning.kept, undefined)
  t.equal(log.of('commissioning given up: nobody answered').length, 1)
  await press('neutral')
  await pass(4_000)
  t.match(uplink.json('/vote'), [{ data: { face: 'neutral', sequence: 2 } }])
})

t.test('a vote given before, then the gesture within its visit: it stays a vote', async (t) => {
  const { press, hold, letGo, pass, uplink } = await setUp()
  await press('neutral')
  await pass(600)
  await hold(12_000)
  await letGo()
  await pass(30_000)
  t.match(uplink.json('/vote'), [{ data: { sequence: 1 } }])
  t.same(uplink.json('/gap'), [])
})

t.test('closed, or without votes: the gesture takes no vote back', async (t) => {
  const world = await setUp({ open: false })
  await gesture(world)
  await world.answer()
  t.match(world.record(), { data: { result: 'passed' } })
  t.same(
    world.journal.asked.filter(({ to }) => to === 'record' || to === 'withdraw'),
    [],
  )
  await world.pass(25_000)
  t.equal(world.panel.scene.at, 'closed')
})

t.test('asked for at the start; done also where nobody is there', async (t) => {
  const { answer, record, commissioning, pass, panel } = await setUp({ asked: true })
  const asked = await answer(Object.fromEntries(keys.map((key) => [key, 'nothing'])))
  t.same(asked, ['satisfied', 'neutral', 'dissatisfied'], 'nobody is there to be asked more')
  t.match(record(), { data: { by: 'request', result: 'failed', display: 'unknown' } })
  t.match(record().data.keys, { satisfied: 'silent', 'reason-1': 'not-asked' })
  t.equal(panel.scene.screen.title, 'Failed: key satisfied')
  await pass(25_000)
  t.equal(panel.scene.at, 'idle')
  t.notOk(commissioning.asked)
})

t.test('a broken part: the first thing to do, and how many more', async (t) => {
  const broken: [string, (world: World) => Parameters<World['answer']> | undefined, RegExp, RegExp][] = [
    [
      'a dead key',
      () => [{ neutral: 'nothing' }],
      /^Failed: key neutral/,
      /wires of light and key "neutral"/,
    ],
    [
      'exchanged wires',
      () => [{ neutral: 'satisfied' }],
      /^Failed: key neutral/,
      /satisfied came instead. Look whether the wires/,
    ],
    ['a dead reason key', () => [{ 'reason-2': 'nothing' }], /key reason-2/, /wires of key "reason-2"/],
    ['a blank display', () => [{}, 'dissatisfied'], /Failed: display/, /size and chip/],
    [
      'lights that are gone',
      ({ panel }) => {
        panel.become('lights', { is: 'broken', problem: 'no /dev/spidev0.0: add dtparam=spi=on' })
        return undefined
      },
      /Failed: lights/,
      /Add dtparam=spi=on/,
    ],
    [
      'a display that is gone',
      ({ panel }) => {
        panel.become('display', { is: 'broken', problem: 'nothing at 3c: look at its cable' })
        return undefined
      },
      /Failed: display/,
      /Look at its cable/,
    ],
    [
      'a broker that is away',
      ({ commissioning }) => {
        commissioning.looked = [
          { name: 'broker', look: async () => failed('nothing listens there', 'Ask for its port.') },
          { name: 'supply', look: async () => failed('under-voltage', 'Take the original one.') },
        ]
        return undefined
      },
      /Failed: broker/,
      /nothing listens there. Ask for its port. \(1 more\)/,
    ],
  ]
  for (const [name, breaks, title, hint] of broken) {
    const world = await setUp()
    const answers = breaks(world)
    await gesture(world)
    await world.answer(...(answers ?? []))
    t.match(world.panel.scene.screen.title, title, name)
    t.match(world.panel.scene.screen.hint, hint, name)
    t.match(world.panel.scene.lights, { satisfied: 'off', dissatisfied: 'ready' })
    t.equal(world.record().data.result, 'failed', name)
    t.ok(genuine(world.record()), name)
    await world.terminal[Symbol.asyncDispose]()
  }
})

t.test('what the panel lacks, and what nobody knows, is recorded as such', async (t) => {
  const world = await setUp()
  const { panel, clock } = world
  panel.conditions.display = { is: 'none' }
  panel.conditions.lights = { is: 'broken', problem: 'gone' }
  clock.set({ synchronised: false })
  await gesture(world)
  t.same(await world.answer(), ['satisfied', 'neutral', 'dissatisfied'], 'no display can ask for the others')
  const { data } = world.record()
  t.match(data, {
    result: 'failed',
    clock: 'unknown',
    display: 'none',
    lights: { satisfied: 'unknown' },
    keys: { satisfied: 'pressed', 'reason-1': 'not-asked' },
  })
  const checks = Object.fromEntries(data.checks.map((check: { name: string }) => [check.name, check]))
  t.match(checks.display, { result: 'skipped', found: 'this panel has none' })
  t.match(checks.lights, { result: 'failed', found: 'gone', next: 'Look at the wires of the lights.' })
  t.match(checks['key reason-1'], { result: 'skipped', next: 'Try it from the console: faccina panel' })
  t.ok(genuine(world.record()))
})

t.test('a panel of one language has no other to ask for', async (t) => {
  const world = await setUp({ rules: { languages: ['it'] } })
  await gesture(world)
  t.notOk((await world.answer()).includes('language'))
  const { result, checks } = world.record().data
  t.equal(result, 'passed')
  t.match(
    checks.find(({ name }: { name: string }) => name === 'key language'),
    { result: 'skipped', found: 'there is one language only' },
  )
})

t.test('held again while it is at work: it is not begun twice', async (t) => {
  const world = await setUp({ asked: true })
  await gesture(world)
  await world.answer()
  await world.pass(25_000)
  t.equal(world.log.of('commissioning begins').length, 1)
})

t.test('a check that never answers ends all the same, within three minutes', async (t) => {
  const world = await setUp()
  world.commissioning.looked = [1, 2, 3, 4, 5, 6].map((n) => ({
    name: `slow ${n}`,
    look: () => new Promise(() => {}),
  }))
  await gesture(world)
  const began = world.clock.now().mono
  await world.press('satisfied')
  for (let n = 0; n < 1_000 && world.terminal.condition.kiosk.at === 'lent'; n++) await world.pass(500)
  const tookMs = world.clock.now().mono - began
  t.ok(tookMs < 185_000, `${tookMs} ms, with no key answered but one`)
  t.match(world.record().data, { result: 'failed' })
})

t.test('offline: the record goes out with the next connection, also after a restart', async (t) => {
  const world = await setUp()
  const { uplink, commissioning, pass } = world
  uplink.away = new UplinkError('unreachable', 'nothing listens there')
  uplink.lose()
  await gesture(world)
  await world.answer()
  t.equal(world.record(), undefined)
  uplink.away = undefined
  await pass(310_000)
  t.match(world.record(), { data: { result: 'passed' } })
  t.equal(JSON.stringify(world.record()), commissioning.kept)
  t.ok(uplink.messages.find(({ topic }) => topic.endsWith('/commissioning'))?.retain)
})

t.test('what cannot be signed, kept or withdrawn', async (t) => {
  const unsigned = await setUp()
  unsigned.commissioning.keyless = true
  await gesture(unsigned)
  await unsigned.answer()
  t.equal(unsigned.panel.scene.screen.title, 'Passed')
  t.equal(unsigned.record(), undefined)
  t.equal(unsigned.log.of('commissioning not recorded: it cannot be signed').length, 1)

  const unkept = await setUp()
  unkept.commissioning.refusal = new Error('disk full')
  await gesture(unkept)
  await unkept.answer()
  t.match(unkept.record(), { data: { result: 'passed' } }, 'published all the same')

  const counted = await setUp()
  await counted.hold(9_000)
  counted.journal.failNext(new Error('EIO'))
  await counted.pass(1_500)
  await counted.letGo()
  t.equal(counted.terminal.condition.kiosk.at, 'lent', 'the technician is there all the same')
  t.match(counted.uplink.json('/vote'), [{ data: { sequence: 1 } }], 'the vote counts')
  t.equal(counted.log.of('vote refused').length, 1)
})

t.test('a mistake of ours in the middle of it: said, and votes go on', async (t) => {
  for (const asked of [false, true]) {
    const world = await setUp({ asked })
    const { commissioning, log, panel, press, pass, uplink, terminal } = world
    commissioning.mistake = new Error('my mistake')
    if (!asked) await gesture(world)
    await world.answer()
    t.match(log.of('commissioning broken off'), [{ problem: { message: 'my mistake' } }])
    t.equal(world.record(), undefined)
    t.equal(terminal.condition.kiosk.at, 'idle')
    t.notOk(commissioning.asked, 'it is not begun again at each start')
    await press('neutral')
    await pass(4_000)
    t.match(uplink.json('/vote'), [{ data: { face: 'neutral' } }])
    t.equal(panel.scene.at, 'idle')
  }
})

t.test('a record that is kept: told again if it is ours, and never stands in the way', async (t) => {
  const cases: [kept: string, told: object | undefined, warned: number][] = [
    ['{"source":"faccina://c_e506/anagrafe/3","data":{"result":"passed"}}', { data: {} }, 0],
    ['{"source":"faccina://c_e506/anagrafe/4","data":{"result":"passed"}}', undefined, 0],
    ['{"source":', undefined, 1],
  ]
  for (const [kept, told, warned] of cases) {
    const { record, log, press, pass, uplink, terminal } = await setUp({ kept })
    if (told) t.match(record(), told, kept)
    else t.equal(record(), undefined, kept)
    t.equal(log.of('commissioning: what was kept cannot be read').length, warned)
    await press('neutral')
    await pass(4_000)
    t.equal(uplink.json('/vote').length, 1)
    await terminal[Symbol.asyncDispose]()
  }
})

t.test('a stop in the middle of it', async (t) => {
  const world = await setUp({ asked: true })
  await world.pass(5_000)
  await world.terminal[Symbol.asyncDispose]()
  t.ok(world.commissioning.asked, 'it is begun again at the next start')
  t.equal(world.commissioning.kept, undefined)
})
