import { join } from 'node:path'
import t from 'tap'
import type { Journal } from '../../src/ports/journal.ts'
import { inspectJournal } from '../../src/storage/inspect.ts'
import { scanHeader, segmentNumbers } from '../../src/storage/segment.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FaultyFiles } from '../fakes/faulty-files.ts'
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
  start,
  visits,
  votesOf,
} from './journals.ts'

/* A journal for those who only look, while the terminal may be at work. */

async function all<Each>(each: AsyncGenerator<Each>): Promise<Each[]> {
  const found: Each[] = []
  for await (const one of each) found.push(one)
  return found
}

async function look(files: FaultyFiles) {
  const inspection = await inspectJournal(directory, files)
  return {
    done: inspection.done,
    items: await all(inspection.items()),
    damages: await all(inspection.damages()),
  }
}

const segmentsIn = (files: FaultyFiles) =>
  segmentNumbers(files.paths().map((path) => path.slice(directory.length + 1)))

/** Five votes, the first two of them done and closed. */
async function five(): Promise<FaultyFiles> {
  const files = new FaultyFiles()
  await using journal = await open(files)
  await visits(journal, 1, 5)
  journal.done((await readAll(journal))[1]!)
  return files
}

t.test('all that is kept, done or not, and nothing is written for it', async (t) => {
  const files = await five()
  const { changes } = files
  const { done, items, damages } = await look(files)
  t.equal(inShort(items), '1 2 3 4 5')
  t.match(done, { sequence: 2, votes: 2 })
  t.same(damages, [])
  t.equal(files.changes, changes)
})

t.test('over all its segments, the blank one at the end and a damaged one included', async (t) => {
  const files = new FaultyFiles()
  await using journal = await open(files)
  await crowd(journal, 5000)
  const whole = await look(files)
  t.equal(lastWithoutHole(whole.items), 5000)
  t.same(whole.damages, [])
  const last = Math.max(...segmentsIn(files)) - 1
  const [first] = linesOf(files.get(segment(last)))
  change(files, segment(last), (bytes) => void bytes.fill(0x3f, 20, first!.end * 2 - 20))
  const { items, damages } = await look(files)
  t.equal(lastWithoutHole(items), 5000, 'without its header it is read on from the one before')
  t.equal(damages[0]?.segment, last)
})

t.test('while the terminal runs: also a vote whose visit is not over', async (t) => {
  const files = new FaultyFiles()
  const journal = await open(files)
  t.same(await look(files), { done: undefined, items: [], damages: [] })
  await visits(journal, 1, 2)
  await journal.record(press(3))
  t.equal(inShort(await readAll(journal)), '1 2')
  t.equal(inShort((await look(files)).items), '1 2 3')
  await journal[Symbol.asyncDispose]()
})

t.test('what must not leave yet is seen here: held votes, and those without a time', async (t) => {
  const record = async (journal: Journal, clock: FakeClock) =>
    journal.settle(await journal.record({ ...press(3), at: clock.now() }))
  const held = new FaultyFiles()
  const right = new FakeClock()
  await using hourly = await open(held, {
    clock: right,
    start: { ...start, privacy: { precision: 'hour', batch: 1 } },
  })
  await record(hourly, right)
  await visits(hourly, 1, 1)
  t.same(await readAll(hourly), [])
  t.equal(inShort((await look(held)).items), '1 2')

  const timeless = new FaultyFiles()
  const wrong = new FakeClock({ wall: 5_000, synchronised: false })
  await using waiting = await open(timeless, { clock: wrong })
  await record(waiting, wrong)
  await visits(waiting, 1, 1)
  t.same(await readAll(waiting), [])
  t.match(votesOf((await look(timeless)).items)[0], { time: { clock: 'unknown', wall: 5_000 } })
})

t.test('without its small files it is read all the same', async (t) => {
  const files = await five()
  for (const name of ['cursor', 'timeline', 'folded']) files.delete(`${directory}/${name}`)
  const { done, items } = await look(files)
  t.equal(done, undefined)
  t.equal(inShort(items), '1 2 3 4 5')
})

t.test('a line that does not read back: where it stands, and what is lost by it', async (t) => {
  const files = await five()
  const line = linesOf(files.get(segment(1))).find(({ row }) => 'vote' in row && row.vote === 3)!
  change(files, segment(1), (bytes) => void bytes.fill(0x3f, line.start + 20, line.start + 30))
  const { items, damages } = await look(files)
  t.equal(inShort(items), '1 2 gap 3-3 4 5')
  t.same(damages, [{ segment: 1, offset: line.start, bytes: line.end - line.start }])
})

t.test('a header that does not read back', async (t) => {
  const files = await five()
  const header = scanHeader(files.get(segment(1)))
  const end = typeof header === 'object' ? header.end : 0
  change(files, segment(1), (bytes) => {
    for (const at of [20, end / 2 + 20]) bytes.fill(0x3f, at, at + 10)
  })
  const { items, damages } = await look(files)
  t.same(items, [], 'without it nobody knows what the rest is about')
  t.same(damages[0], { segment: 1, offset: 0, bytes: end / 2 })
  t.equal(
    damages.reduce((sum, { bytes }) => sum + bytes, 0),
    end,
    'both copies of it, and no more',
  )
})

t.test('no journal, or one that the disk does not give: a technician is told what to do', async (t) => {
  const folder = t.testdir({ empty: {}, file: '' })
  for (const name of ['empty', 'missing']) {
    const message = `there is no journal in ${join(folder, name)}`
    const cause = name === 'missing' ? { code: 'ENOENT' } : undefined
    await t.rejects(inspectJournal(join(folder, name)), { name: 'StorageError', message, cause })
  }
  await t.rejects(inspectJournal(join(folder, 'file')), {
    name: 'StorageError',
    message: /^cannot read the journal in .*: a part of the path is a file/,
  })
  const files = await five()
  files.changesLeft = 0
  await t.rejects(inspectJournal(directory, files), {
    name: 'StorageError',
    message: /^cannot read the journal in \/journal: the disk reports an error \(EIO\)/,
  })
})
