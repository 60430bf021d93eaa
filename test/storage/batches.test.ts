import t from 'tap'
import { voteEvent } from '../../src/contract/events.ts'
import { type Disclosure, everything } from '../../src/domain/privacy.ts'
import type { Item, Journal } from '../../src/ports/journal.ts'
import { scanHeader, segmentNumbers } from '../../src/storage/segment.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FaultyFiles } from '../fakes/faulty-files.ts'
import { readItems } from '../fakes/read-items.ts'
import { turns } from '../fakes/until.ts'
import {
  change,
  crowd,
  directory,
  inShort,
  lastWithoutHole,
  linesOf,
  open,
  press,
  readAll,
  segment,
  settled,
  start,
  stride,
  votesOf,
} from './journals.ts'

/*
 * Votes that leave in shuffled batches: what an observer of everything that leaves the terminal can learn of
 * when a vote was given.
 */

t.setTimeout(180_000)

const hour = 3_600_000
const nine = Date.UTC(2026, 4, 4, 9)

function opening(privacy: Disclosure, clock = new FakeClock({ wall: nine })) {
  return { clock, start: { ...start, privacy } }
}

/** A vote every so often; the reason why each is known: `suppressed` counts them, which no real terminal does. */
async function vote(journal: Journal, clock: FakeClock, count: number, everyMs: number, first = 1) {
  for (let n = first; n < first + count; n++) {
    const sequence = await journal.record({ ...press(n), at: clock.now(), withinHours: n % 2 === 0 })
    await journal.amend(sequence, { suppressed: n }, clock.now())
    journal.settle(sequence)
    await settled(journal)
    clock.advance(everyMs)
  }
}

const nameOf = (item: Item) => (item.is === 'vote' ? String(item.vote.sequence) : item.is)

const orderOf = (items: readonly Item[]) => votesOf(items).map(({ suppressed }) => suppressed)

t.test('a batch is told when it is full, and not before', async (t) => {
  const options = opening({ precision: 'exact', batch: 5 })
  const journal = await open(new FaultyFiles(), options)
  await vote(journal, options.clock, 4, 1000)
  t.same(await readAll(journal), [])
  await vote(journal, options.clock, 1, 1000, 5)
  t.equal((await readAll(journal)).length, 5)
  await vote(journal, options.clock, 7, 1000, 6)
  const items = await readAll(journal)
  t.equal(lastWithoutHole(items), 10)
  t.same(orderOf(items).slice(0, 5).toSorted(), [1, 2, 3, 4, 5])
  t.same(
    orderOf(items)
      .slice(5)
      .toSorted((a, b) => a - b),
    [6, 7, 8, 9, 10],
  )
})

t.test('nothing in the votes of a batch says which was first', async (t) => {
  const options = opening({ precision: 'hour', batch: 10 })
  const journal = await open(new FaultyFiles(), options)
  await vote(journal, options.clock, 200, 7 * 60_000)
  options.clock.advance(hour)
  const votes = votesOf(await readAll(journal))
  t.equal(votes.length, 200)
  for (let n = 0; n < votes.length; n += 10) {
    const batch = votes.slice(n, n + 10)
    const strip = (vote: (typeof batch)[number]) => {
      const { time, recordedtime, data } = voteEvent(vote)
      const { clock, batch, withinHours, survey } = data
      return JSON.stringify({ time, recordedtime, clock, batch, withinHours, survey })
    }
    t.equal(new Set(batch.map(strip)).size, 1)
    t.match(voteEvent(batch[0]!).time, /:00:00\.000Z$/)
    t.notOk('withinHours' in batch[0]!, 'some came within the hours, some did not: it is not said')
  }
})

t.test('the order is a lottery: each vote comes to each place about as often', async (t) => {
  const options = opening({ precision: 'exact', batch: 4 })
  const journal = await open(new FaultyFiles(), options)
  await vote(journal, options.clock, 4 * 600, 1000)
  const order = orderOf(await readAll(journal))
  const places = [0, 1, 2, 3].map((place) => {
    const there = order.filter((_, n) => n % 4 === place)
    return [0, 1, 2, 3].map((first) => there.filter((n) => (n - 1) % 4 === first).length)
  })
  // 600 batches: 150 each, and 5 standard deviations are 53.
  for (const counts of places) for (const count of counts) t.ok(count > 97 && count < 203, `${count} of 600`)
})

t.test('the order comes from a secret of the epoch, which nobody can guess', async (t) => {
  const files = new FaultyFiles()
  const options = opening({ precision: 'hour', batch: 3 })
  const elsewhere = { ...options, source: 'faccina://c_e506/tributi/1' }
  for (const where of [options, options, elsewhere, elsewhere]) {
    const journal = await open(files, where)
    await vote(journal, options.clock, 1, 1000)
    await journal[Symbol.asyncDispose]()
  }
  const secrets = [1, 2].flatMap((number) =>
    linesOf(files.get(segment(number))).flatMap(({ row }) =>
      'start' in row && 'n' in row ? [row.secret] : [],
    ),
  )
  t.match(secrets, [/^[0-9a-f]{32}$/, undefined, /^[0-9a-f]{32}$/, undefined])
  t.not(secrets[0], secrets[2])

  const orders = await Promise.all(
    [1, 2].map(async () => {
      const options = opening({ precision: 'exact', batch: 20 })
      const journal = await open(new FaultyFiles(), options)
      await vote(journal, options.clock, 60, 1000)
      return orderOf(await readAll(journal)).join(' ')
    }),
  )
  t.not(orders[0], orders[1], 'of the same votes: another secret, another order')
})

t.test('no batch is told before the period of its last vote is over', async (t) => {
  const options = opening({ precision: 'hour', batch: 3 })
  const journal = await open(new FaultyFiles(), options)
  await vote(journal, options.clock, 3, 60_000)
  t.same(await journal.reader().next(), { is: 'held', for: 'period', until: nine + hour })
  options.clock.advance(hour - 3 * 60_000 - 1)
  t.match(await journal.reader().next(), { is: 'held' })
  options.clock.advance(1)
  t.equal((await readAll(journal)).length, 3)
})

t.test('votes of several periods: it is the last one that counts', async (t) => {
  const options = opening({ precision: 'minute', batch: 3 })
  const journal = await open(new FaultyFiles(), options)
  await vote(journal, options.clock, 3, 60_000)
  const held = { is: 'held', for: 'period', until: nine + 3 * 60_000 }
  options.clock.advance(-1)
  t.same(await journal.reader().next(), held)
  options.clock.advance(1)
  t.equal((await readAll(journal)).length, 3)
})

t.test('the same with single votes: held until their minute is over', async (t) => {
  const options = opening({ precision: 'minute', batch: 1 })
  const journal = await open(new FaultyFiles(), options)
  await vote(journal, options.clock, 1, 30_000)
  t.match(await journal.reader().next(), { is: 'held', for: 'period' })
  t.match(await (await journal.kept()).next(), { is: 'held', for: 'period' }, 'also of who asks for it again')
  options.clock.advance(30_000)
  const [told] = votesOf(await readAll(journal))
  t.equal(told?.time.wall, nine)
  t.equal(told?.recordedAt, nine)
})

t.test('totals and the number of waiting votes tell no more than the votes', async (t) => {
  for (const privacy of [
    { precision: 'exact', batch: 5 },
    { precision: 'hour', batch: 1 },
    { precision: 'hour', batch: 5 },
  ] as const) {
    const options = opening(privacy)
    const journal = await open(new FaultyFiles(), options)
    const seen = new Set<string>()
    for (let n = 1; n <= 4; n++) {
      await vote(journal, options.clock, 1, 60_000, n)
      seen.add(JSON.stringify([journal.totals(), journal.condition().waiting]))
    }
    t.equal(seen.size, 1, `with ${JSON.stringify(privacy)} four votes look like none`)
    await vote(journal, options.clock, 6, 60_000, 5)
    options.clock.advance(hour)
    t.equal(journal.condition().waiting, 10)
    const items = await readAll(journal)
    t.equal(items.length, 10)
    for (const [n, item] of items.entries()) {
      journal.done(item)
      t.match(journal.totals(), { votes: n + 1, sequence: n + 1 })
    }
    t.equal(journal.condition().waiting, 0)
  }
})

t.test('after a restart those count as waiting whose period is over, and whose batch is full', async (t) => {
  for (const [privacy, atOnce, later] of [
    [{ precision: 'exact', batch: 5 }, 5, 5],
    [{ precision: 'hour', batch: 1 }, 0, 7],
    [{ precision: 'hour', batch: 5 }, 0, 5],
  ] as const) {
    const files = new FaultyFiles()
    const options = opening(privacy)
    const before = await open(files, options)
    await vote(before, options.clock, 7, 1000)
    await before[Symbol.asyncDispose]()
    const journal = await open(files, options)
    t.equal(journal.condition().waiting, atOnce, JSON.stringify(privacy))
    options.clock.advance(hour)
    t.equal(journal.condition().waiting, later)
    t.match(journal.totals(), { votes: 0, sequence: 0 }, 'nothing of it is told yet')
    await journal[Symbol.asyncDispose]()
  }
})

t.test('settings that tell more again do not tell of those before: their period is waited for', async (t) => {
  for (const privacy of [
    { precision: 'hour', batch: 1 },
    { precision: 'exact', batch: 5 },
  ] as const) {
    const files = new FaultyFiles()
    const clock = new FakeClock({ wall: nine })
    const before = await open(files, opening(privacy, clock))
    await vote(before, clock, 3, 1000)
    await before[Symbol.asyncDispose]()
    const exact = opening({ precision: 'exact', batch: 1 }, clock)
    const journal = await open(files, exact)
    for (const n of [4, 5]) {
      if (n === 5 && privacy.batch === 5) break
      await vote(journal, clock, 1, 1000, n)
      t.same(await readAll(journal), [])
      t.match(journal.totals(), { votes: 0, sequence: 0 }, JSON.stringify(privacy))
      t.equal(journal.condition().waiting, 0)
    }
    await vote(journal, clock, 2, 1000, 6)
    clock.advance(hour)
    const items = await readAll(journal)
    for (const item of items.slice(0, 5)) journal.done(item)
    t.equal(journal.totals().votes, privacy.batch === 5 ? 6 : 7, 'then each is known of at once')
  }
})

t.test('settings that tell some more cut no period short', async (t) => {
  for (const privacy of [
    { precision: 'minute', batch: 1 },
    { precision: 'exact', batch: 2 },
  ] as const) {
    const files = new FaultyFiles()
    const clock = new FakeClock({ wall: nine })
    const before = await open(files, opening({ precision: 'hour', batch: 1 }, clock))
    await vote(before, clock, 3, 1000)
    await before[Symbol.asyncDispose]()
    const journal = await open(files, opening(privacy, clock))
    for (const n of [4, 6]) {
      await vote(journal, clock, 2, 1000, n)
      clock.advance(60_000)
      t.equal(journal.condition().waiting, 0, JSON.stringify(privacy))
    }
    clock.advance(hour)
    t.equal(journal.condition().waiting, 7)
    await vote(journal, clock, 2, 1000, 8)
    t.equal(journal.condition().waiting, privacy.batch === 2 ? 9 : 7)
    clock.advance(60_000)
    t.equal(journal.condition().waiting, 9, 'then they are told their way')
  }
})

t.test('settings that tell less hold from their first vote on', async (t) => {
  const files = new FaultyFiles()
  const clock = new FakeClock({ wall: nine })
  const before = await open(files, opening({ precision: 'minute', batch: 1 }, clock))
  await vote(before, clock, 3, 1000)
  await before[Symbol.asyncDispose]()
  const journal = await open(files, opening({ precision: 'hour', batch: 1 }, clock))
  await vote(journal, clock, 2, 1000, 4)
  clock.advance(60_000)
  t.equal(journal.condition().waiting, 0)
  clock.advance(hour)
  t.equal(journal.condition().waiting, 5)
})

t.test('also behind a restart more, where the segment has begun after those settings', async (t) => {
  const files = new FaultyFiles()
  const clock = new FakeClock({ wall: nine })
  const before = await open(files, opening({ precision: 'hour', batch: 1 }, clock))
  await vote(before, clock, 3, 1000)
  await before[Symbol.asyncDispose]()
  const exact = opening({ precision: 'exact', batch: 1 }, clock)
  const filling = await open(files, exact)
  await crowd(filling, 3000)
  await filling[Symbol.asyncDispose]()
  const journal = await open(files, exact)
  await vote(journal, clock, 2, 1000, 4)
  t.same(await readAll(journal), [])
  t.match(journal.totals(), { votes: 0, sequence: 0 })
  t.equal(journal.condition().waiting, 0)
  clock.advance(hour)
  const items = await readAll(journal)
  for (const item of items.slice(0, 3)) journal.done(item)
  t.equal(journal.totals().votes, 3005, 'then each is known of at once')
  t.equal(journal.condition().waiting, 3002)
})

/** The row of a start, and not the header that says the same. */
function spoilStart(bytes: Buffer): void {
  const line = linesOf(bytes).find(({ row }) => row && 'start' in row && !('segment' in row))!
  bytes[line.start + 20]! ^= 1
}

t.test('the start that brought batches is damaged later: its segment says so, too', async (t) => {
  for (const privacy of [
    { precision: 'exact', batch: 5 },
    { precision: 'minute', batch: 1 },
  ] as const) {
    const files = new FaultyFiles()
    const clock = new FakeClock({ wall: nine })
    const before = await open(files, opening(everything, clock))
    await vote(before, clock, 3, 1000)
    await before[Symbol.asyncDispose]()
    const options = opening(privacy, clock)
    const journal = await open(files, options)
    await vote(journal, clock, 5, 1000, 4)
    clock.advance(hour)
    const told = votesOf(await readAll(journal))
    t.same([told.length, told[7]?.batch?.votes], [8, privacy.batch === 5 ? 5 : undefined])
    await journal[Symbol.asyncDispose]()
    change(files, segment(2), spoilStart)
    const again = await open(files, options)
    t.same(votesOf(await readAll(again)), told)
    await vote(again, clock, 1, 1000, 9)
    t.equal((await readAll(again)).length, 8, 'and so it is told on')
    await again[Symbol.asyncDispose]()
  }
})

t.test('a start that changes nothing begins no segment, one that does begins one', async (t) => {
  const files = new FaultyFiles()
  for (const [privacy, segments] of [
    [undefined, 1],
    [everything, 1],
    [{ precision: 'exact', batch: 5 }, 2],
    [{ precision: 'exact', batch: 5 }, 2],
    [{ precision: 'day', batch: 5 }, 3],
    [undefined, 4],
  ] as const) {
    const journal = await open(files, { start: { ...start, ...(privacy && { privacy }) } })
    await journal[Symbol.asyncDispose]()
    const numbers = segmentNumbers(await files.list(directory))
    const used = numbers.filter((number) => scanHeader(files.get(segment(number))) !== 'blank')
    t.equal(used.length, segments, JSON.stringify(privacy))
  }
})

t.test('the start of a moved terminal is damaged later: its batches keep their order', async (t) => {
  const files = new FaultyFiles()
  const options = opening({ precision: 'exact', batch: 20 })
  const before = await open(files, options)
  await vote(before, options.clock, 3, 1000)
  await before[Symbol.asyncDispose]()
  const moved = { ...options, source: 'faccina://c_e506/tributi/1' }
  const journal = await open(files, moved)
  await vote(journal, options.clock, 20, 1000, 4)
  const told = votesOf(await readAll(journal))
  t.equal(told.length, 23)
  await journal[Symbol.asyncDispose]()
  change(files, segment(2), spoilStart)
  t.same(votesOf(await readAll(await open(files, moved))), told)
})

t.test('read again, after a restart and from any place: the same to the letter', async (t) => {
  const files = new FaultyFiles()
  const options = opening({ precision: 'exact', batch: 7 })
  const journal = await open(files, options)
  await vote(journal, options.clock, 40, 1000)
  const first = await readAll(journal)
  t.equal(first.length, 35)
  for (const [n, item] of first.entries()) {
    const copy = files.clone()
    const again = await open(copy, options)
    again.done(item)
    await again[Symbol.asyncDispose]()
    const third = await open(copy, options)
    t.same(votesOf(await readAll(third)), votesOf(first.slice(n + 1)), `from ${n + 1}`)
    t.equal(third.condition().waiting, 34 - n)
    await third[Symbol.asyncDispose]()
  }
  await journal[Symbol.asyncDispose]()
})

t.test('a power cut in the middle of a batch changes nothing', async (t) => {
  const told = new Map<string, string>()
  for (let cut = 1; cut < 60; cut += stride) {
    for (const remains of ['nothing', { seed: cut }] as const) {
      const files = new FaultyFiles()
      const options = opening({ precision: 'exact', batch: 4 })
      const journal = await open(files, options)
      await vote(journal, options.clock, 6, 1000)
      told.clear()
      for (const item of await readAll(journal)) told.set(nameOf(item), JSON.stringify(votesOf([item])))
      let changes = 0
      files.fault = () => (++changes > cut ? 'EIO' : undefined)
      await vote(journal, options.clock, 9, 1000, 7).catch(() => {})
      files.crash(remains)
      files.fault = () => undefined
      const again = await open(files, options)
      await vote(again, options.clock, 12, 1000, 30)
      const items = await readAll(again)
      const last = lastWithoutHole(items)
      t.ok(last >= 16)
      for (const item of items.slice(0, 4)) {
        t.equal(JSON.stringify(votesOf([item])), told.get(nameOf(item)))
      }
    }
  }
})

t.test('batches go over the borders of segments', async (t) => {
  const files = new FaultyFiles()
  const options = opening({ precision: 'exact', batch: 100 })
  const journal = await open(files, options)
  await crowd(journal, 5050)
  const [first] = linesOf(files.get(segment(1))).flatMap(({ row }) => ('secret' in row ? [row.secret] : []))
  const [later] = linesOf(files.get(segment(2))).flatMap(({ row }) => ('secret' in row ? [row.secret] : []))
  t.match(first, /^[0-9a-f]{32}$/)
  t.equal(later, first, 'the secret of the order goes along')
  const items = await readAll(journal)
  t.equal(lastWithoutHole(items), 5000)
  journal.done(items[2150]!)
  await journal[Symbol.asyncDispose]()
  const again = await open(files, options)
  t.same(votesOf(await readAll(again)), votesOf(items.slice(2151)))
  const kept = await readItems(await again.kept({ epoch: again.epoch, sequence: 4500 }))
  t.same(votesOf(kept), votesOf(items).slice(5000 - kept.length))
  t.ok(kept.length >= 501)
})

t.test('what is kept is read from far enough back: whatever is asked for is in it', async (t) => {
  const files = new FaultyFiles()
  const journal = await open(files, opening({ precision: 'exact', batch: 100 }))
  await crowd(journal, 5050)
  const firsts = new Set<number>()
  for (let sequence = 1; sequence <= 5000; sequence += 37) {
    const first = await (await journal.kept({ epoch: journal.epoch, sequence })).next()
    const { sequence: from } = votesOf([first as Item])[0]!
    if (from > sequence) t.fail(`asked for ${sequence}, and read from ${from} on`)
    firsts.add(from)
  }
  t.ok(firsts.size > 1, `not always from the oldest on, but from ${[...firsts].join(', ')}`)
})

t.test('a batch that has begun keeps its size, whatever the settings say now', async (t) => {
  const files = new FaultyFiles()
  const clock = new FakeClock({ wall: nine })
  const journal = await open(files, opening({ precision: 'exact', batch: 5 }, clock))
  await vote(journal, clock, 3, 1000)
  await journal[Symbol.asyncDispose]()
  const open2 = await open(files, opening({ precision: 'exact', batch: 1 }, clock))
  await vote(open2, clock, 1, 1000, 4)
  t.same(await readAll(open2), [], 'three who were promised a batch of five get it')
  await vote(open2, clock, 2, 1000, 5)
  const items = await readAll(open2)
  t.equal(lastWithoutHole(items), 6)
  t.equal(votesOf(items)[0]?.batch?.votes, 5)
  t.equal(votesOf(items)[5]?.batch, undefined)
  await open2[Symbol.asyncDispose]()
  const third = await open(files, opening({ precision: 'day', batch: 3 }, clock))
  await vote(third, clock, 3, 1000, 7)
  t.equal((await readAll(third)).length, 6, 'held for its day')
})

t.test('a terminal that is moved tells the rest of its last batch', async (t) => {
  const files = new FaultyFiles()
  const options = opening({ precision: 'exact', batch: 5 })
  const journal = await open(files, options)
  await vote(journal, options.clock, 7, 1000)
  const told = await readAll(journal)
  journal.done(told[3]!)
  await journal[Symbol.asyncDispose]()
  const moved = await open(files, { ...options, source: 'faccina://c_e506/tributi/1' })
  t.match(moved.totals(), { votes: 0, sequence: 0 }, 'the counts of another counter are not its own')
  await vote(moved, options.clock, 1, 1000, 8)
  t.match(moved.totals(), { votes: 0, sequence: 0 }, 'nor while its first batch is not full')
  await vote(moved, options.clock, 4, 1000, 9)
  const votes = votesOf(await readAll(moved))
  t.same(
    votes.map(({ sequence }) => sequence),
    [5, 6, 7, 1, 2, 3, 4, 5],
  )
})

t.test(
  'of a moved terminal no count tells of its first batch, however many the old counter had',
  async (t) => {
    const files = new FaultyFiles()
    const options = opening({ precision: 'exact', batch: 5 })
    const journal = await open(files, options)
    await vote(journal, options.clock, 10, 1000)
    for (const item of await readAll(journal)) journal.done(item)
    await journal[Symbol.asyncDispose]()
    const moved = await open(files, { ...options, source: 'faccina://c_e506/tributi/1' })
    await vote(moved, options.clock, 3, 1000, 11)
    t.match(moved.totals(), { votes: 0, sequence: 0 })
    t.equal(moved.condition().waiting, 0)
    await vote(moved, options.clock, 2, 1000, 14)
    t.equal(moved.condition().waiting, 5)
  },
)

t.test('a lost line in a batch: its place in the lottery is a gap', async (t) => {
  const files = new FaultyFiles()
  const options = opening({ precision: 'exact', batch: 5 })
  const journal = await open(files, options)
  await vote(journal, options.clock, 10, 1000)
  const before = votesOf(await readAll(journal))
  await journal[Symbol.asyncDispose]()
  const bytes = files.get(segment(1))
  const line = linesOf(bytes).find(({ row }) => 'vote' in row && row.vote === 3)!
  bytes.fill(0x3f, line.start + 20, line.start + 30)
  files.put(segment(1), bytes)
  const items = await readAll(await open(files, options))
  t.equal(lastWithoutHole(items), 10)
  t.equal(items.filter(({ is }) => is === 'gap').length, 1)
  const rest = votesOf(items).map(({ sequence, face, suppressed }) => ({ sequence, face, suppressed }))
  t.same(
    rest,
    before
      .filter(({ suppressed }) => suppressed !== 3)
      .map(({ sequence, face, suppressed }) => ({ sequence, face, suppressed })),
  )
})

t.test(
  'a segment is missing: whole batches of it are one gap, those at its edges keep what is left',
  async (t) => {
    const files = new FaultyFiles()
    const options = opening({ precision: 'exact', batch: 7 })
    const journal = await open(files, options)
    await crowd(journal, 6050)
    const before = new Map(votesOf(await readAll(journal)).map((vote) => [vote.sequence, vote]))
    await journal[Symbol.asyncDispose]()
    files.delete(segment(2))
    const items = await readAll(await open(files, options))
    t.equal(lastWithoutHole(items), 6048)
    const gaps = items.flatMap((item) => (item.is === 'gap' ? [item.gap] : []))
    const whole = gaps.filter(({ from, to }) => to > from)
    t.equal(whole.length, 1)
    t.same([whole[0]!.from % 7, whole[0]!.to % 7], [1, 0])
    const single = gaps.length - whole.length
    t.ok(single > 0 && single <= 12, `${single} at the edges`)
    for (const vote of votesOf(items)) {
      const { face, language } = before.get(vote.sequence) ?? {}
      if (vote.face !== face || vote.language !== language) t.fail(`${vote.sequence} is another one now`)
    }
  },
)

t.test('where votes are lost across batches, reading goes on behind any item that is done', async (t) => {
  const files = new FaultyFiles()
  const options = opening({ precision: 'exact', batch: 7 })
  const journal = await open(files, options)
  await crowd(journal, 6050)
  await journal[Symbol.asyncDispose]()
  files.delete(segment(2))
  change(files, segment(1), (bytes) => {
    const lines = linesOf(bytes)
    // From the middle of one batch to the middle of the next, and a whole one with half of its neighbours.
    for (const [from, to] of [
      [18, 24],
      [46, 60],
    ] as const) {
      const first = lines.find(({ row }) => 'vote' in row && row.vote === from)!
      const last = lines.find(({ row }) => 'vote' in row && row.vote === to)!
      bytes.fill(0x3f, first.start, last.end)
    }
  })
  const items = await readAll(await open(files.clone(), options))
  const nearLost = items.flatMap((_, n) =>
    items.slice(Math.max(0, n - 1), n + 2).some(({ is }) => is === 'gap') ? [n] : [],
  )
  t.ok(nearLost.length > 20, `${nearLost.length} places`)
  for (const n of nearLost) {
    const copy = files.clone()
    const again = await open(copy, options)
    again.done(items[n]!)
    const totals = again.totals()
    t.equal(totals.sequence, lastWithoutHole(items.slice(0, n + 1)))
    await again[Symbol.asyncDispose]()
    const third = await open(copy, options)
    t.same(third.totals(), totals, `the totals behind ${inShort([items[n]!])}`)
    const reader = third.reader()
    const next = (await reader.next()) as Item | undefined
    t.same(next && inShort([next]), items[n + 1] && inShort([items[n + 1]!]))
    await third[Symbol.asyncDispose]()
  }
})

t.test('a batch of which only the end is kept is not told again', async (t) => {
  const files = new FaultyFiles()
  const options = { ...opening({ precision: 'exact', batch: 70 }), maxBytes: 3 * 2 ** 18 }
  const journal = await open(files, options)
  const told = new Map<number, string>()
  for (let n = 0; n < 4; n++) {
    await crowd(journal, 2500)
    const items = await readAll(journal)
    for (const vote of votesOf(items)) told.set(vote.sequence, JSON.stringify(vote))
    journal.done(items.at(-1)!)
    await turns(100)
  }
  const kept = votesOf(await readItems(await journal.kept()))
  await journal[Symbol.asyncDispose]()
  files.delete('/journal/cursor')
  const withoutCursor = votesOf(await readAll(await open(files, options)))
  for (const again of [kept, withoutCursor]) {
    t.ok(again.length > 1000 && again.length < 9000, `${again.length} are kept`)
    t.equal(again[0]!.sequence % 70, 1)
    for (const vote of again) {
      if (told.get(vote.sequence) !== JSON.stringify(vote)) t.fail(`${vote.sequence} is told otherwise`)
    }
  }
})

t.test('of a batch that has only begun, and whose cursor is lost, no numbers are left out', async (t) => {
  const files = new FaultyFiles()
  const options = opening({ precision: 'exact', batch: 500 })
  const journal = await open(files, options)
  await crowd(journal, 4300)
  await journal[Symbol.asyncDispose]()
  for (const lost of [segment(1), segment(2), '/journal/cursor']) files.delete(lost)
  // The first start saves where it begins to read.
  await (await open(files, options))[Symbol.asyncDispose]()
  const again = await open(files, options)
  t.equal(await again.record(press(1)), 4301)
})

t.test('at the bound whole batches become counts', async (t) => {
  const options = opening({ precision: 'exact', batch: 70 })
  const journal = await open(new FaultyFiles(), { ...options, maxBytes: 3 * 2 ** 18 })
  await crowd(journal, 10_000)
  await crowd(journal, 50)
  await turns(1000)
  const items = await readAll(journal)
  const [summary] = items
  if (summary?.is !== 'summary') throw new Error('no summary')
  t.equal(summary.summary.to % 70, 0)
  t.equal(lastWithoutHole(items), 70 * Math.floor(10_050 / 70))
})
