import fc from 'fast-check'
import t from 'tap'
import { topicsOf } from '../../src/contract/topics.ts'
import type { Item } from '../../src/ports/journal.ts'
import { FakeJournal } from '../fakes/fake-journal.ts'
import type { FakeUplink } from '../fakes/fake-uplink.ts'
import { turns } from '../fakes/until.ts'
import { publisherWorld, topics } from './publisher-world.ts'

/** With a collector that confirms. */
const world = (more: Parameters<typeof publisherWorld>[0] = {}) =>
  publisherWorld({ confirmation: 'collector', ...more })

t.test('done is what the collector has, not what the broker acknowledged', async (t) => {
  const { votes, connect, acknowledge, commit, cursor, sent, journal, drained } = world()
  await votes(6)
  await connect()
  t.same(sent(), [1, 2, 3, 4])
  await acknowledge(1, 2, 3, 4)
  t.same(sent(), [1, 2, 3, 4, 5, 6], 'it reads on ahead')
  await acknowledge(5, 6)
  t.ok(drained() > 0)
  t.same(cursor(), [])
  t.equal(journal.condition().waiting, 6)
  await commit(2)
  t.same(cursor(), [2])
  await commit(6)
  t.equal(cursor().at(-1), 6)
  t.equal(journal.condition().waiting, 0)
})

t.test('gaps and summaries are done when the collector has got behind their end', async (t) => {
  const { votes, connect, acknowledge, commit, cursor, journal } = world()
  await votes(1)
  journal.lose(3, 0)
  await votes(1)
  await connect()
  await acknowledge(1, 2, 5)
  await commit(3)
  t.same(cursor(), [1])
  await commit(4)
  t.same(cursor(), [1, 4])
  await commit(5)
  t.same(cursor(), [1, 4, 5])
})

t.test('a summary too', async (t) => {
  const { connect, acknowledge, commit, cursor, journal } = world()
  const { epoch, source } = journal
  journal.lose(4, 0)
  journal.fold({ epoch, source, from: 1, to: 4, spans: [], lost: [], at: 0 })
  await connect()
  await acknowledge(1)
  await commit(3)
  t.same(cursor(), [])
  await commit(4)
  t.same(cursor(), [4])
})

t.test('what is not committed goes out again on the next connection', async (t) => {
  const { votes, connect, acknowledge, commit, sent, uplink } = world()
  await votes(4)
  const first = await connect()
  await acknowledge(1, 2, 3, 4)
  await commit(2)
  uplink.lose()
  await first.running
  await connect()
  t.same(sent(), [1, 2, 3, 4, 3, 4])
  const payloads = uplink.payloads('/vote')
  t.same(payloads.slice(4), payloads.slice(2, 4))
})

t.test('what was committed while it was away is not sent again', async (t) => {
  const { votes, connect, acknowledge, commit, sent, uplink, cursor } = world({ window: 2 })
  await votes(6)
  const first = await connect()
  await acknowledge(1, 2)
  await acknowledge(3, 4)
  uplink.lose()
  await first.running
  await commit(4)
  const { length } = sent()
  await connect()
  await acknowledge(1, 2)
  t.same(
    sent()
      .slice(length)
      .filter((sequence) => sequence > 2),
    [5, 6],
  )
  t.equal(cursor().at(-1), 4)
})

t.test('a collector that stays behind is sent it again, in the same connection', async (t) => {
  const { votes, connect, acknowledge, commit, sent, pass, log, uplink } = world()
  await votes(3)
  await connect()
  await acknowledge(1, 2, 3)
  await commit(1)
  await pass(59_999)
  t.same(sent(), [1, 2, 3])
  await pass(1)
  t.same(sent(), [1, 2, 3, 2, 3])
  t.match(log.of('the collector stays behind: sending again'), [{ committed: 1, acknowledged: 3 }])
  await acknowledge(2, 3)
  await commit(2)
  await pass(59_999)
  t.same(sent(), [1, 2, 3, 2, 3], 'progress: its time begins anew')
  await pass(1)
  t.same(sent(), [1, 2, 3, 2, 3, 3])
  t.equal(log.of('the collector stays behind: sending again').length, 2, 'another occasion')
  await acknowledge(3)
  await commit(3)
  await pass(10_000_000)
  t.same(sent(), [1, 2, 3, 2, 3, 3])
  t.equal(uplink.connected, 1)
})

t.test('nothing is behind while the broker has not acknowledged', async (t) => {
  const { votes, connect, sent, pass } = world()
  await votes(2)
  await connect()
  await pass(600_000)
  t.same(sent(), [1, 2])
})

t.test('with no collector at all it sends again ever more seldom, and says so once', async (t) => {
  const { votes, connect, sent, pass, log, uplink, clock } = world()
  uplink.automatic = true
  await votes(1)
  const { stop, running } = await connect()
  const times: number[] = []
  const begun = clock.now().mono
  for (let second = 0; second < 20_000; second += 10) {
    const { length } = sent()
    await pass(10_000)
    if (sent().length > length) times.push(Math.round((clock.now().mono - begun) / 1_000))
  }
  t.same(times, [60, 180, 420, 900, 1_860, 3_780, 7_380, 10_980, 14_580, 18_180])
  t.equal(log.of('the collector stays behind: sending again').length, 1)
  stop.abort()
  await running
  t.equal(clock.waiting, 0)
})

t.test('a collector that lost its database gets all that it lacks', async (t) => {
  const { votes, connect, acknowledge, commit, sent, uplink, log, journal, cursor } = world()
  await votes(4)
  const first = await connect()
  await acknowledge(1, 2, 3, 4)
  await commit(4)
  uplink.lose()
  await first.running
  await commit(1)
  await connect()
  t.same(sent(), [1, 2, 3, 4, 2, 3, 4])
  t.same(
    journal.asked.filter(({ to }) => to === 'kept'),
    [{ to: 'kept', from: { epoch: 'k3f9x2', sequence: 2 } }],
  )
  t.match(log.of('the collector has less than it had: sending again'), [{ committed: 1, done: 4 }])
  await acknowledge(2, 3, 4)
  for (const sequence of [2, 3, 4]) await commit(sequence)
  t.equal(journal.asked.filter(({ to }) => to === 'kept').length, 1, 'catching up is no falling back')
  t.equal(cursor().at(-1), 4)
  await votes(1)
  t.same(sent().slice(-1), [5], 'it goes on with what is new')
  await acknowledge(5)
  await commit(5)
  t.equal(cursor().at(-1), 5)
})

t.test('it falls back once for each value of a connection', async (t) => {
  const { votes, connect, acknowledge, commit, sent, uplink, pass } = world()
  uplink.automatic = true
  await votes(3)
  await connect()
  await commit(3)
  await commit(1)
  t.same(sent(), [1, 2, 3, 2, 3], 'in the midst of a connection, too')
  await commit(3)
  await commit(1)
  t.same(sent(), [1, 2, 3, 2, 3], 'the same again')
  await commit(0)
  t.same(sent(), [1, 2, 3, 2, 3, 1, 2, 3], 'another value')
  await pass(60_000)
  t.same(sent().slice(8), [1, 2, 3], 'and when it stays behind')
  await acknowledge()
})

t.test('after a restart too, when nothing is left to send', async (t) => {
  const first = world()
  await first.votes(3)
  await first.connect()
  await first.acknowledge(1, 2, 3)
  await first.commit(3)
  const second = world({ journal: first.journal, clock: first.clock })
  second.uplink.automatic = true
  await second.commit(2)
  await second.connect()
  t.same(second.sent(), [3])
  t.equal(second.publisher.committedIgnored, 0)
})

t.test('after a restart what stands there counts as soon as it was sent again', async (t) => {
  const first = world()
  await first.votes(3)
  await first.connect()
  await first.acknowledge(1, 2, 3)
  const second = world({ journal: first.journal, clock: first.clock })
  await second.commit(3)
  const { running } = await second.connect()
  t.same(second.sent(), [1, 2, 3])
  await second.acknowledge(1, 2, 3)
  t.equal(second.cursor().at(-1), 3)
  t.equal(second.publisher.committedIgnored, 0, 'it may well have been published')
  await second.pass(600_000)
  t.same(second.sent(), [1, 2, 3])
  second.uplink.lose()
  await running
})

t.test('what cannot be is ignored, said once for each value, and counted', async (t) => {
  const nonsense: [what: string, committed: unknown][] = [
    ['beyond what was published', 3],
    ['far beyond', 999_999_999_999],
    ['longer than a sequence can be', 1_000_000_000_000],
    ['another epoch', { epoch: 'zzzzzz', sequence: 1 }],
    ['no epoch', { sequence: 1 }],
    ['no sequence', { epoch: 'k3f9x2' }],
    ['below nothing', -1],
    ['half a vote', 1.5],
    ['a text', '"1"'],
    ['a text for a number', { epoch: 'k3f9x2', sequence: '1' }],
    ['an epoch that is none', { epoch: '__proto__', sequence: 1 }],
    ['no JSON', '{'],
    ['a list', []],
    ['null', 'null'],
    ['too long', `{"epoch":"k3f9x2","sequence":1,"pad":"${'x'.repeat(5_000)}"}`],
  ]
  for (const [what, committed] of nonsense) {
    const { votes, connect, acknowledge, commit, cursor, publisher, log, sent } = world()
    await votes(2)
    await connect()
    await acknowledge(1, 2)
    await commit(committed)
    await commit(committed)
    t.same(cursor(), [], what)
    t.equal(publisher.committedIgnored, 2, what)
    t.equal(log.of('committed ignored').length, 1, what)
    t.same(sent(), [1, 2], what)
    await commit(2)
    t.equal(cursor().at(-1), 2, `${what}: the next good one counts`)
  }
})

t.test('what was beyond when it was said does not count later', async (t) => {
  const { votes, connect, acknowledge, commit, cursor } = world()
  await votes(2)
  await connect()
  await acknowledge(1, 2)
  await commit(4)
  await votes(2)
  await acknowledge(3, 4)
  t.same(cursor(), [])
})

t.test('a retained value that is taken away says nothing', async (t) => {
  const { votes, connect, acknowledge, commit, cursor, publisher } = world()
  await votes(2)
  await connect()
  await acknowledge(1, 2)
  await commit(1)
  await commit('')
  t.equal(publisher.committedIgnored, 0)
  t.same(cursor(), [1])
})

t.test('a flood of nonsense does not flood the log', async (t) => {
  const { connect, commit, publisher, log } = world()
  await connect()
  for (let i = 0; i < 200; i++) await commit(1_000 + i)
  t.equal(publisher.committedIgnored, 200)
  t.ok(log.entries.length < 50)
})

t.test('a broker that does not let us hear the collector: said once, as if it said nothing', async (t) => {
  const { votes, connect, acknowledge, commit, cursor, uplink, log, sent, pass } = world()
  uplink.denies = (topic) => topic.endsWith('/committed')
  await votes(2)
  const first = await connect()
  await acknowledge(1, 2)
  await commit(2)
  t.same(cursor(), [])
  t.equal(log.of('the collector cannot be heard').length, 1)
  await pass(60_000)
  t.same(sent(), [1, 2, 1, 2])
  uplink.lose()
  await first.running
  await connect()
  t.equal(log.of('the collector cannot be heard').length, 1)
})

/** The journal of a terminal that was moved: its older votes are those of another source. */
function movedJournal() {
  const journal = new FakeJournal()
  const old = { epoch: 'aaaaaa', source: 'faccina://c_e506/tributi/1' }
  const real = journal.reader.bind(journal)
  let done = 0
  journal.reader = () => {
    let [read, reader] = [done, real()]
    const next = async () => {
      const item = await reader.next()
      if (item?.is !== 'vote' || read >= 2) return item
      read++
      if (read === 2) reader = real()
      return { ...item, vote: { ...item.vote, ...old }, position: { ...item.position, epoch: old.epoch } }
    }
    return { next }
  }
  const asked: [string, number][] = []
  journal.done = ({ position: { epoch, sequence } }: Item) => {
    asked.push([epoch, sequence])
    if (epoch === old.epoch) done = sequence
  }
  return { journal, old, asked }
}

t.test('a terminal that was moved listens to the collectors of both places', async (t) => {
  const { journal, old, asked } = movedJournal()
  const { votes, connect, acknowledge, commit, sent, uplink, log } = world({ journal })
  await votes(3)
  await connect()
  t.same(
    uplink.messages.filter(({ topic }) => topic.endsWith('/vote')).map(({ topic }) => topic.split('/')[3]),
    ['tributi', 'tributi', 'anagrafe', 'anagrafe'],
  )
  t.equal(sent().length, 4)
  await acknowledge(1, 2)
  await acknowledge(1, 2)
  const oldTopic = topicsOf('faccina/1', old.source).committed
  await commit({ epoch: old.epoch, sequence: 2 }, topics.committed)
  t.same(asked, [], 'the wrong place')
  await commit({ epoch: journal.epoch, sequence: 1 })
  t.same(asked, [], 'what comes before is not done')
  await commit({ epoch: old.epoch, sequence: 2 }, oldTopic)
  t.same(asked, [[journal.epoch, 1]], 'both of the old ones, and the first of the new')
  t.equal(log.of('committed ignored').length, 1)
})

t.test('the oldest vote that is not done', async (t) => {
  const { votes, connect, acknowledge, commit, publisher, clock } = world()
  await votes(3)
  await connect()
  await acknowledge(1, 2, 3)
  t.equal(publisher.oldest, clock.now().wall - 2_000)
  await commit(2)
  t.equal(publisher.oldest, clock.now().wall)
  await commit(3)
  t.equal(publisher.oldest, undefined)
})

t.test('a journal that cannot be read any more ends the connection', async (t) => {
  const { votes, connect, journal } = world()
  await votes(2)
  const real = journal.reader.bind(journal)
  let readers = 0
  journal.reader = () => (readers++ === 1 ? { next: () => Promise.reject(new Error('EIO')) } : real())
  const { running, over } = await connect()
  await running
  t.match(over.problem, { message: 'EIO' })
})

t.test(
  'whatever broker and collector do: done is only what the collector has, and it gets all',
  async (t) => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant('acknowledge' as const), which: fc.nat(9) }) },
      { weight: 3, arbitrary: fc.constant({ do: 'vote' as const }) },
      { weight: 1, arbitrary: fc.constant({ do: 'gap' as const }) },
      { weight: 2, arbitrary: fc.constant({ do: 'collect' as const }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('forget' as const), to: fc.nat(9) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const), messages: fc.boolean() }) },
      { weight: 1, arbitrary: fc.constant({ do: 'wait' as const }) },
    )
    const run = fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.array(step, { maxLength: 50 }),
      async (window, steps) => {
        const world = publisherWorld({ confirmation: 'collector', window })
        const { uplink, journal } = world
        const collector = collectorOf(uplink)
        let now = await world.connect()
        const say = () => world.commit(collector.committed())
        for (const next of steps) {
          if (next.do === 'acknowledge') uplink.waiting[next.which % uplink.waiting.length]?.acknowledge()
          else if (next.do === 'vote') await world.vote()
          else if (next.do === 'gap') journal.lose(2, 0)
          else if (next.do === 'collect') await say()
          else if (next.do === 'wait') await world.pass(61_000)
          else if (next.do === 'forget') {
            collector.forget(next.to)
            await say()
          } else {
            if (next.messages) collector.forget(collector.committed())
            uplink.lose()
            await now.running
            now = await world.connect()
          }
          await turns(4)
          if (uplink.waiting.length > window) throw new Error('more than the window')
          const done = world.cursor().at(-1) ?? 0
          if (done > collector.highest) throw new Error(`done up to ${done}, collected ${collector.highest}`)
        }
        for (let i = 0; i < 500 && collector.committed() < journal.totals().sequence; i++) {
          while (uplink.waiting.length > 0) {
            uplink.waiting[0]?.acknowledge()
            await turns(4)
          }
          await say()
          await world.pass(3_700_000)
        }
        await say()
        now.stop.abort()
        if (collector.committed() !== journal.totals().sequence) throw new Error('the collector lacks votes')
        if (journal.condition().waiting !== 0) throw new Error('the cursor is behind')
      },
    )
    await fc.assert(run, { numRuns: 150 })
    t.pass()
  },
)

/** Takes what the broker took, and forgets it when told. */
function collectorOf(uplink: FakeUplink) {
  const has = new Map<number, number>()
  let highest = 0
  const committed = () => {
    let sequence = 0
    while (has.has(sequence + 1)) sequence = has.get(sequence + 1) ?? 0
    highest = Math.max(highest, sequence)
    return sequence
  }
  uplink.watch('faccina/1/+/+/+/+', ({ topic, payload }) => {
    if (!/\/(vote|gap)$/.test(topic)) return
    const { data } = JSON.parse(new TextDecoder().decode(payload))
    has.set(data.sequence ?? data.from, data.sequence ?? data.to)
  })
  return {
    committed,
    forget: (to: number) => {
      for (const from of [...has.keys()]) if (from > to) has.delete(from)
    },
    /** The highest that it ever could say. */
    get highest() {
      return Math.max(highest, committed())
    },
  }
}
