import t from 'tap'
import * as v from 'valibot'
import { surveyMessage, totalsMessage } from '../../src/contract/events.ts'
import { gapEventSchema } from '../../src/contract/schemas.ts'
import { topicsOf } from '../../src/contract/topics.ts'
import { it2009 } from '../../src/domain/surveys/it-2009.ts'
import { noVotes } from '../../src/domain/vote.ts'
import { Reporter } from '../../src/terminal/reporter.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FakeJournal } from '../fakes/fake-journal.ts'
import { FakeLog } from '../fakes/fake-log.ts'
import { FakeUplink } from '../fakes/fake-uplink.ts'
import { turns } from '../fakes/until.ts'
import { health } from './health.ts'

const topics = topicsOf('faccina/1', 'faccina://c_e506/anagrafe/3')

/** @param before the totals that the broker retains from the last time */
async function setUp(before: unknown = totalsMessage('k3f9x2', noVotes())) {
  const clock = new FakeClock()
  const uplink = new FakeUplink()
  const retain = (topic: string, message: unknown) =>
    uplink.retained.set(topic, { topic, payload: JSON.stringify(message), retain: true })
  if (before !== undefined) retain(topics.totals, before)
  const journal = new FakeJournal()
  const log = new FakeLog()
  const reporter = new Reporter({
    topics,
    journal,
    survey: surveyMessage(it2009, ['dissatisfied'], ['it', 'de']),
    version: '1.2.3',
    boot: 7,
    healthPeriodMs: 60_000,
    health: async ({ protocol }) => ({ ...health, broker: { protocol, unheard: 0, committedIgnored: 0 } }),
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
  return { clock, uplink, retain, journal, log, reporter, stop, connect, vote, names, pass }
}

t.test('it introduces the terminal: birth, survey, totals, health, all retained', async (t) => {
  const { uplink, connect, names } = await setUp()
  await connect()
  t.same(names(), ['state', 'survey', 'health', 'totals'])
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

t.test('totals are not told before it is known what the broker retains', async (t) => {
  const { connect, reporter, uplink, pass, names, clock, stop } = await setUp(null)
  uplink.retained.delete(topics.totals)
  const { running } = await connect()
  await reporter.totals()
  await pass(1_999)
  t.same(names(), ['state', 'survey', 'health'])
  await pass(1)
  t.same(names(), ['state', 'survey', 'health', 'totals'], 'nothing is retained')
  stop.abort()
  await running
  t.equal(clock.waiting, 0)
})

const old = { ...totalsMessage('aaaaaa', noVotes()), sequence: 120, votes: 118 }

t.test('the totals of another journal: the card was exchanged, and its votes are a gap', async (t) => {
  const { connect, names, uplink, clock, log } = await setUp(old)
  clock.advance(25 * 60_000)
  await connect()
  t.same(names(), ['state', 'survey', 'health'], 'first it looks how far a collector is')
  clock.advance(2_000)
  await turns()
  t.same(names().slice(3), ['gap', 'totals'])
  const [gap] = uplink.json('/gap')
  t.match(gap, {
    id: 'aaaaaa-000000000001-gap',
    source: 'faccina://c_e506/anagrafe/3',
    time: '2026-05-04T09:00:00.000Z',
    data: { epoch: 'aaaaaa', from: 1, to: 120, cause: 'exchanged' },
  })
  t.ok(v.is(gapEventSchema, gap))
  t.notOk(uplink.messages.find(({ topic }) => topic === topics.gap)?.retain)
  t.match(uplink.json('/totals'), [{ epoch: 'k3f9x2' }])
  t.equal(log.complaints.length, 1)
})

t.test('it is told once', async (t) => {
  const { connect, uplink, clock, reporter } = await setUp(old)
  const { connection } = await connect()
  clock.advance(2_000)
  await turns()
  await connection[Symbol.asyncDispose]()
  reporter.disconnected()
  await connect()
  clock.advance(2_000)
  await turns()
  t.equal(uplink.payloads('/gap').length, 1)
})

t.test('it is told again, in the same words, when it was not acknowledged', async (t) => {
  const { connect, uplink, clock, reporter } = await setUp(old)
  const first = await connect()
  uplink.automatic = false
  clock.advance(2_000)
  await turns()
  t.same(uplink.payloads('/totals'), [], 'the totals come after it')
  uplink.lose()
  await t.rejects(first.running)
  reporter.disconnected()
  uplink.automatic = true
  clock.advance(60_000)
  await connect()
  clock.advance(2_000)
  await turns()
  const [once, again, ...more] = uplink.payloads('/gap')
  t.ok(once)
  t.equal(again, once)
  t.same(more, [])
})

t.test('what a collector has of it is not lost', async (t) => {
  const cases: [committed: unknown, gap: { from: number; to: number } | undefined][] = [
    [
      { epoch: 'aaaaaa', sequence: 100 },
      { from: 101, to: 120 },
    ],
    [
      { epoch: 'aaaaaa', sequence: 0 },
      { from: 1, to: 120 },
    ],
    [
      { epoch: 'aaaaaa', sequence: 119 },
      { from: 120, to: 120 },
    ],
    [{ epoch: 'aaaaaa', sequence: 120 }, undefined],
    [{ epoch: 'aaaaaa', sequence: 1_000 }, undefined],
    [
      { epoch: 'bbbbbb', sequence: 100 },
      { from: 1, to: 120 },
    ],
    ['nonsense', { from: 1, to: 120 }],
  ]
  for (const [committed, gap] of cases) {
    const { connect, uplink, retain } = await setUp(old)
    retain(topics.committed, committed)
    await connect()
    const what = JSON.stringify(committed)
    if (gap) t.match(uplink.json('/gap'), [{ data: { epoch: 'aaaaaa', ...gap } }], what)
    else t.same(uplink.json('/gap'), [], what)
    t.equal(uplink.payloads('/totals').length, 1, what)
  }
})

t.test('retained totals that are none of an older journal', async (t) => {
  const cases = {
    'our own': { ...old, epoch: 'k3f9x2' },
    'no votes': { ...old, sequence: 0 },
    'an epoch that is none': { ...old, epoch: '../../x' },
    'a sequence that is none': { ...old, sequence: 1.5 },
    'a sequence longer than can be': { ...old, sequence: 1_000_000_000_000 },
    'no counts': { epoch: 'aaaaaa', sequence: 120 },
    'no object': 'totals',
    'a list': [old],
  }
  for (const [what, before] of Object.entries(cases)) {
    const { connect, uplink, names } = await setUp(before)
    await connect()
    t.same(uplink.payloads('/gap'), [], what)
    t.ok(names().includes('totals'), what)
  }
})

t.test('totals that somebody sends just now are not retained ones', async (t) => {
  const { connect, uplink, pass } = await setUp(null)
  uplink.retained.delete(topics.totals)
  await connect()
  uplink.deliver({ topic: topics.totals, payload: new TextEncoder().encode(JSON.stringify(old)) })
  await pass(2_000)
  t.same(uplink.payloads('/gap'), [])
})

t.test('a broker that does not let us look, or say it', async (t) => {
  const cases: [denied: string, names: string[]][] = [
    ['/totals', ['state', 'survey', 'health']],
    ['/committed', ['state', 'survey', 'health', 'gap', 'totals']],
    ['/gap', ['state', 'survey', 'health', 'totals']],
  ]
  for (const [denied, said] of cases) {
    const { connect, uplink, pass, names } = await setUp(old)
    uplink.denies = (topic) => topic.endsWith(denied)
    await connect()
    await pass(2_000)
    t.same(names(), said, denied)
    t.ok(uplink.online, denied)
  }
})

t.test('a stop or a loss while it looks ends it, and the retained totals stay', async (t) => {
  for (const how of ['stop', 'lose'] as const) {
    const { connect, uplink, stop, names, clock, pass } = await setUp(old)
    const { running } = await connect()
    if (how === 'stop') stop.abort()
    else uplink.lose()
    await turns()
    await pass(2_000)
    if (how === 'stop') await running
    t.notOk(names().includes('totals'), how)
    t.notOk(names().includes('gap'), how)
    t.equal(uplink.retained.get(topics.totals)?.payload, JSON.stringify(old), how)
    stop.abort()
    await turns()
    t.equal(clock.waiting, 0, how)
  }
})
