import t, { type Test } from 'tap'
import type { Journal } from '../../src/ports/journal.ts'
import { format } from '../../src/storage/rows.ts'
import { encodeHeader, scanHeader, segmentBytes } from '../../src/storage/segment.ts'
import { FaultyFiles } from '../fakes/faulty-files.ts'
import {
  change,
  crowd,
  eventLog,
  inShort,
  lastWithoutHole,
  linesOf,
  open,
  press,
  readAll,
  segment,
  settled,
  start,
  visit,
  visits,
  votesOf,
} from './journals.ts'

// Thousands of cases take their time where the processors are slow or busy.
t.setTimeout(180_000)

const cursor = '/journal/cursor'
const lost = (bytes: Buffer) => void bytes.fill(0x3f, 0, headerEnd(bytes))

function headerEnd(bytes: Buffer): number {
  const header = scanHeader(bytes)
  return typeof header === 'object' ? header.end : 0
}

/** A journal of three segments, with 1 to 6000 in it and nothing done. */
const three = new FaultyFiles()
{
  await using journal = await open(three)
  await crowd(journal, 6000)
}
three.delete(cursor)
/** The first vote that a segment knows, which is carried over from the one before if its visit was not over. */
const firstOf = (number: number) => {
  const header = scanHeader(three.get(segment(number)))
  if (typeof header !== 'object') return 0
  const { open, sequence } = header.header
  return open?.sequence ?? sequence + 1
}

async function reopened(files: FaultyFiles, options: Parameters<typeof open>[1] = {}) {
  const journal = await open(files, options)
  return { journal, items: await readAll(journal) }
}

/** The next vote gets this number, and is read. */
async function goesOn(journal: Journal, sequence: number): Promise<boolean> {
  if ((await visit(journal, 1)) !== sequence) return false
  await settled(journal)
  return (await readAll(journal)).at(-1)?.position.sequence === sequence
}

/** Three votes are in it; with thousands more its bound is reached. */
async function keepsWhatIsNotDone(files: FaultyFiles): Promise<boolean> {
  const journal = await open(files, { maxBytes: 2 * segmentBytes })
  await crowd(journal, 6000)
  return votesOf(await readAll(journal)).length === 6003
}

t.test('an empty folder', async (t) => {
  const { journal, items } = await reopened(new FaultyFiles())
  t.same(items, [])
  t.match(journal.epoch, /^[a-z2-9]{6}$/)
  t.ok(await goesOn(journal, 1))
})

t.test('names that are none of ours are left alone', async (t) => {
  const files = new FaultyFiles()
  const names = ['lost+found', 'README', '1.segment', '000000000001.segment~', '000000000009-12.damaged']
  for (const name of names) files.put(`/journal/${name}`, Buffer.from(name))
  const { journal } = await reopened(files)
  t.ok(await goesOn(journal, 1))
  for (const name of names) t.equal(files.get(`/journal/${name}`).toString(), name)
  t.ok(files.paths().includes(segment(10)), 'numbers go on behind what was kept of damaged ones')
})

t.test('three segments', async (t) => {
  const { journal, items } = await reopened(three.clone())
  t.equal(votesOf(items).length, 6000)
  t.equal(lastWithoutHole(items), 6000)
  t.ok(firstOf(2) > 1000 && firstOf(3) > firstOf(2) && firstOf(3) < 6000)
  t.ok(await goesOn(journal, 6001))
})

for (const [where, number] of [
  ['first', 1],
  ['middle', 2],
  ['last', 3],
] as const) {
  t.test(`the header of the ${where} segment is damaged, one copy of it`, async (t) => {
    const files = three.clone()
    change(files, segment(number), (bytes) => void bytes.fill(0x3f, 20, 30))
    const { journal, items } = await reopened(files)
    t.equal(votesOf(items).length, 6000)
    t.ok(await goesOn(journal, 6001))
  })
}

for (const number of [2, 3]) {
  t.test(`the header of segment ${number} is damaged altogether`, async (t) => {
    const files = three.clone()
    change(files, segment(number), lost)
    const { journal, items } = await reopened(files)
    t.equal(votesOf(items).length, 6000, 'no vote is lost by it')
    t.equal(lastWithoutHole(items), 6000)
    t.same(votesOf(items), votesOf((await reopened(three.clone())).items))
    t.ok(await goesOn(journal, 6001))
    t.equal(journal.totals().votes, 6001)
  })
}

t.test('the header of the first segment is damaged altogether', async (t) => {
  const files = three.clone()
  change(files, segment(1), lost)
  const { journal, items } = await reopened(files)
  t.equal(inShort(items.slice(0, 1)), `${firstOf(2)}`, 'reading begins where it can')
  t.ok(await goesOn(journal, 6001))
})

t.test('a cursor in a segment whose header is damaged', async (t) => {
  const files = three.clone()
  const first = await reopened(files)
  first.journal.done(first.items[9]!)
  await first.journal[Symbol.asyncDispose]()
  change(files, segment(1), lost)
  const { items } = await reopened(files)
  t.equal(inShort(items.slice(0, 2)), `gap 11-${firstOf(2) - 1} ${firstOf(2)}`)
})

t.test('the header of the only segment is damaged altogether: a new life', async (t) => {
  const files = new FaultyFiles()
  const journal = await open(files)
  await visits(journal, 1, 5)
  journal.done((await readAll(journal))[4]!)
  await journal[Symbol.asyncDispose]()
  change(files, segment(1), lost)
  const bytes = files.get(segment(1))
  const log = eventLog()
  const second = await reopened(files, { log })
  t.not(second.journal.epoch, journal.epoch)
  t.ok(log.has('journal segment unreadable, put aside'))
  t.ok(files.get(`${segment(1)}.damaged`).equals(bytes))
  t.ok(await goesOn(second.journal, 1), 'and the old cursor hides nothing of it')
  t.equal(second.journal.condition().waiting, 1)
})

t.test('all segments have gone, the cursor is left', async (t) => {
  const files = three.clone()
  const first = await reopened(files)
  first.journal.done(first.items.at(-1)!)
  await first.journal[Symbol.asyncDispose]()
  for (const path of files.paths()) if (path !== cursor) files.delete(path)
  const second = await reopened(files)
  t.not(second.journal.epoch, first.journal.epoch)
  await visits(second.journal, 1, 3)
  t.equal(inShort(await readAll(second.journal)), '1 2 3')
  t.equal(second.journal.condition().waiting, 3)
  await second.journal[Symbol.asyncDispose]()
  t.equal(inShort((await reopened(files)).items), '1 2 3')
  t.ok(await keepsWhatIsNotDone(files), 'nor is anything of it taken for done')
})

t.test('all segments have gone but the spare, which is older than the cursor', async (t) => {
  const files = three.clone()
  const first = await reopened(files)
  first.journal.done(first.items.at(-1)!)
  await first.journal[Symbol.asyncDispose]()
  for (const number of [1, 2, 3, 4]) files.delete(segment(number))
  files.put(segment(2), Buffer.alloc(segmentBytes))
  const second = await reopened(files)
  await visits(second.journal, 1, 3)
  t.equal(inShort(await readAll(second.journal)), '1 2 3')
  await second.journal[Symbol.asyncDispose]()
  t.ok(await keepsWhatIsNotDone(files))
})

t.test('a segment in the middle is missing', async (t) => {
  const files = three.clone()
  files.delete(segment(2))
  const { journal, items } = await reopened(files)
  const gaps = items.filter(({ is }) => is === 'gap')
  t.match(gaps, [
    { gap: { from: firstOf(2) + 1, to: firstOf(3) - 1, cause: 'damaged', epoch: journal.epoch } },
  ])
  t.equal(lastWithoutHole(items), 6000)
  t.ok(await goesOn(journal, 6001))
  journal.done(gaps[0]!)
  await journal[Symbol.asyncDispose]()
  t.equal(inShort((await reopened(files)).items.slice(0, 1)), `${firstOf(3)}`, 'told once')
})

t.test('the last segment is missing', async (t) => {
  const files = three.clone()
  const first = await reopened(files)
  first.journal.done(first.items[5990]!)
  await first.journal[Symbol.asyncDispose]()
  files.delete(segment(3))
  const { journal, items } = await reopened(files)
  t.same(items, [])
  t.ok(await goesOn(journal, 5992), 'behind all that the cursor knows')
  t.equal(journal.totals().sequence, 5992)
})

t.test('a middle segment was cut short', async (t) => {
  const files = three.clone()
  change(files, segment(2), (bytes) => bytes.subarray(0, 100_000))
  const { journal, items } = await reopened(files)
  t.equal(items.filter(({ is }) => is === 'gap').length, 1)
  t.equal(lastWithoutHole(items), 6000)
  t.ok(await goesOn(journal, 6001))
})

t.test('the spare was left half-made', async (t) => {
  for (const size of [0, 1, 65_536, segmentBytes - 1]) {
    const files = three.clone()
    files.put(segment(4), Buffer.alloc(size))
    const { journal, items } = await reopened(files)
    t.equal(items.length, 6000)
    t.ok(await goesOn(journal, 6001))
    await journal[Symbol.asyncDispose]()
    t.notOk(
      files.paths().some((path) => path.endsWith('.segment') && files.get(path).length !== segmentBytes),
    )
  }
})

t.test('two spares', async (t) => {
  const files = three.clone()
  files.put(segment(5), Buffer.alloc(segmentBytes))
  const { journal, items } = await reopened(files)
  t.equal(items.length, 6000)
  t.ok(await goesOn(journal, 6001))
  t.equal(files.paths().filter((path) => path.endsWith('.segment')).length, 4, 'one of them is enough')
})

t.test('a blank segment in the middle, left by a failed write', async (t) => {
  const files = three.clone()
  files.put(segment(5), files.get(segment(3)))
  files.put(segment(3), Buffer.alloc(segmentBytes))
  const { journal, items } = await reopened(files)
  t.equal(lastWithoutHole(items), 6000)
  t.ok(await goesOn(journal, 6001))
})

t.test('a newer format is refused, and nothing is touched', async (t) => {
  const files = three.clone()
  change(files, segment(3), (bytes) => {
    const header = scanHeader(bytes)
    if (typeof header === 'object') encodeHeader({ ...header.header, format: format + 1 }).copy(bytes)
  })
  await t.rejects(open(files), {
    name: 'StorageError',
    message: /cannot open the journal in \/journal: .*newer Faccina \(format 2, .* up to 1\)/,
  })
  t.same(files.paths().length, 6)
})

t.test('moved to another counter: a new epoch, and the old votes are read under the old one', async (t) => {
  const files = new FaultyFiles()
  const old = await open(files)
  await visits(old, 1, 3)
  await old.record(press(2))
  old.done((await readAll(old))[0]!)
  await old[Symbol.asyncDispose]()
  const elsewhere = 'faccina://c_e506/tributi/1'
  const moved = await open(files, { source: elsewhere })
  t.not(moved.epoch, old.epoch)
  t.equal(moved.source, elsewhere)
  t.equal(moved.totals().votes, 0)
  await visits(moved, 4, 6)
  await moved[Symbol.asyncDispose]()
  const again = await open(files, { source: elsewhere })
  t.equal(again.epoch, moved.epoch)
  const items = await readAll(again)
  t.equal(inShort(items), '2 3 4 1 2 3')
  t.same(
    votesOf(items).map((vote) => [vote.epoch, vote.source]),
    [
      ...Array.from({ length: 3 }, () => [old.epoch, old.source]),
      ...Array.from({ length: 3 }, () => [moved.epoch, elsewhere]),
    ],
  )
  t.equal(again.condition().waiting, 6)
  for (const [place, item] of items.entries()) {
    again.done(item)
    t.equal(again.condition().waiting, 5 - place)
    t.equal(
      inShort(await readAll(again)),
      inShort(items.slice(place + 1)),
      'and reading goes on at any place',
    )
  }
  await again[Symbol.asyncDispose]()
  const back = await open(files)
  t.notOk([old.epoch, moved.epoch].includes(back.epoch), 'an epoch that has ended never comes back')
})

t.test('moved, and the tail was damaged: the gap is in the old epoch', async (t) => {
  const files = new FaultyFiles()
  const old = await open(files)
  await visits(old, 1, 4)
  await old[Symbol.asyncDispose]()
  change(files, segment(1), (bytes) => {
    const last = linesOf(bytes).at(-1)!
    bytes[last.end - 3]! ^= 1
  })
  const moved = await open(files, { source: 'faccina://c_e506/tributi/1' })
  const items = await readAll(moved)
  t.equal(inShort(items), '1 2 3 gap 4-4')
  t.match(items[3], { gap: { epoch: old.epoch, source: old.source, cause: 'torn' } })
  t.ok(await goesOn(moved, 1))
})

t.test('rows that show what was lost in front of them', async (t) => {
  const flip =
    (line: number, again = true) =>
    async (t: Test) => {
      const files = new FaultyFiles()
      const first = await open(files)
      await visits(first, 1, 2)
      await first[Symbol.asyncDispose]()
      if (again) await (await open(files))[Symbol.asyncDispose]()
      change(files, segment(1), (bytes) => {
        bytes[linesOf(bytes)[line]!.start]! ^= 1
      })
      const { journal, items } = await reopened(files)
      t.equal(lastWithoutHole(items), 2)
      t.equal(journal.totals().sequence, 2)
      t.ok(await goesOn(journal, 3))
    }
  // Two copies of the header, start, vote 1, vote 2, its amendment, start.
  t.test('an amendment whose vote was lost', flip(4))
  t.test('an amendment whose vote was lost, and nothing behind it', flip(4, false))
  t.test('a start behind a lost amendment', flip(5))
  t.test('a vote behind a lost vote', flip(3))
})

t.test('a start shows that the vote in front of it was lost', async (t) => {
  const files = new FaultyFiles()
  const first = await open(files)
  await visit(first, 1)
  await first[Symbol.asyncDispose]()
  await (await open(files))[Symbol.asyncDispose]()
  change(files, segment(1), (bytes) => {
    bytes[linesOf(bytes)[3]!.start]! ^= 1
  })
  const { journal, items } = await reopened(files)
  t.equal(inShort(items), 'gap 1-1')
  t.ok(await goesOn(journal, 2))
})

t.test('rows that a later segment has superseded are not read', async (t) => {
  const files = new FaultyFiles()
  const journal = await open(files)
  await visits(journal, 1, 3)
  files.fault = (change) => (change === 'sync' ? 'EIO' : undefined)
  // Refused, though its bytes stand at the end of the first segment, and in the second too.
  await t.rejects(journal.record({ ...press(2), language: 'fr' }))
  files.fault = () => undefined
  await visits(journal, 6, 7)
  await journal[Symbol.asyncDispose]()
  const inUse = files.paths().filter((path) => path.endsWith('.segment') && files.get(path)[0] !== 0)
  t.same(inUse.slice(0, 2), [segment(1), segment(2)])
  t.same(
    inUse.map((path) => files.get(path).includes('"lang":"fr"')),
    [true, true, false],
  )
  const sound = votesOf((await reopened(files.clone())).items)
  t.notOk(sound.some(({ language }) => language === 'fr'))
  // The one that supersedes them says so even without its header.
  change(files, inUse[2]!, lost)
  const { journal: again, items } = await reopened(files)
  t.same(votesOf(items), sound)
  t.same(again.totals(), journal.totals())
})

t.test('many reopenings', async (t) => {
  const files = new FaultyFiles()
  let epoch: string | undefined
  for (let boot = 1; boot <= 60; boot++) {
    const journal = await open(files, { start: { ...start, boot } })
    epoch ??= journal.epoch
    if (journal.epoch !== epoch) t.fail('the epoch changed')
    if ((await journal.record(press(boot))) !== boot) t.fail(`boot ${boot}`)
    await journal[Symbol.asyncDispose]()
  }
  const { items } = await reopened(files)
  t.equal(lastWithoutHole(items), 60)
  t.same(
    votesOf(items).map(({ boot }) => boot),
    Array.from({ length: 60 }, (_, n) => n + 1),
  )
  t.equal(files.paths().length, 5, 'one segment, its spare, the three small files')
})

t.test('what a killed process left unflushed is flushed before anything else', async (t) => {
  const files = new FaultyFiles()
  const journal = await open(files)
  await visits(journal, 1, 3)
  await journal[Symbol.asyncDispose]()
  files.kill()
  const changes: string[] = []
  files.fault = (change, path) => void changes.push(`${change} ${path}`)
  const again = await open(files)
  const first = changes.slice(
    0,
    changes.findIndex((change) => change.startsWith('write')),
  )
  t.same(first, [`sync ${segment(1)}`, `sync ${segment(2)}`, 'syncDirectory /journal'])
  await again[Symbol.asyncDispose]()
})
