import t from 'tap'
import { noVotes } from '../../../src/domain/vote.ts'
import { UplinkError } from '../../../src/ports/uplink.ts'
import { Collector } from '../../../src/subscriber/collect/collector.ts'
import { DatabaseError } from '../../../src/subscriber/database/database.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { FakeDatabase } from '../../fakes/fake-database.ts'
import { FakeLog } from '../../fakes/fake-log.ts'
import { FakeUplink } from '../../fakes/fake-uplink.ts'
import { bytes, someEpoch, someVote, topicOf } from '../../fakes/told-votes.ts'
import { turns } from '../../fakes/until.ts'

class World implements AsyncDisposable {
  readonly uplink = new FakeUplink()
  readonly clock = new FakeClock()
  readonly log = new FakeLog()
  readonly database: FakeDatabase
  readonly collector: Collector
  readonly #stop = new AbortController()
  #running: Promise<void> | undefined

  constructor(database = new FakeDatabase(), share?: string) {
    this.database = database
    const { uplink, clock, log } = this
    this.collector = new Collector({
      database,
      uplink,
      topicRoot: 'faccina/1',
      clock,
      log,
      random: () => 0.5,
      ...(share !== undefined && { share }),
    })
  }

  async start(): Promise<void> {
    this.#running = this.collector.run(this.#stop.signal)
    // A test looks at how it ended when it stops it.
    this.#running.catch(() => {})
    await turns()
  }

  vote(sequence: number, changes = {}): void {
    this.uplink.deliver({ topic: topicOf('vote'), payload: bytes(someVote(sequence, changes)) })
  }

  /** The terminal's retained word on how far it is. */
  totals(sequence: number, epoch = someEpoch): void {
    this.uplink.deliver({
      topic: topicOf('totals'),
      payload: bytes({ epoch, ...noVotes(), sequence }),
      retained: true,
    })
  }

  online(epoch = someEpoch, told = 'online'): void {
    const state = { state: told, version: '1', epoch, boot: 1, since: '2026-05-04T07:00:00.000Z' }
    this.uplink.deliver({ topic: topicOf('state'), payload: bytes(state), retained: true })
  }

  /** Time passes in small steps, and all that waits has its turn. */
  async pass(ms: number, stepMs = 250): Promise<void> {
    for (let done = 0; done < ms; done += stepMs) {
      this.clock.advance(stepMs)
      await turns()
    }
  }

  get committed(): { epoch: string; sequence: number }[] {
    return this.uplink.json('/committed')
  }

  get replays(): { id: string; epoch: string; from: number; to: number }[] {
    return this.uplink.json('/command/replay')
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}

t.test('votes are stored in batches, and the terminal is told how far', async (t) => {
  await using world = new World()
  await world.start()
  world.online()
  for (let sequence = 1; sequence <= 5; sequence++) world.vote(sequence)
  world.vote(3)
  await world.pass(2_000)
  t.match(world.collector.collected, { votes: 5, duplicates: 1, conflicts: 0, rejected: 0 })
  t.ok(world.database.stores <= 2, `${world.database.stores} batches`)
  t.strictSame(world.committed, [{ epoch: someEpoch, sequence: 5 }])
  t.ok(world.uplink.retained.has(topicOf('committed')))
})

t.test('what is missing is asked for, and committed waits for it', async (t) => {
  await using world = new World()
  await world.start()
  world.online()
  for (const sequence of [1, 2, 5, 6]) world.vote(sequence)
  world.totals(9)
  await world.pass(9_000)
  t.strictSame(world.committed, [{ epoch: someEpoch, sequence: 2 }])
  t.strictSame(world.replays, [], 'most of what is missing is only on its way')
  await world.pass(3_000)
  t.match(world.replays, [{ epoch: someEpoch, from: 3, to: 9 }])
  t.equal(world.replays.length, 1)
  for (const sequence of [3, 4, 7, 8, 9]) world.vote(sequence)
  await world.pass(60_000)
  t.strictSame(world.committed.at(-1), { epoch: someEpoch, sequence: 9 })
  t.equal(world.replays.length, 1, 'nothing more is asked for')
  t.equal(world.collector.incomplete, 0)
})

t.test('a terminal that is not there is not asked; one that does not deliver ever more seldom', async (t) => {
  await using world = new World()
  await world.start()
  world.online(someEpoch, 'offline')
  world.totals(4)
  world.vote(4)
  await world.pass(60_000, 1_000)
  t.strictSame(world.replays, [])
  world.online()
  await world.pass(20 * 60_000, 1_000)
  t.ok(world.replays.length >= 4 && world.replays.length <= 7, `${world.replays.length} times in 20 minutes`)
})

t.test('a database that fails is tried again, and nothing is said before it has it', async (t) => {
  await using world = new World()
  await world.start()
  world.online()
  world.database.away = new DatabaseError('full', 'the disk is full')
  for (let sequence = 1; sequence <= 3; sequence++) world.vote(sequence)
  await world.pass(5_000)
  t.strictSame(world.committed, [])
  t.match(JSON.stringify(world.log), /not stored/)
  world.database.away = undefined
  await world.pass(400_000, 5_000)
  t.strictSame(world.committed.at(-1), { epoch: someEpoch, sequence: 3 })
  t.match(world.collector.collected, { votes: 3 })
})

t.test('where somebody must change something first, it ends and says so', async (t) => {
  const world = new World()
  world.database.away = new DatabaseError('wrong', 'the database is of a newer version')
  await world.start()
  world.vote(1)
  await world.pass(1_000)
  await t.rejects(world.stop(), { name: 'DatabaseError', kind: 'wrong' })
  t.equal(world.uplink.online, false)
})

t.test('memory is bounded while the database is slow: the broker waits', async (t) => {
  await using world = new World()
  let open!: () => void
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  world.database.beforeStore = () => gate
  await world.start()
  let taken = 0
  const { receive } = capture(world.uplink)
  for (let sequence = 1; sequence <= 5_000; sequence++) {
    const answer = receive(topicOf('vote'), bytes(someVote(sequence)))
    if (answer) break
    taken++
    if (sequence % 500 === 0) await world.pass(100, 50)
  }
  t.ok(taken >= 2_000 && taken <= 3_100, `${taken} were taken before the broker had to wait`)
  open()
  await world.pass(2_000)
  t.ok(world.collector.collected.votes >= taken)
})

t.test('what others said of committed is compared with the database', async (t) => {
  await using world = new World()
  await world.start()
  world.online()
  for (let sequence = 1; sequence <= 3; sequence++) world.vote(sequence)
  await world.pass(2_000)
  world.uplink.deliver({
    topic: topicOf('committed'),
    payload: bytes({ epoch: someEpoch, sequence: 99 }),
    retained: true,
  })
  await world.pass(3_000)
  t.strictSame(world.committed.at(-1), { epoch: someEpoch, sequence: 3 }, 'ahead of the database: put right')
  world.uplink.deliver({ topic: topicOf('committed'), payload: bytes('nonsense'), retained: true })
  await world.pass(3_000)
  t.ok(world.committed.every(({ sequence }) => sequence === 3))
})

t.test('after a reconnect what is behind is said again; the epoch of now stays', async (t) => {
  const database = new FakeDatabase()
  await using first = new World(database)
  await first.start()
  first.online()
  for (let sequence = 1; sequence <= 3; sequence++) first.vote(sequence)
  first.vote(1, { epoch: 'aaaaaa' })
  await first.pass(2_000)
  await first.stop()
  await using second = new World(database)
  second.online()
  second.totals(3)
  await second.start()
  await second.pass(3_000)
  t.strictSame(second.committed.at(-1), { epoch: someEpoch, sequence: 3 })
  second.uplink.lose(new UplinkError('lost', 'gone'))
  await second.pass(5_000)
  second.vote(4)
  await second.pass(3_000)
  t.strictSame(second.committed.at(-1), { epoch: someEpoch, sequence: 4 })
})

t.test(
  'two epochs of a terminal: each is told once, and the present one stands, whenever it is known',
  async (t) => {
    await using world = new World()
    world.uplink.heardLater = true
    await world.start()
    world.vote(1)
    world.vote(1, { epoch: 'aaaaaa' })
    world.vote(2, { epoch: 'aaaaaa' })
    await world.pass(3_000)
    const told = world.committed.length
    t.ok(told >= 2 && told <= 3, `${told} words while the present one is not known`)
    world.totals(1)
    await world.pass(3_000)
    t.strictSame(world.committed.at(-1), { epoch: someEpoch, sequence: 1 }, 'the present one stands')
    const settled = world.committed.length
    await world.pass(30_000)
    t.equal(world.committed.length, settled, 'and nothing is said twice')
    world.vote(3, { epoch: 'aaaaaa' })
    await world.pass(3_000)
    t.strictSame(world.committed.slice(settled), [
      { epoch: 'aaaaaa', sequence: 3 },
      { epoch: someEpoch, sequence: 1 },
    ])
  },
)

t.test('what does not validate is in quarantine, with the reason, and hurts nobody', async (t) => {
  await using world = new World()
  await world.start()
  world.online()
  world.vote(1)
  const forged = someVote(2, { source: 'faccina://c_e506/anagrafe/4' })
  world.uplink.deliver({ topic: topicOf('vote'), payload: bytes(forged) })
  world.uplink.deliver({ topic: topicOf('vote'), payload: bytes('{') })
  world.uplink.deliver({ topic: topicOf('gap'), payload: Uint8Array.of(0xff, 0xfe) })
  world.vote(2)
  await world.pass(2_000)
  t.match(world.collector.collected, { votes: 2, rejected: 3 })
  const { count, latest } = await world.database.quarantine(10)
  t.equal(count, 3)
  t.match(latest.map(({ why }) => why).sort(), [
    /^payload: found no JSON/,
    /^payload: found no UTF-8/,
    /^source: found faccina:\/\/c_e506\/anagrafe\/4/,
  ])
  t.strictSame(world.committed.at(-1), { epoch: someEpoch, sequence: 2 })
})

t.test(
  'a broker without shared subscriptions is told to the operator, and everything comes all the same',
  async (t) => {
    await using world = new World(new FakeDatabase(), 'collectors')
    world.uplink.protocol = '3.1.1'
    await world.start()
    world.vote(1)
    await world.pass(1_000)
    t.match(world.collector.collected, { votes: 1 })
    t.match(JSON.stringify(world.log), /knows no shared subscriptions/)
  },
)

t.test('of several collectors each gets its share of the events, and all of the rest', async (t) => {
  await using world = new World(new FakeDatabase(), 'collectors')
  const filters: string[] = []
  world.uplink.denies = (filter) => filters.push(filter) < 0
  await world.start()
  t.same(
    filters.filter((filter) => filter.startsWith('$share/')),
    ['vote', 'gap', 'summary', 'served'].map((kind) => `$share/collectors/faccina/1/+/+/+/${kind}`),
  )
  t.ok(filters.includes('faccina/1/+/+/+/totals'))
})

t.test('a broker that speaks MQTT 5 may refuse to share, too', async (t) => {
  await using world = new World(new FakeDatabase(), 'collectors')
  world.uplink.denies = (filter) => filter.startsWith('$share/')
  await world.start()
  world.vote(1)
  await world.pass(1_000)
  t.match(world.collector.collected, { votes: 1 })
  t.equal(world.log.of('not shared').length, 4)
})

t.test('what terminals reply to us is logged; what they reply to others is not', async (t) => {
  await using world = new World()
  await world.start()
  const reply = (message: unknown) =>
    world.uplink.deliver({ topic: topicOf('command/replay/reply'), payload: bytes(message) })
  reply({ command: 'replay', id: 'collect-1', ok: true, epoch: someEpoch, from: 2, to: 4, votes: 3 })
  reply({ command: 'replay', id: 'collect-2', ok: false, problem: 'ask again later' })
  reply({ command: 'replay', id: 'somebody’s', ok: false, problem: 'no' })
  reply({ id: 'collect-3' })
  reply('{')
  reply('x'.repeat(5_000))
  t.match(world.log.of('replay promised'), [{ votes: 3, from: 2, to: 4 }])
  t.match(world.log.of('replay not possible'), [{ why: 'ask again later' }])
})

t.test(
  'a broker that lets it ask or say nothing is told of, once a topic, and votes are stored',
  async (t) => {
    await using world = new World()
    world.uplink.denies = (topic) => /\d\/(committed|command\/replay)$/.test(topic)
    await world.start()
    world.online()
    for (const sequence of [1, 2, 4]) world.vote(sequence)
    await world.pass(15_000)
    t.match(world.collector.collected, { votes: 3 })
    t.match(world.log.of('committed refused'), [{ counter: '3', problem: { kind: 'refused' } }])
    t.match(world.log.of('replay refused by the broker'), [{ problem: { kind: 'refused' } }])
    t.ok(world.uplink.online, 'the connection stays')
    world.uplink.denies = () => false
    await world.pass(2_000)
    t.strictSame(world.committed, [{ epoch: someEpoch, sequence: 2 }], 'said as soon as it may be')
  },
)

t.test('where a broker gives what it retains only by name, it is asked for by name', async (t) => {
  await using world = new World()
  world.uplink.protocol = '3.1.1'
  world.uplink.retainedByName = true
  world.totals(3)
  await world.start()
  world.vote(1)
  await world.pass(20_000)
  t.match(world.replays, [{ from: 2, to: 3 }], 'the totals were heard')
})

t.test('a broker that does not let it ask by name is left alone', async (t) => {
  await using world = new World()
  world.uplink.protocol = '3.1.1'
  world.uplink.denies = (filter) => filter === topicOf('totals')
  await world.start()
  world.vote(1)
  await world.pass(2_000)
  t.match(world.log.of('not subscribed by name'), [{ where: 'c_e506/anagrafe/3' }])
  t.match(world.collector.collected, { votes: 1 })
  t.ok(world.uplink.online)
})

/** What a real connection would do with a message: it waits for what the receiver returns. */
function capture(uplink: FakeUplink): {
  receive: (topic: string, payload: Uint8Array) => Promise<void> | undefined
} {
  return {
    receive(topic, payload) {
      let answer: Promise<void> | undefined
      uplink.onAnswer = (promise) => {
        answer = promise
      }
      uplink.deliver({ topic, payload })
      uplink.onAnswer = undefined
      return answer
    },
  }
}
