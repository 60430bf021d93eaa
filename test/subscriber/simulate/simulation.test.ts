import t from 'tap'
import * as v from 'valibot'
import { replySchema, type VoteEvent } from '../../../src/contract/schemas.ts'
import { topicsOf } from '../../../src/contract/topics.ts'
import type { Message } from '../../../src/ports/uplink.ts'
import { lifeOf, votesOf } from '../../../src/subscriber/simulate/life.ts'
import { allOf } from '../../../src/subscriber/simulate/merge.ts'
import { municipality } from '../../../src/subscriber/simulate/municipality.ts'
import { messageOf } from '../../../src/subscriber/simulate/said.ts'
import { Simulation, type SimulationOptions } from '../../../src/subscriber/simulate/simulation.ts'
import { addSaid, noTruth } from '../../../src/subscriber/simulate/truth.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { FakeUplink } from '../../fakes/fake-uplink.ts'
import { turns, until } from '../../fakes/until.ts'

const root = 'faccina/1'
const town = municipality({ name: 'c_e506', terminals: 20, days: 3, from: '2026-05-04', seed: 1 })
const expected = [...allOf(town)].map(({ said }) => messageOf(root, said.item))

function simulation(uplink: FakeUplink, options: Partial<SimulationOptions> = {}) {
  const clock = new FakeClock()
  const signal = new AbortController()
  const made = new Simulation({
    municipality: town,
    uplinkOf: () => uplink,
    connections: 'few',
    topicRoot: root,
    pace: { is: 'all-at-once' },
    lossy: 0,
    clock,
    ...options,
  })
  return { simulation: made, clock, stop: signal, signal: signal.signal }
}

const text = ({ topic, payload }: Message) => `${topic} ${payload}`
/** The messages of each terminal, in their order: between terminals there is none. */
function byTerminal(messages: readonly Message[]): Record<string, string[]> {
  const sorted: Record<string, string[]> = {}
  for (const message of messages) {
    const terminal = message.topic.split('/').slice(2, 5).join('/')
    sorted[terminal] ??= []
    sorted[terminal].push(text(message))
  }
  return sorted
}

t.test('everything is published, once, each terminal in its order', async (t) => {
  const uplink = new FakeUplink()
  const { simulation: sim, signal, stop } = simulation(uplink)
  await sim.connect(signal)
  t.equal(uplink.connected, 16)
  const published = await sim.run(signal)
  t.strictSame(byTerminal(uplink.messages), byTerminal(expected))
  const truth = noTruth()
  for (const { said } of allOf(town)) addSaid(truth, said)
  t.strictSame(published.truth, truth)
  t.equal(published.messages, expected.length)
  t.equal(
    published.bytes,
    expected.reduce((sum, { topic, payload }) => sum + topic.length + Buffer.byteLength(payload), 0),
  )
  t.equal(published.counters.length, 20)
  t.ok(published.truth.votes > 300)
  t.equal(published.terminalsCommitted, 0)
  stop.abort()
  await sim.ended()
  t.notOk(uplink.online)
})

t.test('one connection each, with its will', async (t) => {
  const uplink = new FakeUplink()
  const { simulation: sim, signal, stop } = simulation(uplink, { connections: 'terminal' })
  await sim.connect(signal)
  t.equal(uplink.connected, 20)
  uplink.lose()
  const wills = uplink.json('/state')
  t.equal(wills.length, 20)
  t.ok(wills.every(({ state, will }) => state === 'offline' && will))
  stop.abort()
  await sim.ended()
})

t.test('no more than the window is on its way', async (t) => {
  const uplink = new FakeUplink()
  uplink.automatic = false
  const { simulation: sim, signal, stop } = simulation(uplink)
  await sim.connect(signal)
  const running = sim.run(signal)
  await turns()
  const perLane = uplink.waiting.length
  t.ok(perLane <= 16 * 64, `${perLane}`)
  const before = uplink.messages.length
  await turns()
  t.equal(uplink.messages.length, before, 'it waits for the broker')
  uplink.automatic = true
  for (const { acknowledge } of [...uplink.waiting]) acknowledge()
  await running
  t.strictSame(byTerminal(uplink.messages), byTerminal(expected))
  stop.abort()
  await sim.ended()
})

t.test('a broker that goes away gets what it did not acknowledge again, and nothing else', async (t) => {
  const uplink = new FakeUplink()
  const { simulation: sim, signal, stop, clock } = simulation(uplink)
  await sim.connect(signal)
  uplink.automatic = false
  const running = sim.run(signal)
  await turns()
  t.ok(uplink.waiting.length > 0)
  uplink.lose()
  uplink.automatic = true
  let over = false
  running.then(() => {
    over = true
  })
  await until(() => {
    clock.advance(1_000)
    return over
  })
  const { reconnects } = await running
  t.equal(reconnects, 16)
  t.strictSame(new Set(uplink.messages.map(text)), new Set(expected.map(text)))
  const events = uplink.messages.filter(({ topic }) => topic.endsWith('/vote'))
  const contents = new Map<string, string>()
  for (const { payload } of events) {
    const { source, id } = JSON.parse(payload) as VoteEvent
    const before = contents.get(source + id)
    if (before !== undefined && before !== payload) t.fail(`${id} has two contents`)
    contents.set(source + id, payload)
  }
  stop.abort()
  await sim.ended()
})

t.test('what was kept back comes by a replay, byte for byte', async (t) => {
  const uplink = new FakeUplink()
  const { simulation: sim, signal, stop } = simulation(uplink, { lossy: 0.2 })
  await sim.connect(signal)
  const { votesDropped, truth } = await sim.run(signal)
  const votes = expected.filter(({ topic }) => topic.endsWith('/vote'))
  t.ok(votesDropped > votes.length * 0.12 && votesDropped < votes.length * 0.28, `${votesDropped}`)
  t.ok(truth.votes >= votes.length, 'they are true nevertheless')
  t.equal(uplink.payloads('/vote').length, votes.length - votesDropped)
  for (const terminal of town.terminals) {
    const epochs = new Set([...votesOf(terminal)].map(({ data }) => data.epoch))
    for (const epoch of epochs) ask(uplink, terminal.source, { id: `of ${epoch}`, epoch, from: 1 })
  }
  await until(() => new Set(uplink.payloads('/vote')).size === votes.length)
  t.strictSame([...new Set(uplink.payloads('/vote'))].sort(), votes.map(({ payload }) => payload).sort())
  const replayed = uplink.messages.filter(({ properties }) => properties?.replay !== undefined)
  t.ok(replayed.every(({ topic }) => /\/(vote|gap|summary)$/.test(topic)))
  for (const reply of uplink.json('/reply')) t.ok(v.is(replySchema, reply) && reply.ok, reply.id)
  t.ok(sim.since.replayRequests >= 20)
  t.equal(sim.since.replayed, replayed.length)
  stop.abort()
  await sim.ended()
})

function ask(uplink: FakeUplink, source: string, request: object, name = 'replay', more = {}): void {
  const payload = new TextEncoder().encode(JSON.stringify(request))
  uplink.deliver({ topic: topicsOf(root, source).command(name), payload, ...more })
}

t.test('a part of it is replayed: by sequences, by times; nonsense is answered as such', async (t) => {
  const uplink = new FakeUplink()
  const { simulation: sim, signal, stop } = simulation(uplink)
  await sim.connect(signal)
  await sim.run(signal)
  const terminal = town.terminals[0]!
  const votes = [...votesOf(terminal)].filter(({ data }, _, all) => data.epoch === all.at(-1)?.data.epoch)
  const [first, last] = [votes[3]!, votes[7]!]
  const replay = async (request: object) => {
    const before = uplink.messages.length
    ask(uplink, terminal.source, request)
    await turns()
    const [reply, ...events] = uplink.messages.slice(before)
    return {
      reply: JSON.parse(reply?.payload ?? '{}'),
      events: events.map(({ payload }) => JSON.parse(payload)),
    }
  }
  const some = await replay({ id: '1', from: first.data.sequence, to: last.data.sequence })
  t.strictSame(some.events.filter(({ type }) => type === 'faccina.vote.v1').length, some.reply.votes)
  t.ok(some.events.length >= 5)
  t.strictSame(some.reply.id, '1')
  const timed = await replay({ since: first.time, until: last.time })
  t.ok(timed.events.every(({ time }) => time >= first.time && time < last.time))
  t.ok(timed.events.length > 0)
  const none = await replay({ from: 100_000 })
  t.strictSame(none.reply.votes, 0)
  t.strictSame(none.events, [])
  const nonsense = await replay({ id: '2', from: 0 })
  t.equal(nonsense.reply.ok, false)
  t.match(nonsense.reply.problem, /from/)
  const before = uplink.messages.length
  ask(uplink, 'faccina://c_e506/nowhere/1', {})
  ask(uplink, terminal.source, {}, 'explode')
  ask(uplink, terminal.source, [1])
  uplink.deliver({
    topic: topicsOf(root, terminal.source).command('replay'),
    payload: new TextEncoder().encode('{"from": '),
  })
  await turns()
  t.equal(uplink.messages.length, before, 'who is not asked does not answer')
  ask(uplink, terminal.source, { id: '3' }, 'identify', { responseTopic: 'answers/7' })
  await turns()
  t.match(uplink.messages.at(-1), { topic: 'answers/7' })
  stop.abort()
  await sim.ended()
})

t.test('what is still to come is not replayed', async (t) => {
  const uplink = new FakeUplink()
  const late = { is: 'times', factor: 1 } as const
  const { simulation: sim, signal, stop, clock } = simulation(uplink, { pace: late })
  await sim.connect(signal)
  const running = sim.run(signal)
  const terminal = town.terminals[0]!
  const noon = Date.UTC(2026, 4, 4, 8) - town.from
  const steps = 60
  for (let step = 0; step < steps; step++) {
    clock.advance(noon / steps)
    await turns(40)
  }
  const had = uplink.messages.filter(({ topic }) => topic.endsWith('anagrafe/1/vote')).length
  t.ok(had > 0)
  ask(uplink, terminal.source, { from: 1 })
  await until(() => uplink.json('/reply').length === 1)
  await turns()
  t.equal(uplink.json('/reply')[0].votes, had)
  stop.abort()
  await running
  await sim.ended()
})

t.test('time goes as it is told to', async (t) => {
  const uplink = new FakeUplink()
  // A day and a half is past.
  const wall = town.from + 36 * 3_600_000
  const clock = new FakeClock({ wall })
  const { simulation: sim, signal, stop } = simulation(uplink, { pace: { is: 'live' }, clock })
  await sim.connect(signal)
  const running = sim.run(signal)
  const past = [...allOf(town)].filter(({ said }) => said.at <= wall).length
  await until(() => uplink.messages.length >= past)
  await turns()
  t.equal(uplink.messages.length, past, 'the past at once, and nothing of the future')
  clock.advance(60_000)
  await turns()
  t.ok(uplink.messages.length < past + 100)
  stop.abort()
  await running
  await sim.ended()
})

t.test('collectors say how far they are', async (t) => {
  const uplink = new FakeUplink()
  const { simulation: sim, signal, stop } = simulation(uplink)
  await sim.connect(signal)
  await sim.run(signal)
  let over = false
  const waiting = sim.untilCommitted(signal).then(() => {
    over = true
  })
  for (const terminal of town.terminals) {
    t.notOk(over)
    const last = [...lifeOf(terminal)]
      .flat()
      .findLast(({ item }) => item.is === 'vote' || item.is === 'summary')
    if (last?.item.is !== 'vote') throw new Error('a terminal ends with a vote here')
    const { epoch, sequence } = last.item.event.data
    const payload = new TextEncoder().encode(JSON.stringify({ epoch, sequence }))
    uplink.deliver({ topic: topicsOf(root, terminal.source).committed, payload })
    await turns(1)
  }
  await waiting
  t.equal(sim.since.terminalsCommitted, 20)
  stop.abort()
  await sim.ended()
})

t.test('a broker that refuses is told of; one that is not there ends it', async (t) => {
  const uplink = new FakeUplink()
  uplink.denies = (topic) => topic.endsWith('/health')
  const { simulation: sim, signal, stop } = simulation(uplink)
  await sim.connect(signal)
  const { refused, refusal } = await sim.run(signal)
  t.equal(refused, expected.filter(({ topic }) => topic.endsWith('/health')).length)
  t.match(refusal, /health/)
  stop.abort()
  await sim.ended()
  const nowhere = new FakeUplink()
  const { UplinkError } = await import('../../../src/ports/uplink.ts')
  nowhere.away = new UplinkError('unreachable', 'nothing listens there')
  const other = simulation(nowhere)
  await t.rejects(other.simulation.connect(other.signal), { message: 'nothing listens there' })
  t.equal(nowhere.attempts, 1)
})

t.test('it can be stopped at any time', async (t) => {
  const uplink = new FakeUplink()
  uplink.automatic = false
  const { simulation: sim, signal, stop } = simulation(uplink)
  await sim.connect(signal)
  const running = sim.run(signal)
  await turns()
  stop.abort()
  const { messages } = await running
  t.ok(messages < expected.length)
  await sim.ended()
  t.notOk(uplink.online)
})
