import t from 'tap'
import * as v from 'valibot'
import { healthSchema, stateSchema, totalsSchema, voteEventSchema } from '../../src/contract/schemas.ts'
import { it2009 } from '../../src/domain/surveys/it-2009.ts'
import { UplinkError } from '../../src/ports/uplink.ts'
import { type Store, Terminal, type TerminalOptions } from '../../src/terminal/terminal.ts'
import { FakeCertificates } from '../fakes/fake-certificates.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FakeCommissioning } from '../fakes/fake-commissioning.ts'
import { FakeJournal } from '../fakes/fake-journal.ts'
import { FakeLog } from '../fakes/fake-log.ts'
import { FakePanel } from '../fakes/fake-panel.ts'
import { FakeUplink } from '../fakes/fake-uplink.ts'
import { turns } from '../fakes/until.ts'
import { filterRules, visitRules } from './rules.ts'

function setUp({
  broker = true,
  confirmation = 'broker',
  ...more
}: {
  broker?: boolean
  confirmation?: 'broker' | 'collector'
} & Partial<Pick<TerminalOptions, 'certificates' | 'refused'>> = {}) {
  const clock = new FakeClock()
  const panel = new FakePanel(clock)
  const journal = new FakeJournal()
  const log = new FakeLog()
  const uplink = new FakeUplink()
  const disk: { broken?: Error; opening?: Promise<void>; opened: number; closed: number } = {
    opened: 0,
    closed: 0,
  }
  const openStore = async (): Promise<Store> => {
    await disk.opening
    if (disk.broken) throw disk.broken
    disk.opened++
    return {
      journal,
      boot: 7,
      async [Symbol.asyncDispose]() {
        disk.closed++
        await journal[Symbol.asyncDispose]()
      },
    }
  }
  const terminal = new Terminal({
    source: journal.source,
    version: '1.2.3',
    topicRoot: 'faccina/1',
    window: 16,
    confirmation,
    recommitMs: 60_000,
    clockWaitMs: 120_000,
    healthPeriodMs: 60_000,
    panel,
    survey: it2009,
    visitRules,
    filterRules,
    isOpen: () => true,
    openOutsideHours: false,
    openStore,
    ...(broker && { uplink }),
    commissioning: new FakeCommissioning(),
    board: { model: 'Test', read: async () => ({ temperatureCelsius: 48.3, freeBytes: 1_000 }) },
    clock,
    log,
    random: () => 1,
    ...more,
  })
  const pass = async (ms: number) => {
    await turns()
    clock.advance(ms)
    await turns()
  }
  const vote = async () => {
    panel.press('satisfied')
    await pass(3_000)
  }
  /** How much time a stop takes, in steps of 100 ms; fails beyond a bound. */
  const stop = async () => {
    let over = false
    terminal[Symbol.asyncDispose]().then(() => {
      over = true
    })
    for (let ms = 0; ms <= 60_000; ms += 100) {
      await turns(5)
      if (over) return ms
      clock.advance(100)
    }
    throw new Error('it does not stop')
  }
  return { clock, panel, journal, log, uplink, disk, terminal, pass, vote, stop }
}

t.test('it takes a vote and delivers it', async (t) => {
  const { terminal, uplink, vote, stop, clock, disk, log } = setUp()
  await terminal.start().ready
  await turns()
  await vote()
  const [event, ...more] = uplink.json('/vote')
  t.same(more, [])
  t.ok(v.parse(voteEventSchema, event))
  t.match(event.data, { face: 'satisfied', sequence: 1, withinHours: true })
  t.match(v.parse(totalsSchema, uplink.json('/totals').at(-1)), { sequence: 1, votes: 1 })
  for (const health of uplink.json('/health')) t.ok(v.parse(healthSchema, health))
  t.equal(await stop(), 0)
  t.match(v.parse(stateSchema, uplink.json('/state').at(-1)), { state: 'offline' })
  t.notOk('will' in uplink.json('/state').at(-1))
  t.equal(uplink.goodbyes, 1)
  t.same([disk.opened, disk.closed], [1, 1])
  t.equal(clock.waiting, 0, 'no alarm is left')
  t.same(
    log.complaints.map(({ event }) => event),
    ['the broker took a vote, but nobody has subscribed'],
  )
})

t.test('without a journal and without a broker it starts, and both come later', async (t) => {
  const { terminal, panel, uplink, disk, pass, vote, log, stop } = setUp()
  disk.broken = new Error('no such disk')
  uplink.away = new UplinkError('unreachable', 'nothing listens there')
  let ready = false
  let tried = false
  t.same(terminal.condition.journal, { is: 'opening' })
  const started = terminal.start()
  started.tried.then(() => {
    tried = true
  })
  started.ready.then(() => {
    ready = true
  })
  t.same(terminal.condition.journal, { is: 'opening' })
  await pass(1_500)
  t.ok(tried)
  t.same(terminal.condition.journal, { is: 'missing', problem: 'no such disk' })
  t.equal(panel.scene.at, 'fault')
  t.ok(log.of('no journal: votes cannot be taken').length >= 2)
  t.notOk(ready)
  delete disk.broken
  await pass(60_000)
  t.ok(ready)
  t.match(terminal.condition, {
    journal: { is: 'open', writable: true, waiting: 0 },
    kiosk: { at: 'idle', overdueMs: 0, writingMs: 0, stuck: [] },
    broker: true,
  })
  t.equal(panel.scene.at, 'idle')
  await vote()
  await vote()
  t.same(uplink.messages, [])
  uplink.away = undefined
  await pass(300_000)
  t.same(
    uplink.json('/vote').map(({ data }) => data.sequence),
    [1, 2],
  )
  await stop()
})

t.test('without any broker at all', async (t) => {
  const { terminal, vote, journal, uplink, stop, clock } = setUp({ broker: false })
  await terminal.start().ready
  await vote()
  t.equal(journal.totals().votes, 1)
  t.equal(uplink.attempts, 0)
  await stop()
  t.equal(clock.waiting, 0)
})

t.test('a connection lost and found again: the state is honest, and no vote is missing', async (t) => {
  const { terminal, vote, uplink, pass, stop } = setUp()
  await terminal.start().ready
  await vote()
  uplink.lose()
  uplink.away = new UplinkError('unreachable', 'away')
  await turns()
  t.match(uplink.json('/state').at(-1), { state: 'offline', will: true })
  await vote()
  uplink.away = undefined
  await pass(300_000)
  t.match(uplink.json('/state').at(-1), { state: 'online' })
  t.same(
    uplink.json('/vote').map(({ data }) => data.sequence),
    [1, 2],
  )
  await stop()
})

t.test('commands: identify, and health at once', async (t) => {
  const { terminal, uplink, panel, pass, stop } = setUp()
  await terminal.start().ready
  await turns()
  const base = 'faccina/1/c_e506/anagrafe/3/command'
  uplink.deliver({ topic: `${base}/identify` })
  await turns()
  t.equal(panel.scene.identify, true)
  await pass(10_000)
  t.notOk('identify' in panel.scene)
  const { length } = uplink.json('/health')
  uplink.deliver({ topic: `${base}/health` })
  await turns()
  t.equal(uplink.payloads('/health').length, length + 1)
  t.same(
    uplink.json('/reply').map(({ command, ok }) => [command, ok]),
    [
      ['identify', true],
      ['health', true],
    ],
  )
  await stop()
})

t.test('a collector confirms, and whoever asks gets the votes again', async (t) => {
  const { terminal, uplink, vote, stop, journal, pass, clock } = setUp({ confirmation: 'collector' })
  await terminal.start().ready
  await turns()
  await vote()
  await vote()
  const base = 'faccina/1/c_e506/anagrafe/3'
  const send = (topic: string, message: object) =>
    uplink.deliver({ topic: `${base}/${topic}`, payload: new TextEncoder().encode(JSON.stringify(message)) })
  t.equal(journal.condition().waiting, 2)
  send('committed', { epoch: journal.epoch, sequence: 7 })
  send('committed', { epoch: journal.epoch, sequence: 1 })
  await turns()
  t.equal(journal.condition().waiting, 1)
  await pass(60_000)
  t.match(v.parse(healthSchema, uplink.json('/health').at(-1)), {
    queue: { votes: 1 },
    broker: { committedIgnored: 1 },
  })
  t.same(
    uplink.json('/vote').map(({ data }) => data.sequence),
    [1, 2, 2],
    'the collector stayed behind',
  )
  send('command/replay', { id: 'r', from: 1, to: 1 })
  await pass(10)
  t.match(uplink.json('/replay/reply'), [{ ok: true, from: 1, to: 1, votes: 1 }])
  t.match(uplink.messages.at(-1), { topic: `${base}/vote`, properties: { replay: 'r' } })
  t.equal(await stop(), 0)
  t.equal(clock.waiting, 0)
})

t.test('health says what is wrong, as soon as a key gets stuck', async (t) => {
  const { terminal, uplink, panel, pass, journal, vote, stop, clock } = setUp()
  await terminal.start().ready
  await turns()
  panel.conditions.display = { is: 'broken', problem: 'no chip answers at 0x3c' }
  journal.failNext(new Error('EIO: the card'))
  await vote()
  panel.edge('neutral', 'down')
  const { length } = uplink.json('/health')
  await pass(30_000)
  const healths = uplink.json('/health').slice(length)
  t.equal(healths.length, 1)
  const health = v.parse(healthSchema, healths[0])
  t.match(health, {
    at: new Date(clock.now().wall).toISOString(),
    panel: 'fake',
    board: 'Test',
    queue: { votes: 0 },
    disk: { writable: false, problem: 'EIO: the card', freeBytes: 1_000 },
    keys: { is: 'good', stuck: ['neutral'] },
    display: { is: 'broken', problem: 'no chip answers at 0x3c' },
    broker: { protocol: '5', unheard: 0 },
    temperatureCelsius: 48.3,
  })
  t.same(Object.keys(health).sort(), Object.keys(healths[0]).sort(), 'nothing that the schema does not know')
  await stop()
})

t.test('health says also which settings are not in force, and that the clock is not right', async (t) => {
  const { terminal, uplink, clock, pass, stop } = setUp({ refused: 'faccina.yaml:6: broker.url' })
  await terminal.start().ready
  clock.set({ synchronised: false })
  await pass(60_000)
  t.match(v.parse(healthSchema, uplink.json('/health').at(-1)), {
    clock: 'unknown',
    settings: { refused: 'faccina.yaml:6: broker.url' },
  })
  await stop()
})

t.test('over TLS: how long its certificate holds is told, and another one can be sent', async (t) => {
  const { terminal, uplink, stop, clock, pass } = setUp({ certificates: new FakeCertificates() })
  await terminal.start().ready
  await turns()
  t.match(uplink.json('/certificate'), [{ state: 'expiring', daysLeft: 20, request: /CERTIFICATE REQUEST/ }])
  await pass(60_000)
  t.match(v.parse(healthSchema, uplink.json('/health').at(-1)), {
    certificate: { state: 'expiring', daysLeft: 20 },
  })
  const payload = new TextEncoder().encode(JSON.stringify({ certificate: 'of another authority' }))
  uplink.deliver({ topic: 'faccina/1/c_e506/anagrafe/3/command/certificate', payload })
  await turns()
  t.match(uplink.json('/certificate/reply'), [{ command: 'certificate', ok: false }])
  await stop()
  t.equal(clock.waiting, 0)
})

t.test('rights that are missing: votes come through as long as they are allowed', async (t) => {
  const { terminal, uplink, vote, log, stop } = setUp()
  uplink.denies = (topic) => !topic.endsWith('/vote')
  await terminal.start().ready
  await vote()
  t.equal(uplink.payloads('/vote').length, 1)
  t.equal(log.of('no commands').length, 1)
  t.equal(await stop(), 0)
})

t.test('a vote that is refused ends the connection, and the state does not stay online', async (t) => {
  const { terminal, uplink, vote, log, pass, stop, journal } = setUp()
  uplink.denies = (topic) => topic.endsWith('/vote')
  await terminal.start().ready
  await vote()
  t.match(log.of('not connected'), [{ why: /refused .*vote/ }])
  t.match(uplink.json('/state').at(-1), { state: 'offline' })
  t.equal(journal.condition().waiting, 1)
  uplink.denies = () => false
  await pass(300_000)
  t.equal(uplink.payloads('/vote').length, 1)
  t.match(uplink.json('/state').at(-1), { state: 'online' })
  await stop()
})

t.test('a stop at any phase ends, within its time, and leaves nothing behind', async (t) => {
  type World = ReturnType<typeof setUp>
  const phases: Record<string, { reach: (world: World) => Promise<void>; atMostMs: number }> = {
    'before it began': { reach: async () => {}, atMostMs: 0 },
    'while the journal is being opened': {
      reach: async ({ terminal, disk }) => {
        disk.opening = new Promise(() => {})
        terminal.start()
      },
      atMostMs: 0,
    },
    'while there is no journal': {
      reach: async ({ terminal, disk }) => {
        disk.broken = new Error('no disk')
        terminal.start()
      },
      atMostMs: 0,
    },
    'while connecting': {
      reach: async ({ terminal, uplink }) => {
        uplink.opening = new Promise(() => {})
        await terminal.start().ready
      },
      atMostMs: 0,
    },
    'while waiting for the broker': {
      reach: async ({ terminal, uplink }) => {
        uplink.away = new UplinkError('unreachable', 'away')
        await terminal.start().ready
      },
      atMostMs: 0,
    },
    'while the broker does not answer': {
      reach: async ({ terminal, uplink, vote }) => {
        uplink.automatic = false
        await terminal.start().ready
        await vote()
      },
      atMostMs: 4_000,
    },
    'in the middle of a visit': {
      reach: async ({ terminal, panel }) => {
        await terminal.start().ready
        panel.press('dissatisfied')
      },
      atMostMs: 0,
    },
    'while the disk stalls': {
      reach: async ({ terminal, panel, journal }) => {
        await terminal.start().ready
        journal.stall()
        panel.press('satisfied')
      },
      atMostMs: 5_000,
    },
  }
  for (const [name, { reach, atMostMs }] of Object.entries(phases)) {
    const world = setUp()
    await reach(world)
    await turns()
    const took = await world.stop()
    t.ok(took <= atMostMs, `${name}: ${took} ms`)
    t.equal(world.clock.waiting, 0, `${name}: no alarm is left`)
    t.notOk(world.uplink.online, `${name}: not connected`)
    t.equal(world.disk.opened, world.disk.closed, `${name}: the journal is closed`)
    await world.terminal[Symbol.asyncDispose]()
    t.equal(world.disk.opened, world.disk.closed, `${name}: once`)
  }
})

t.test('a journal that comes after the stop is closed again', async (t) => {
  const { terminal, disk, stop, panel } = setUp()
  let open = () => {}
  disk.opening = new Promise((resolve) => {
    open = resolve
  })
  terminal.start()
  await stop()
  open()
  await turns()
  t.same([disk.opened, disk.closed], [1, 1])
  t.equal(panel.scene.at, 'fault')
})

t.test('a stop waits for acknowledgements that come', async (t) => {
  const { terminal, uplink, vote, stop, journal } = setUp()
  await terminal.start().ready
  await turns()
  uplink.automatic = false
  await vote()
  const stopping = stop()
  await turns()
  uplink.automatic = true
  for (const { acknowledge } of [...uplink.waiting]) acknowledge()
  t.ok((await stopping) <= 2_000)
  t.equal(journal.condition().waiting, 0)
  t.match(uplink.json('/state').at(-1), { state: 'offline' })
})
