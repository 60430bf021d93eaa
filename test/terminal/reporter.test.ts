import t from 'tap'
import { surveyMessage } from '../../src/contract/events.ts'
import { topicsOf } from '../../src/contract/topics.ts'
import { it2009 } from '../../src/domain/surveys/it-2009.ts'
import { Reporter } from '../../src/terminal/reporter.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FakeJournal } from '../fakes/fake-journal.ts'
import { FakeLog } from '../fakes/fake-log.ts'
import { FakeUplink } from '../fakes/fake-uplink.ts'
import { turns } from '../fakes/until.ts'
import { health } from './health.ts'

async function setUp() {
  const clock = new FakeClock()
  const uplink = new FakeUplink()
  const journal = new FakeJournal()
  const log = new FakeLog()
  const reporter = new Reporter({
    topics: topicsOf('faccina/1', journal.source),
    journal,
    survey: surveyMessage(it2009, ['dissatisfied'], ['it', 'de']),
    version: '1.2.3',
    boot: 7,
    healthPeriodMs: 60_000,
    health: async ({ protocol }) => ({ ...health, broker: { protocol, unheard: 0 } }),
    clock,
    log,
  })
  const stop = new AbortController()
  const connect = async () => {
    const connection = await uplink.connect(reporter.will(), new AbortController().signal)
    const running = reporter.run(connection, stop.signal)
    running.catch(() => {})
    await turns()
    return { connection, running }
  }
  const vote = async () => {
    const at = clock.now()
    journal.settle(await journal.record({ face: 'satisfied', asks: false, language: 'it', at }))
    await turns()
  }
  const names = () => uplink.messages.map(({ topic }) => topic.split('/').at(-1))
  const pass = async (ms: number) => {
    clock.advance(ms)
    await turns()
  }
  return { clock, uplink, journal, log, reporter, stop, connect, vote, names, pass }
}

t.test('it introduces the terminal: birth, survey, totals, health, all retained', async (t) => {
  const { uplink, connect, names } = await setUp()
  await connect()
  t.same(names(), ['state', 'survey', 'totals', 'health'])
  t.ok(uplink.messages.every(({ retain }) => retain))
  t.same(uplink.json('/state'), [
    { state: 'online', since: '2026-05-04T09:00:00.000Z', version: '1.2.3', epoch: 'k3f9x2', boot: 7 },
  ])
  t.match(uplink.json('/survey'), [{ survey: 'it-2009/1', asks: ['dissatisfied'], languages: ['it', 'de'] }])
})

t.test('the will says that it was one, and since when it was connected', async (t) => {
  const { uplink, connect } = await setUp()
  await connect()
  uplink.lose()
  t.same(uplink.json('/state').at(-1), {
    state: 'offline',
    since: '2026-05-04T09:00:00.000Z',
    will: true,
    version: '1.2.3',
    epoch: 'k3f9x2',
    boot: 7,
  })
  t.equal(uplink.messages.at(-1)?.retain, true)
})

t.test('health comes every period, and is forgotten after three', async (t) => {
  const { uplink, connect, pass, stop } = await setUp()
  const { running } = await connect()
  await pass(59_999)
  t.equal(uplink.payloads('/health').length, 1)
  await pass(1)
  await pass(60_000)
  t.same(
    uplink.json('/health').map(({ at }) => at),
    ['2026-05-04T09:00:00.000Z', '2026-05-04T09:01:00.000Z', '2026-05-04T09:02:00.000Z'],
  )
  t.ok(uplink.messages.filter(({ topic }) => topic.endsWith('/health')).every((m) => m.expirySeconds === 180))
  t.ok(uplink.messages.every((m) => m.topic.endsWith('/health') || m.expirySeconds === undefined))
  stop.abort()
  await running
})

t.test('totals only when they have changed, and anew on each connection', async (t) => {
  const { uplink, connect, vote, reporter } = await setUp()
  const { connection } = await connect()
  await reporter.totals()
  t.equal(uplink.payloads('/totals').length, 1)
  await vote()
  await reporter.totals()
  await reporter.totals()
  t.match(uplink.json('/totals'), [
    { epoch: 'k3f9x2', sequence: 0, votes: 0 },
    { epoch: 'k3f9x2', sequence: 1, votes: 1, faces: { satisfied: 1, neutral: 0, dissatisfied: 0 } },
  ])
  await connection[Symbol.asyncDispose]()
  reporter.disconnected()
  await reporter.totals()
  await reporter.health()
  t.equal(uplink.payloads('/totals').length, 2, 'offline it says nothing')
  await connect()
  t.match(uplink.json('/totals').slice(2), [{ sequence: 1 }], 'who comes new wants them too')
})

t.test('the last word', async (t) => {
  const { uplink, connect, reporter, pass } = await setUp()
  await connect()
  await pass(5_000)
  await reporter.goodbye()
  t.match(uplink.json('/state').at(-1), { state: 'offline', since: '2026-05-04T09:00:05.000Z' })
  t.notOk('will' in uplink.json('/state').at(-1))
  reporter.disconnected()
  await reporter.goodbye()
  t.equal(uplink.payloads('/state').length, 2)
})

t.test('a report that the broker refuses does not end the connection, and is logged once', async (t) => {
  const { uplink, connect, log, pass, names } = await setUp()
  uplink.denies = (topic) => topic.endsWith('/survey') || topic.endsWith('/health')
  await connect()
  await pass(60_000)
  await pass(60_000)
  t.same(names(), ['state', 'totals'])
  t.equal(log.of('report refused').length, 2, 'one for each topic')
})

t.test('a lost connection ends it', async (t) => {
  const { uplink, connect } = await setUp()
  uplink.automatic = false
  const { running } = await connect()
  uplink.lose()
  await t.rejects(running, { name: 'UplinkError', message: /lost/ })
})
