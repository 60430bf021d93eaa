import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { gapEvent, summaryEvent } from '../../src/contract/events.ts'
import { noVotes } from '../../src/domain/vote.ts'
import { UplinkError } from '../../src/ports/uplink.ts'
import { completenessText, Ledger } from '../../src/subscriber/completeness.ts'
import type { Item } from '../../src/subscriber/item.ts'
import { PositionFile } from '../../src/subscriber/position-file.ts'
import { VoteStream } from '../../src/subscriber/vote-stream.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FakeLog } from '../fakes/fake-log.ts'
import { FakeUplink } from '../fakes/fake-uplink.ts'
import { bytes, someEpoch, someSource, someVote, topicOf } from '../fakes/told-votes.ts'
import { turns, until } from '../fakes/until.ts'
import { health } from '../terminal/health.ts'

async function openWorld(position?: PositionFile) {
  const uplink = new FakeUplink()
  const clock = new FakeClock()
  const log = new FakeLog()
  const rejected: string[] = []
  const stream = new VoteStream(
    {
      uplink,
      topicRoot: 'faccina/1',
      ...(position && { position }),
      onRejected: ({ why }) => void rejected.push(why),
      clock,
      log,
      random: () => 0.5,
    },
    new Ledger(await position?.load()),
  )
  stream.start()
  await turns()
  const deliver = (kind: string, message: unknown) =>
    uplink.deliver({ topic: topicOf(kind), payload: bytes(message) })
  const vote = (sequence: number) => deliver('vote', someVote(sequence))
  /** The sequences of so many votes. */
  const take = async (count: number) => {
    const sequences: number[] = []
    for (let i = 0; i < count; i++) sequences.push((await stream.next()).value?.data.sequence ?? 0)
    return sequences
  }
  return { uplink, clock, log, stream, deliver, vote, take, rejected }
}

t.test('each vote once, and how complete that is', async (t) => {
  const { uplink, clock, stream, deliver, vote, take, rejected } = await openWorld()
  for (const sequence of [1, 2, 2, 5, 1]) vote(sequence)
  t.strictSame(await take(3), [1, 2, 5])
  vote(5)
  deliver('totals', { epoch: someEpoch, ...noVotes(), sequence: 6 })
  await turns()
  const [about] = stream.completeness(someSource)
  t.match(about, { complete: 2, highest: 6, totals: { sequence: 6 } })
  // The last one is still in the consumer's hands.
  t.equal(completenessText(about!), 'missing 3–6 of 6')
  uplink.lose(new UplinkError('lost', 'gone'))
  await turns()
  clock.advance(2_000)
  await turns()
  vote(6)
  t.strictSame(await take(1), [6], 'it goes on after the connection was lost')
  deliver('gap', gapEvent({ epoch: someEpoch, source: someSource, from: 3, to: 4, cause: 'damaged', at: 0 }))
  vote(7)
  t.strictSame(await take(1), [7])
  vote(8)
  await take(1)
  const [now] = stream.completeness(someSource)
  t.match(now, { complete: 7, highest: 7, gaps: [{ from: 3, to: 4, cause: 'damaged' }] })
  t.equal(completenessText(now!), 'complete up to 7')
  deliver('vote', { not: 'a vote' })
  t.strictSame(rejected, ['specversion: missing'])
  await stream[Symbol.asyncDispose]()
  t.strictSame(await stream.next(), { value: undefined, done: true })
  t.equal(clock.waiting, 0)
})

t.test('a slow consumer makes the broker wait', async (t) => {
  const { uplink, stream, vote, take } = await openWorld()
  let waits = 0
  uplink.onAnswer = () => waits++
  for (let sequence = 1; sequence <= 255; sequence++) vote(sequence)
  t.equal(waits, 0)
  vote(256)
  t.equal(waits, 1)
  await take(2)
  uplink.onAnswer = (answer) => answer.then(() => waits--)
  vote(257)
  await turns()
  t.equal(waits, 1, 'there is room again')
  await stream[Symbol.asyncDispose]()
})

t.test('it goes on after a restart where it was; what was in hand comes again', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'faccina-position-'))
  t.teardown(() => rm(directory, { recursive: true }))
  const path = join(directory, 'position.json')
  const first = await openWorld(new PositionFile(path))
  for (let sequence = 1; sequence <= 4; sequence++) first.vote(sequence)
  t.strictSame(await first.take(3), [1, 2, 3])
  await first.stream[Symbol.asyncDispose]()
  const second = await openWorld(new PositionFile(path))
  for (let sequence = 1; sequence <= 5; sequence++) second.vote(sequence)
  t.strictSame(await second.take(3), [3, 4, 5], '3 was in hand, 4 was never given')
  second.vote(6)
  for await (const { data } of second.stream) {
    t.equal(data.sequence, 6)
    break
  }
  t.match(await new PositionFile(path).load(), [{ epoch: someEpoch, ranges: [[1, 5]], highest: 0 }])
})

t.test('who waits is woken by the next vote', async (t) => {
  const { stream, vote } = await openWorld()
  const next = stream.next()
  await turns()
  vote(1)
  t.equal((await next).value?.data.sequence, 1)
  await stream[Symbol.asyncDispose]()
})

t.test('the position is kept once a second; that it cannot be is said, and stops nothing', async (t) => {
  const directory = t.testdir()
  const path = join(directory, 'position.json')
  const { clock, log, stream, vote, take } = await openWorld(new PositionFile(path))
  for (let sequence = 1; sequence <= 3; sequence++) vote(sequence)
  await take(2)
  clock.advance(999)
  await turns()
  t.same(await readdir(directory), [])
  clock.advance(1)
  await until(() => existsSync(path))
  t.match(await new PositionFile(path).load(), [{ ranges: [[1, 1]] }])
  await rm(directory, { recursive: true })
  await take(1)
  clock.advance(1_000)
  await until(() => log.complaints.length === 1)
  t.match(log.complaints, [{ event: 'position not saved', fields: { problem: { code: 'ENOENT' } } }])
  vote(4)
  t.same(await take(1), [4])
  await stream[Symbol.asyncDispose]()
})

t.test('a summary explains a range; a longer one takes the place of those within it', async (t) => {
  const ledger = new Ledger()
  const summary = (from: number, to: number): Item => ({
    is: 'summary',
    source: someSource,
    event: summaryEvent({ epoch: someEpoch, source: someSource, from, to, spans: [], lost: [], at: 0 }),
  })
  t.equal(ledger.take(summary(1, 10)), true)
  t.equal(ledger.take(summary(11, 15)), true)
  t.equal(ledger.take(summary(11, 15)), false, 'told again')
  t.equal(
    ledger.take({ is: 'health', source: someSource, health: { at: '', ...health } }),
    false,
    'says nothing',
  )
  t.equal(ledger.take(summary(1, 20)), true)
  t.match(ledger.completeness(), [{ complete: 20, missing: [], summaries: [{ from: 1, to: 20 }] }])
  t.equal(ledger.completeness()[0]?.summaries.length, 1)
})

t.test('a position that cannot be read is no new beginning', async (t) => {
  await t.rejects(new PositionFile(t.testdir()).load(), { code: 'EISDIR' })
})

t.test('a position that is none is not overwritten', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'faccina-position-'))
  t.teardown(() => rm(directory, { recursive: true }))
  const path = join(directory, 'letter.json')
  await writeFile(path, '{"dear": "editor"}')
  await t.rejects(new PositionFile(path).load(), {
    message: /letter\.json: this is no position of a vote stream/,
  })
  t.equal(await readFile(path, 'utf8'), '{"dear": "editor"}')
})
