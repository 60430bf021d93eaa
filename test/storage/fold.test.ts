import t from 'tap'
import { addToCounts, noCounts, type Summary, type ToldVote } from '../../src/domain/vote.ts'
import type { Item, Journal } from '../../src/ports/journal.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FaultyFiles } from '../fakes/faulty-files.ts'
import { turns } from '../fakes/until.ts'
import {
  change,
  crowd as crowdOf,
  eventLog,
  inShort,
  lastWithoutHole,
  linesOf,
  open,
  press,
  readAll,
  segment,
  stride,
  votesOf,
} from './journals.ts'

/*
 * The journal's bound is reached and nothing is done: the oldest votes become counts. Resolution is lost,
 * a vote never.
 */

// Thousands of votes take their time where the processors are slow or busy.
t.setTimeout(180_000)

const size = 2 ** 18

/** So many votes more, and the room that is made for them in the background. */
async function crowd(journal: Journal, votes: number): Promise<void> {
  await crowdOf(journal, votes)
  await turns(500)
}

/** What all items together count, the summaries too. */
function counted(items: readonly Item[]): number {
  return votesOf(items).length + summariesOf(items).reduce((sum, { spans }) => sum + votesIn(spans), 0)
}

function summariesOf(items: readonly Item[]): Summary[] {
  return items.flatMap((item) => (item.is === 'summary' ? [item.summary] : []))
}

function votesIn(spans: Summary['spans']): number {
  return spans.reduce((sum, { votes }) => sum + votes, 0)
}

function facesIn(votes: readonly ToldVote[]): Record<string, number> {
  const faces: Record<string, number> = { satisfied: 0, neutral: 0, dissatisfied: 0 }
  for (const { face } of votes) faces[face]!++
  return faces
}

t.test('above the bound the oldest votes become counts, and the journal keeps under it', async (t) => {
  const files = new FaultyFiles()
  const log = eventLog()
  const journal = await open(files, { maxBytes: 3 * size, log })
  for (let n = 0; n < 4; n++) {
    await crowd(journal, 2500)
    t.ok(journal.condition().bytes <= 3 * size, `${journal.condition().bytes} bytes`)
  }
  const items = await readAll(journal)
  t.match(inShort(items), /^summary 1-\d+ \d+ /)
  t.equal(lastWithoutHole(items), 10_000)
  t.equal(counted(items), 10_000)
  t.equal(journal.totals().votes, 10_000)
  t.equal(journal.condition().waiting, 10_000)
  const { to } = summariesOf(items)[0]!
  t.match(log.events.at(-1), {
    level: 'warn',
    event: 'no more room: the oldest votes are kept as counts only',
    fields: { epoch: journal.epoch, from: 1, to },
  })
  journal.done(items[0]!)
  t.equal(journal.condition().waiting, 10_000 - to, 'the summary is done like the votes it stands for')
  t.equal((await readAll(journal))[0]?.position.sequence, to + 1)
})

t.test('counts by the hour add up to what the votes were', async (t) => {
  const all = await open(new FaultyFiles(), { maxBytes: 2 ** 28 })
  const folded = await open(new FaultyFiles(), { maxBytes: 3 * size })
  for (const journal of [all, folded]) {
    for (let n = 1; n <= 7000; n++) {
      await journal.record({ ...press(n), at: { ...press(n).at, wall: Date.UTC(2026, 4, 4) + n * 60_000 } })
    }
    await crowd(journal, 0)
  }
  const [summary] = summariesOf(await readAll(folded))
  const votes = votesOf(await readAll(all)).slice(0, summary!.to)
  t.equal(votesIn(summary!.spans), votes.length)
  const hours = summary!.spans.filter(({ from }) => from !== undefined)
  for (const { from, to, faces } of hours) {
    t.equal(to! - from!, 3_600_000)
    const then = votes.filter(({ time }) => time.wall >= from! && time.wall < to!)
    t.same(faces, facesIn(then))
  }
  t.same(
    hours.map(({ from }) => from),
    hours.map((_, n) => hours[0]!.from! + n * 3_600_000),
  )
})

t.test('too many hours are joined, and nothing is lost of them', async (t) => {
  const journal = await open(new FaultyFiles(), { maxBytes: 3 * size })
  const given = noCounts()
  for (let n = 1; n <= 8000; n++) {
    const at = { wall: Date.UTC(2026, 4, 4) + n * 1_800_000, mono: n, synchronised: true }
    const { face, ...pressed } = press(n)
    const sequence = await journal.record({ ...pressed, face, at })
    if (n === 8000) break
    given.votes++
    given.faces[face]++
    if (face === 'dissatisfied') {
      await journal.amend(sequence, { reason: 'must-return', outcome: 'selected', suppressed: 2 }, at)
      given.reasons['must-return']++
      given.outcomes.selected++
      given.suppressed += 2
    } else given.outcomes['not-asked']++
    if (n % 100 === 0) {
      await journal.amend(sequence, { corrected: true }, at)
      given.corrected++
    }
  }
  await crowd(journal, 0)
  const items = await readAll(journal)
  const [summary] = summariesOf(items)
  t.ok(summary!.spans.length <= 240, `${summary!.spans.length} spans`)
  const all = noCounts()
  for (const vote of votesOf(items)) addToCounts(all, vote)
  for (const { votes, suppressed, corrected, ...parts } of summary!.spans) {
    all.votes += votes
    all.suppressed += suppressed
    all.corrected += corrected
    for (const part of ['faces', 'reasons', 'outcomes'] as const) {
      const counts = all[part] as Record<string, number>
      for (const [name, count] of Object.entries(parts[part])) counts[name]! += count
    }
  }
  t.same(all, given)
  for (const [n, { from, to }] of summary!.spans.entries()) {
    t.ok(from! < to!)
    if (n > 0) t.ok(summary!.spans[n - 1]!.to! <= from!)
  }
})

t.test('a summary that was done is not added to: the next range is another one', async (t) => {
  const journal = await open(new FaultyFiles(), { maxBytes: 3 * size })
  await crowd(journal, 7500)
  const [first] = await readAll(journal)
  journal.done(first!)
  await crowd(journal, 64)
  await readAll(journal)
  await crowd(journal, 7500)
  const items = await readAll(journal)
  const last = first!.is === 'summary' ? first!.summary.to : 0
  t.equal(summariesOf(items)[0]?.from, last + 1)
  t.equal(counted(items), 15_100 - last)
})

t.test('a summary grows while it is not done, and names its new range', async (t) => {
  const journal = await open(new FaultyFiles(), { maxBytes: 3 * size })
  await crowd(journal, 7500)
  const [before] = summariesOf(await readAll(journal))
  await crowd(journal, 5000)
  const [after] = summariesOf(await readAll(journal))
  t.equal(after?.from, before?.from)
  t.ok(after!.to > before!.to)
})

t.test('what was being read goes on, and comes to what is left', async (t) => {
  const journal = await open(new FaultyFiles(), { maxBytes: 3 * size })
  await crowd(journal, 100)
  const reader = journal.reader()
  const read: Item[] = [(await reader.next()) as Item]
  await crowd(journal, 9900)
  for (let item = await reader.next(); item && item.is !== 'held'; item = await reader.next()) read.push(item)
  // What it read by itself may be counted in the summary once more: then the summary takes its place.
  let last = 0
  for (const item of read) {
    const from = item.is === 'summary' ? item.summary.from : item.position.sequence
    t.ok(from <= last + 1, `after ${last} comes ${from}`)
    last = item.position.sequence
  }
  t.equal(last, 10_000)
  t.equal(read.filter(({ is }) => is === 'gap').length, 0)
})

t.test('votes of no known time are counted without an hour', async (t) => {
  const clock = new FakeClock({ synchronised: false })
  const journal = await open(new FaultyFiles(), { clock, maxBytes: 3 * size })
  for (let n = 1; n <= 6000; n++)
    await journal.record({ ...press(3 * n), at: { wall: n, mono: n, synchronised: false } })
  await crowd(journal, 0)
  t.same(
    await readAll(journal),
    [{ ...(await readAll(journal))[0] }],
    'the rest is held until its time is known',
  )
  const [{ spans } = { spans: [] }] = summariesOf(await readAll(journal))
  t.equal(spans.length, 1)
  t.equal(spans[0]?.from, undefined)
})

t.test('too many hours are joined, but never with votes of no known time', async (t) => {
  const clock = new FakeClock({ synchronised: false })
  const journal = await open(new FaultyFiles(), { clock, maxBytes: 3 * size })
  for (let n = 1; n <= 8000; n++) {
    const wall = Date.UTC(2026, 4, 4) + n * 1_800_000
    await journal.record({ ...press(3 * n), at: { wall, mono: n, synchronised: n % 10 !== 0 } })
  }
  await crowd(journal, 0)
  const [summary] = summariesOf(await readAll(journal))
  const { to, spans } = summary!
  t.ok(spans.length <= 240, `${spans.length} spans`)
  t.equal(votesIn(spans), to)
  const unknown = spans.filter(({ from }) => from === undefined)
  t.equal(unknown.length, 1)
  t.equal(votesIn(unknown), Math.floor(to / 10))
})

t.test('what was lost or withdrawn before is named in the summary, and counted nowhere', async (t) => {
  const files = new FaultyFiles()
  const before = await open(files)
  await crowdOf(before, 100)
  await before.withdraw(await before.record(press(3)))
  await before[Symbol.asyncDispose]()
  change(files, segment(1), (bytes) => {
    const lost = linesOf(bytes).find(({ row }) => 'vote' in row && row.vote === 40)!
    bytes[lost.start]! ^= 1
  })
  const journal = await open(files, { maxBytes: 3 * size })
  await crowd(journal, 8000)
  const items = await readAll(journal)
  t.equal(lastWithoutHole(items), 8101)
  const [summary] = summariesOf(items)
  t.same(summary?.lost, [
    { from: 40, to: 40, cause: 'damaged' },
    { from: 101, to: 101, cause: 'withdrawn' },
  ])
  t.equal(votesIn(summary!.spans), summary!.to - 2)
  t.equal(counted(items), 8099)
})

t.test('the terminal is moved and nothing is done: each counter has a summary of its own', async (t) => {
  const files = new FaultyFiles()
  const old = await open(files)
  await crowdOf(old, 3000)
  await old[Symbol.asyncDispose]()
  const source = 'faccina://c_e506/tributi/1'
  const moved = await open(files, { source, maxBytes: 3 * size })
  await crowd(moved, 7000)
  const items = await readAll(moved)
  const summaries = summariesOf(items)
  t.match(summaries, [
    { epoch: old.epoch, source: old.source, from: 1, to: 3000 },
    { epoch: moved.epoch, source, from: 1 },
  ])
  t.equal(votesIn(summaries[0]!.spans), 3000)
  t.equal(counted(items), 10_000)
})

t.test('the power goes while votes are summed up: each is there as itself or in the counts', async (t) => {
  let cuts = 0
  for (let cut = 1; cut < 40; cut += stride) {
    for (const remains of ['nothing', 'all', { seed: cut }] as const) {
      const files = new FaultyFiles()
      const journal = await open(files, { maxBytes: 3 * size })
      await crowd(journal, 3400)
      let changes = 0
      files.fault = () => (++changes > cut ? 'EIO' : undefined)
      const kept = await crowd(journal, 1700).then(
        () => true,
        () => false,
      )
      if (kept && changes <= cut) continue
      files.crash(remains)
      files.fault = () => undefined
      const items = await readAll(await open(files, { maxBytes: 3 * size }))
      t.ok(lastWithoutHole(items) >= 3400)
      t.ok(counted(items) >= 3400)
      cuts++
    }
  }
  t.ok(cuts * stride > 20, `${cuts} cuts`)
})

t.test('the cursor is lost: the summary is sent again', async (t) => {
  const files = new FaultyFiles()
  const journal = await open(files, { maxBytes: 3 * size })
  await crowd(journal, 7500)
  journal.done((await readAll(journal))[0]!)
  await journal[Symbol.asyncDispose]()
  files.delete('/journal/cursor')
  const again = await open(files, { maxBytes: 3 * size })
  const items = await readAll(again)
  t.equal(items[0]?.is, 'summary')
  t.equal(counted(items), 7500)
  t.equal(again.condition().waiting, 7500)
})
