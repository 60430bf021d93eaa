import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { segmentBytes } from '../../src/storage/segment.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FaultyFiles } from '../fakes/faulty-files.ts'
import { after } from '../fakes/instants.ts'
import {
  change,
  crowd,
  inShort,
  lastWithoutHole,
  linesOf,
  open,
  press,
  readAll,
  segment,
  start,
  visits,
  votesOf,
} from './journals.ts'

/*
 * Votes that are withdrawn: at every place that they can have in the journal. Their fixture is read for ever,
 * as that of golden.test.ts is; FACCINA_WRITE=1 makes it only where it is missing.
 */

const folder = fileURLToPath(new URL('../fixtures/journal-2/', import.meta.url))
const expectedFile = `${folder}expected.json`
const reading = { start: { ...start, boot: 9, bootId: '00000000-1111-4222-8333-444444444444' } }

if (process.env.FACCINA_WRITE === '1' && !existsSync(expectedFile)) await write()

/** Two votes, one corrected and withdrawn, one more; in a second boot one withdrawn first of all, and two votes. */
async function write(): Promise<void> {
  const files = new FaultyFiles()
  const first = await open(files)
  await visits(first, 1, 2)
  const gesture = await first.record(press(3))
  await first.amend(gesture, { face: 'dissatisfied', asks: true, corrected: true }, after(press(3).at, 400))
  await first.withdraw(gesture)
  await visits(first, 4, 4)
  await first[Symbol.asyncDispose]()
  const second = await open(files, { start: { ...start, boot: 2, version: '0.2.0' } })
  await second.withdraw(await second.record(press(5)))
  await visits(second, 6, 7)
  await second[Symbol.asyncDispose]()
  for (const path of files.paths()) {
    const bytes = files.get(path)
    const end = bytes.reduce((last, byte, at) => (byte === 0 ? last : at + 1), 0)
    if (end > 0) writeFileSync(`${folder}${basename(path)}.trimmed`, bytes.subarray(0, end))
  }
  const read = await open(files, reading)
  const items = (await readAll(read)).map(({ position: _, ...item }) => item)
  const { epoch } = read
  writeFileSync(expectedFile, `${JSON.stringify({ epoch, totals: read.totals(), items }, null, 1)}\n`)
}

t.test('the fixture: what stands there, and how it counts', async (t) => {
  const files = new FaultyFiles()
  for (const name of readdirSync(folder).filter((name) => name.endsWith('.trimmed'))) {
    const path = `/journal/${basename(name, '.trimmed')}`
    const bytes = Buffer.alloc(path.endsWith('.segment') ? segmentBytes : 8192)
    readFileSync(folder + name).copy(bytes)
    files.put(path, bytes)
  }
  const expected = JSON.parse(readFileSync(expectedFile, 'utf8'))
  const journal = await open(files, reading)
  t.equal(journal.epoch, expected.epoch)
  const items = await readAll(journal)
  t.same(
    items.map(({ position: _, ...item }) => item),
    expected.items,
  )
  t.same(journal.totals(), expected.totals)
  t.equal(inShort(items), '1 2 gap 3-3 4 gap 5-5 6 7')
  t.match(
    items.flatMap((item) => (item.is === 'gap' ? [item.gap.cause] : [])),
    ['withdrawn', 'withdrawn'],
  )
  t.match(journal.totals(), { sequence: 7, votes: 5, corrected: 0 })
  t.equal(await journal.record(press(8)), 8)
})

t.test('in a batch: one of its numbers is a gap, and no better known than the others', async (t) => {
  const clock = new FakeClock({ wall: Date.UTC(2026, 4, 4, 9) })
  const journal = await open(new FaultyFiles(), {
    clock,
    start: { ...start, privacy: { precision: 'exact', batch: 4 } },
  })
  await visits(journal, 1, 2)
  await journal.withdraw(await journal.record(press(3)))
  t.equal(journal.totals().votes, 0, 'nothing is known before the batch is full')
  t.same(await readAll(journal), [])
  await visits(journal, 4, 4)
  const items = await readAll(journal)
  t.equal(lastWithoutHole(items), 4)
  t.equal(votesOf(items).length, 3)
  t.match(
    items.find(({ is }) => is === 'gap'),
    { gap: { cause: 'withdrawn' } },
  )
  journal.done(items.at(-1)!)
  t.match(journal.totals(), { sequence: 4, votes: 3 })
  for (const _ of Array(4)) await journal.withdraw(await journal.record(press(6)))
  t.equal(inShort(await readAll(journal)), 'gap 5-5 gap 6-6 gap 7-7 gap 8-8', 'also a whole batch of them')
})

t.test('the vote in one segment, its withdrawal in the next', async (t) => {
  const files = new FaultyFiles()
  const journal = await open(files)
  let sequence = 0
  while (files.paths().filter((path) => path.endsWith('.segment') && inUse(files, path)).length < 2) {
    await crowd(journal, 50)
    sequence = await journal.record(press(3))
    for (let n = 0; n < 20; n++) await journal.amend(sequence, { suppressed: n }, press(3).at)
    await journal.withdraw(sequence)
  }
  const totals = journal.totals()
  const items = await readAll(journal)
  t.equal(lastWithoutHole(items), sequence)
  t.equal(votesOf(items).length, totals.votes)
  t.equal(totals.sequence, sequence)
  t.equal(totals.suppressed, 0)
  await journal[Symbol.asyncDispose]()
  const again = await open(files, reading)
  t.same(again.totals(), totals)
  t.same(inShort(await readAll(again)), inShort(items))
})

function inUse(files: FaultyFiles, path: string): boolean {
  return files.get(path)[0] !== 0
}

t.test('whichever of its lines is damaged: each sequence is told once, none is missing', async (t) => {
  const files = new FaultyFiles()
  const journal = await open(files)
  await visits(journal, 1, 2)
  const gesture = await journal.record(press(4))
  await journal.amend(gesture, { face: 'dissatisfied', asks: true, corrected: true }, press(4).at)
  await journal.withdraw(gesture)
  await visits(journal, 5, 6)
  await journal[Symbol.asyncDispose]()
  const lines = linesOf(files.get(segment(1)))
  const whole = Buffer.from(files.get(segment(1)))
  // The header stands twice.
  for (const [n, { start: from, row }] of lines.entries()) {
    if (n < 2) continue
    change(files, segment(1), (bytes) => {
      whole.copy(bytes)
      bytes[from + 20]! ^= 1
    })
    const damaged = await open(files, reading)
    const items = await readAll(damaged)
    const what = JSON.stringify(row).slice(0, 60)
    t.ok(lastWithoutHole(items) >= 5, `${inShort(items)}, without ${what}`)
    t.equal(damaged.totals().votes, votesOf(items).length, what)
    await damaged[Symbol.asyncDispose]()
  }
})

t.test('a disk that refuses: the withdrawal is refused, and the vote counts', async (t) => {
  const files = new FaultyFiles()
  const journal = await open(files)
  const sequence = await journal.record(press(1))
  files.fault = (change) => (change === 'write' ? 'EIO' : undefined)
  await t.rejects(journal.withdraw(sequence), { name: 'StorageError' })
  files.fault = () => undefined
  journal.settle(sequence)
  await visits(journal, 2, 2)
  t.equal(inShort(await readAll(journal)), '1 2')
  await journal[Symbol.asyncDispose]()
  t.equal(inShort(await readAll(await open(files, reading))), '1 2')
})

/** A vote, a gesture, a vote: until the disk ends. Says what was acknowledged. */
async function session(files: FaultyFiles, told: { withdrawn: boolean; votes: number[] }): Promise<void> {
  const journal = await open(files)
  await visits(journal, 1, 1)
  told.votes.push(1)
  const gesture = await journal.record(press(3))
  await journal.amend(gesture, { face: 'dissatisfied', asks: true, corrected: true }, after(press(3).at, 400))
  await journal.withdraw(gesture)
  told.withdrawn = true
  journal.settle(gesture)
  told.votes.push(await journal.record(press(4)))
  await journal[Symbol.asyncDispose]()
}

t.test('the power goes, or the process, at every step: a vote or a gap, and never both', async (t) => {
  const healthy = new FaultyFiles()
  await session(healthy, { withdrawn: false, votes: [] })
  let [votes, gaps] = [0, 0]
  for (let step = 0; step <= healthy.changes; step++) {
    for (const end of ['kill', 'nothing', 'all', { seed: step }] as const) {
      const files = new FaultyFiles()
      files.changesLeft = step
      const told = { withdrawn: false, votes: [] as number[] }
      await session(files, told).catch(() => {})
      if (end === 'kill') files.kill()
      else files.crash(end)
      const journal = await open(files)
      const items = await readAll(journal)
      lastWithoutHole(items)
      const counted = votesOf(items).map(({ sequence }) => sequence)
      const withdrawn = items.some((item) => item.is === 'gap' && item.gap.cause === 'withdrawn')
      const what = `${JSON.stringify(end)} ${step}: ${inShort(items)}`
      t.ok(
        told.votes.every((sequence) => counted.includes(sequence)),
        what,
      )
      if (told.withdrawn) t.ok(withdrawn, `${what}: it was said to be withdrawn`)
      t.notOk(withdrawn && counted.includes(2), what)
      t.equal(journal.totals().votes, counted.length, what)
      if (withdrawn) gaps++
      else if (counted.includes(2)) votes++
    }
  }
  t.ok(votes > 0 && gaps > 0, `it ended as a vote ${votes} times, as a gap ${gaps} times`)
})
