import fc from 'fast-check'
import t from 'tap'
import { faces } from '../../src/domain/words.ts'
import type { Journal } from '../../src/ports/journal.ts'
import { type Connection, type Message, UplinkError } from '../../src/ports/uplink.ts'
import type { FakeJournal } from '../fakes/fake-journal.ts'
import type { FakeUplink } from '../fakes/fake-uplink.ts'
import { turns } from '../fakes/until.ts'
import { publisherWorld, sequenceOf, topics } from './publisher-world.ts'

const will: Message = { topic: 'state', payload: 'offline', retain: true }

t.test('in order, and no more at a time than the window', async (t) => {
  const { votes, connect, sent, acknowledge, cursor, drained, publisher, clock } = publisherWorld()
  await votes(7)
  await connect()
  t.same(sent(), [1, 2, 3, 4])
  t.equal(publisher.oldest, clock.now().wall - 6_000)
  await acknowledge(1)
  t.same(sent(), [1, 2, 3, 4, 5])
  await acknowledge(3, 4, 5)
  t.same(sent(), [1, 2, 3, 4, 5], 'the second still stands in the way')
  t.same(cursor(), [1], 'the cursor moves only where there is no hole')
  await acknowledge(2)
  t.same(cursor(), [1, 5])
  t.same(sent(), [1, 2, 3, 4, 5, 6, 7])
  t.equal(drained(), 0)
  await acknowledge(7, 6)
  t.same(cursor(), [1, 5, 7])
  t.equal(drained(), 1)
  t.equal(publisher.oldest, undefined)
})

t.test('what is new goes out at once, and nothing that is not settled', async (t) => {
  const { vote, connect, sent, journal, clock } = publisherWorld()
  await connect()
  t.same(sent(), [])
  const sequence = await vote('dissatisfied', false)
  await turns()
  t.same(sent(), [])
  await journal.amend(sequence, { outcome: 'skipped' }, clock.now())
  await turns()
  t.same(sent(), [])
  journal.settle(sequence)
  await turns()
  t.same(sent(), [1])
})

t.test('a gap is published in its place', async (t) => {
  const { votes, connect, uplink, journal, acknowledge, cursor } = publisherWorld()
  await votes(1)
  journal.lose(3, Date.UTC(2026, 4, 4))
  await votes(1)
  await connect()
  t.same(
    uplink.messages.map((message) => [message.topic.split('/').at(-1), sequenceOf(message)]),
    [
      ['vote', 1],
      ['gap', 2],
      ['vote', 5],
    ],
  )
  t.ok(uplink.messages.every(({ retain, expirySeconds }) => !retain && expirySeconds === undefined))
  await acknowledge(1, 2, 5)
  t.equal(cursor().at(-1), 5)
})

t.test('what was not acknowledged goes out again on the next connection, the same bytes', async (t) => {
  const { votes, connect, sent, acknowledge, uplink, cursor } = publisherWorld()
  await votes(6)
  const first = await connect()
  await acknowledge(1, 3)
  uplink.lose()
  await first.running
  t.match(first.over.problem, { kind: 'lost' })
  await connect()
  t.same(sent(), [1, 2, 3, 4, 5, 2, 3, 4, 5])
  const again = uplink.payloads('/vote')
  t.same(again.slice(5), again.slice(1, 5))
  await acknowledge(2, 3, 4, 5, 6)
  await acknowledge(6)
  t.equal(cursor().at(-1), 6)
})

t.test('a reader that comes late does not reach into the next connection', async (t) => {
  const { votes, connect, sent, acknowledge, uplink, cursor, journal } = publisherWorld({ window: 2 })
  await votes(3)
  const release = slowFirstReader(journal)
  const first = await connect()
  t.same(sent(), [])
  uplink.lose()
  await turns()
  const second = await connect()
  t.same(sent(), [1, 2])
  release()
  await first.running
  await turns()
  t.same(sent(), [1, 2], 'the first connection has nothing more to send')
  await acknowledge(1, 2)
  await acknowledge(3)
  t.same(cursor().at(-1), 3, 'nor does it stand in the way')
  second.stop.abort()
  await second.running
  t.same(second.over, { at: 'end' })
})

/** The first reader waits until the returned function is called. */
function slowFirstReader(journal: FakeJournal): () => void {
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const reader = journal.reader.bind(journal)
  let readers = 0
  journal.reader = () => {
    const real = reader()
    if (readers++ > 0) return real
    return { next: () => held.then(() => real.next()) }
  }
  return release
}

t.test('a refusal ends it and is told', async (t) => {
  const { votes, connect, uplink, cursor } = publisherWorld()
  await votes(3)
  const { running, over } = await connect()
  uplink.waiting[1]?.refuse()
  await running
  t.match(over.problem, { name: 'UplinkError', kind: 'refused' })
  t.same(cursor(), [])
})

t.test('whatever else fails ends it too, rather than leave it lame', async (t) => {
  const { votes, publisher, uplink, journal } = publisherWorld()
  await votes(2)
  const real = await uplink.connect(will, new AbortController().signal)
  const lame: Connection = {
    protocol: real.protocol,
    closed: real.closed,
    subscribe: () => Promise.reject(new UplinkError('lost', 'somehow')),
    publish: () => Promise.reject(new UplinkError('lost', 'somehow')),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
  await t.rejects(publisher.run(lame, new AbortController().signal), { message: 'somehow' })
  journal.reader = () => ({ next: () => Promise.reject(new Error('EIO')) })
  await t.rejects(publisher.run(real, new AbortController().signal), { message: 'EIO' })
})

t.test('votes that nobody heard are counted', async (t) => {
  const { votes, connect, acknowledge, publisher, uplink, log, journal } = publisherWorld()
  journal.lose(1, 0)
  await votes(2)
  await connect()
  await acknowledge(1, 2, 3)
  t.equal(publisher.unheard, 2, 'a gap is no vote')
  t.equal(log.complaints.length, 1)
  uplink.watch(topics.vote, () => {})
  await votes(1)
  await acknowledge(4)
  t.equal(publisher.unheard, 2)
})

t.test('a stop sends no more, and waits for what is under way', async (t) => {
  const { votes, connect, acknowledge, sent, cursor } = publisherWorld()
  await votes(9)
  const { stop, over, running } = await connect()
  stop.abort()
  await acknowledge(1, 2, 3)
  t.same(sent(), [1, 2, 3, 4])
  t.same(over, {})
  await acknowledge(4)
  await running
  t.same(over, { at: 'end' })
  t.equal(cursor().at(-1), 4)
})

t.test('a stop in the middle of a long backlog ends it, however fast the broker is', async (t) => {
  const { votes, uplink, publisher, sent } = publisherWorld()
  await votes(500)
  uplink.automatic = true
  const stop = new AbortController()
  const connection = await uplink.connect(will, new AbortController().signal)
  const running = publisher.run(connection, stop.signal)
  while (sent().length < 20) await Promise.resolve()
  const { length } = sent()
  stop.abort()
  await running
  t.equal(sent().length, length)
})

t.test('a connection that is lost at once, and a stop before it began', async (t) => {
  const { votes, connect, uplink, publisher } = publisherWorld()
  await votes(2)
  const connection = await uplink.connect(will, new AbortController().signal)
  await publisher.run(connection, AbortSignal.abort())
  t.same(uplink.messages, [])
  await connection[Symbol.asyncDispose]()
  await publisher.run(connection, new AbortController().signal)
  const { over, running } = await connect()
  uplink.lose()
  await running
  t.equal(over.at, 'end')
})

t.test('whatever the broker does: it has every vote, each with one content', async (t) => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant('acknowledge' as const), which: fc.nat(20) }) },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('vote' as const), face: fc.constantFrom(...faces) }),
    },
    { weight: 1, arbitrary: fc.constant({ do: 'lose' as const }) },
    { weight: 1, arbitrary: fc.constant({ do: 'refuse' as const }) },
    { weight: 1, arbitrary: fc.constant({ do: 'stop' as const }) },
    { weight: 1, arbitrary: fc.constant({ do: 'gap' as const }) },
  )
  const run = fc.asyncProperty(
    fc.integer({ min: 1, max: 5 }),
    fc.array(step, { maxLength: 60 }),
    async (window, steps) => {
      const world = publisherWorld({ window })
      const { uplink, journal } = world
      let now = await world.connect()
      for (const next of steps) {
        if (next.do === 'acknowledge') {
          const { waiting } = uplink
          if (waiting.length > 0) waiting[next.which % waiting.length]?.acknowledge()
        } else if (next.do === 'vote') await world.vote(next.face)
        else if (next.do === 'gap') journal.lose(2, 0)
        else {
          if (next.do === 'refuse') uplink.waiting[0]?.refuse()
          if (next.do === 'stop') now.stop.abort()
          await turns(3)
          uplink.lose()
          await now.running
          now = await world.connect()
        }
        await turns(3)
        if (uplink.waiting.length > window) throw new Error('more than the window')
      }
      while (uplink.waiting.length > 0) {
        uplink.waiting[0]?.acknowledge()
        await turns(3)
      }
      now.stop.abort()
      await now.running
      complete(uplink, journal)
    },
  )
  await fc.assert(run, { numRuns: 150 })
  t.pass()
})

/** Throws unless the broker has all that the journal has, and nothing twice with another content. */
function complete(uplink: FakeUplink, journal: Journal): void {
  const contents = new Map<string, string>()
  let highest = 0
  for (const { payload, topic } of uplink.messages) {
    if (topic === topics.state) continue
    const { id, data } = JSON.parse(payload)
    const first = data.sequence ?? data.from
    if (contents.has(id) && contents.get(id) !== payload) throw new Error(`${id} has two contents`)
    if (!contents.has(id) && first !== highest + 1) throw new Error(`${id} out of order`)
    if (!contents.has(id)) highest = data.sequence ?? data.to
    contents.set(id, payload)
  }
  const totals = journal.totals()
  if (highest !== totals.sequence) throw new Error(`the broker has up to ${highest}, not ${totals.sequence}`)
  const heard = [...contents.values()].map((payload) => JSON.parse(payload).data.face)
  for (const face of faces)
    if (heard.filter((other) => other === face).length !== totals.faces[face])
      throw new Error(`${face} differs`)
  if (journal.condition().waiting !== 0) throw new Error('the cursor is behind')
}

t.test('a late acknowledgement never moves the cursor back', async (t) => {
  const { votes, connect, publisher, uplink, journal, cursor } = publisherWorld({ window: 3 })
  await votes(5)
  const answers: (() => void)[] = []
  const real = await uplink.connect(will, new AbortController().signal)
  const slow: Connection = {
    protocol: '5',
    closed: real.closed,
    subscribe: () => Promise.reject(new UplinkError('lost', 'somehow')),
    publish: () => new Promise((resolve) => answers.push(() => resolve({ heard: true }))),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
  const running = publisher.run(slow, new AbortController().signal).catch(() => {})
  await turns()
  uplink.lose()
  await running
  uplink.automatic = true
  await connect()
  t.equal(cursor().at(-1), 5)
  for (const answer of answers) answer()
  await turns()
  t.equal(cursor().at(-1), 5)
  t.equal(await journal.reader().next(), undefined)
})
