import t from 'tap'
import type { Journal } from '../../src/ports/journal.ts'
import type { Files } from '../../src/storage/files.ts'
import { type RawItem, SegmentReader } from '../../src/storage/reader.ts'
import { scanHeader, segmentBytes, segmentNumbers } from '../../src/storage/segment.ts'
import { FaultyFiles } from '../fakes/faulty-files.ts'
import { readItems } from '../fakes/read-items.ts'
import {
  change,
  directory,
  inShort,
  lastWithoutHole,
  open,
  press,
  readAll,
  segment,
  settled,
} from './journals.ts'

/* Reading while segments go, and reading again what is done. */

t.setTimeout(180_000)

const beginning = { segment: 0, offset: 0, record: 0, votes: 0, epoch: '', sequence: 0 }

/** A journal of three segments, with 1 to 6000 in it and nothing done; no visit goes over a border. */
const three = new FaultyFiles()
{
  await using journal = await open(three)
  for (let n = 1; n <= 6000; n++) journal.settle(await journal.record(press(3 * n)))
  await settled(journal)
}
const headerOf = (number: number) => {
  const header = scanHeader(three.get(segment(number)))
  if (typeof header !== 'object') throw new Error('no header')
  return { ...header.header, end: header.end }
}
const lost = (files: FaultyFiles, number: number) =>
  change(files, segment(number), (bytes) => void bytes.fill(0x3f, 0, headerOf(number).end))

/** @param opening has its turn before each file that is opened */
function readerOf(disk: FaultyFiles, opening: (path: string) => unknown = () => {}): SegmentReader {
  const files: Pick<Files, 'open'> = {
    async open(path, how) {
      opening(path)
      return disk.open(path, how)
    },
  }
  const numbers = () => segmentNumbers(disk.paths().map((path) => path.slice(directory.length + 1)))
  const limit = { segment: 3, offset: segmentBytes }
  return new SegmentReader(
    { files: files as Files, directory, segments: numbers, limit: () => limit, folded: () => [] },
    beginning,
  )
}

async function rangesOf(reader: SegmentReader): Promise<[from: number, to: number][]> {
  const ranges: [number, number][] = []
  const rangeOf = (item: RawItem): [number, number] =>
    item.is === 'vote'
      ? [item.vote.sequence, item.vote.sequence]
      : item.is === 'gap'
        ? [item.gap.from, item.gap.to]
        : [item.summary.from, item.summary.to]
  for (let item = await reader.next(); item; item = await reader.next()) ranges.push(rangeOf(item))
  return ranges
}

t.test(
  'a segment that goes just before it is read: what was in it is a gap, and the rest is read',
  async (t) => {
    for (const gone of [1, 2]) {
      const disk = three.clone()
      const pruned = (path: string) => path === segment(gone) && disk.delete(path)
      const ranges = await rangesOf(readerOf(disk, pruned))
      for (const [n, [from]] of ranges.entries()) {
        if (from !== (n === 0 ? 1 : ranges[n - 1]![1] + 1)) t.fail(`${from} behind ${ranges[n - 1]}`)
      }
      t.equal(ranges.at(-1)![1], 6000)
      t.equal(ranges.filter(([from, to]) => to > from).length, 1)
    }
  },
)

t.test(
  'a segment that is there and cannot be read: that is told, and nothing is taken for lost',
  async (t) => {
    const disk = three.clone()
    const failing = (path: string) => {
      if (path === segment(2)) throw Object.assign(new Error('by order of the test'), { code: 'EIO' })
    }
    await t.rejects(rangesOf(readerOf(disk, failing)), { code: 'EIO' })
  },
)

t.test('no header reads back any more: there is nothing to read, and that is no failure', async (t) => {
  const disk = three.clone()
  for (const number of [1, 2, 3]) lost(disk, number)
  t.same(await rangesOf(readerOf(disk)), [])
})

t.test('what is done is read again', async (t) => {
  const files = three.clone()
  await using journal = await open(files)
  const { epoch } = journal
  const all = await readAll(journal)
  journal.done(all.at(-1)!)
  t.same(await readAll(journal), [])
  const again = async (from?: Parameters<Journal['kept']>[0]) => readItems(await journal.kept(from))

  t.test('all of it, from the oldest on', async (t) => {
    t.same(await again(), all)
  })

  t.test('from some way in front of a sequence, and not from the oldest on', async (t) => {
    const items = await again({ epoch, sequence: 5990 })
    t.same(items, all.slice(-items.length))
    t.equal(inShort(items.slice(0, 1)), String(headerOf(3).sequence + 1))
  })

  t.test('of an epoch that nobody knows: all that there is', async (t) => {
    const items = await again({ epoch: 'zzzzzz', sequence: 5990 })
    t.equal(lastWithoutHole(items), 6000)
  })

  t.test('where a header does not read back: from the segment in front of it', async (t) => {
    lost(files, 3)
    const items = await again({ epoch, sequence: 5990 })
    t.same(items, all.slice(-items.length))
    t.equal(inShort(items.slice(0, 1)), String(headerOf(2).sequence + 1))
  })
})

t.test(
  'what is done is read again from nearby, too, where a visit went on from one segment to the next',
  async (t) => {
    await using journal = await open(new FaultyFiles())
    let former: number | undefined
    for (let n = 1; n <= 6000; n++) {
      const sequence = await journal.record(press(3 * n))
      if (former !== undefined) journal.settle(former)
      former = sequence
    }
    journal.settle(former!)
    await settled(journal)
    const all = await readAll(journal)
    journal.done(all.at(-1)!)
    const items = await readItems(await journal.kept({ epoch: journal.epoch, sequence: 5990 }))
    t.ok(items.length < 3_000, `${items.length} of ${all.length} are read for the last eleven`)
    t.same(items, all.slice(-items.length))
  },
)
