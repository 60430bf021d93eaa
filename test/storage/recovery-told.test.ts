import t from 'tap'
import { segmentBytes } from '../../src/storage/segment.ts'
import { FaultyFiles } from '../fakes/faulty-files.ts'
import {
  change,
  crowd,
  eventLog,
  inShort,
  linesOf,
  open,
  readAll,
  segment,
  start,
  visit,
  visits,
} from './journals.ts'

/* What is said of damage, what is kept of it, and where the next row goes. */

async function filled(votes: number): Promise<FaultyFiles> {
  const files = new FaultyFiles()
  const journal = await open(files)
  await visits(journal, 1, votes)
  await journal[Symbol.asyncDispose]()
  return files
}

/** The line that begins there can no longer be read. */
function flip(bytes: Buffer, start: number): void {
  bytes[start + 12]! ^= 1
}

/** Opens it, lets a vote follow, and says what was logged and in which segments rows stand. */
async function followed(files: FaultyFiles, options: Parameters<typeof open>[1] = {}) {
  const log = eventLog()
  const journal = await open(files, { log, ...options })
  const sequence = await visit(journal, 1)
  const told = inShort(await readAll(journal))
  await journal[Symbol.asyncDispose]()
  const written = files
    .paths()
    .filter((path) => /\d\.segment$/.test(path) && files.get(path)[0] !== 0)
    .map((path) => Number(/(\d+)\.segment$/.exec(path)![1]))
  const said = log.events
    .filter(({ event }) => event.startsWith('journal'))
    .map(({ event, fields }) => ({ event, fields }))
  return { sequence, told, written, said }
}

t.test('nothing is wrong: the next row follows in the same segment, and nothing is said', async (t) => {
  t.same(await followed(await filled(3)), { sequence: 4, told: '1 2 3 4', written: [1], said: [] })
})

t.test('a damaged line at the end: kept as it is, and another segment is begun', async (t) => {
  const files = await filled(4)
  const { start, end } = linesOf(files.get(segment(1))).at(-1)!
  change(files, segment(1), (bytes) => flip(bytes, start))
  const damaged = Buffer.from(files.get(segment(1)).subarray(start, end))
  const { said, written, sequence, told } = await followed(files)
  t.same({ sequence, told, written }, { sequence: 5, told: '1 2 3 gap 4-4 5', written: [1, 2] })
  t.same(said, [{ event: 'journal damaged', fields: { segment: 1, offset: start, bytes: end - start } }])
  t.same(files.get(`/journal/000000000001-${start}.damaged`), damaged)
})

t.test('a damaged line in the middle: what follows it shows what it was', async (t) => {
  const files = await filled(4)
  const { start, end } = linesOf(files.get(segment(1))).find(({ row }) => 'vote' in row && row.vote === 3)!
  change(files, segment(1), (bytes) => flip(bytes, start))
  const { said, written, told } = await followed(files)
  t.same({ told, written }, { told: '1 2 gap 3-3 4 5', written: [1] })
  t.same(said, [{ event: 'journal damaged', fields: { segment: 1, offset: start, bytes: end - start } }])
})

t.test('a file that was cut short is not written to again', async (t) => {
  const files = await filled(3)
  change(files, segment(1), (bytes) => bytes.subarray(0, segmentBytes - 512))
  t.same((await followed(files)).written, [1, 2])
})

t.test('a header is damaged', async (t) => {
  const files = new FaultyFiles()
  const journal = await open(files)
  await crowd(journal, 2500)
  await journal[Symbol.asyncDispose]()
  t.ok(files.paths().includes(segment(2)))
  const last = Math.max(
    ...files
      .paths()
      .flatMap((path) => (files.get(path)[0] ? [Number(/(\d+)\.seg/.exec(path)?.[1])] : []))
      .filter(Number.isFinite),
  )
  change(files, segment(last), (bytes) => {
    for (const { start } of linesOf(bytes).slice(0, 2)) flip(bytes, start)
  })
  const { said, written } = await followed(files)
  t.same(said[0], { event: 'journal header damaged', fields: { segment: last } })
  t.equal(written.at(-1), last + 1, 'and not in a segment that does not say whose it is')
})

t.test('the only header is damaged', async (t) => {
  const files = await filled(3)
  change(files, segment(1), (bytes) => {
    for (const { start } of linesOf(bytes).slice(0, 2)) flip(bytes, start)
  })
  const { said } = await followed(files)
  t.same(said.at(-1), { event: 'journal segment unreadable, put aside', fields: { segment: 1 } })
  t.ok(files.paths().includes('/journal/000000000001.segment.damaged'))
})

t.test('rows that the cursor has seen have gone: what follows stands in another segment', async (t) => {
  const files = await filled(5)
  const journal = await open(files)
  for (const item of await readAll(journal)) journal.done(item)
  await journal[Symbol.asyncDispose]()
  change(files, segment(1), (bytes) => {
    const { start } = linesOf(bytes).find(({ row }) => 'vote' in row && row.vote === 4)!
    bytes.fill(0, start)
  })
  t.match(await followed(files), { sequence: 6, told: '6', written: [1, 2] })
})

t.test('of a batch of which something was told no number is used again', async (t) => {
  const options = { start: { ...start, privacy: { precision: 'exact', batch: 5 } as const } }
  for (const [left, done] of [
    [2, 1],
    [4, 3],
    [7, 6],
    [7, 2],
  ] as const) {
    const files = new FaultyFiles()
    const journal = await open(files, options)
    await visits(journal, 1, 12)
    const items = await readAll(journal)
    for (const item of items.slice(0, done)) journal.done(item)
    await journal[Symbol.asyncDispose]()
    change(files, segment(1), (bytes) => {
      const { end } = linesOf(bytes).find(({ row }) => 'vote' in row && row.vote === left)!
      bytes.fill(0, end)
    })
    // What was told of a batch needs all of it; nothing was told of the next one.
    const next = done > left - (left % 5) ? left - (left % 5) + 6 : left + 1
    const { sequence } = await followed(files, options)
    t.equal(sequence, next, `${left} are left, ${done} were told`)
    const again = await open(files, options)
    await visits(again, 1, 10)
    const rest = await readAll(again)
    t.equal(rest[0]!.position.told ?? rest[0]!.position.sequence, done + 1, 'and nothing is passed over')
    const votes = [...items.slice(0, done), ...rest].flatMap((item) =>
      item.is === 'vote' ? [item.vote] : [],
    )
    t.equal(new Set(votes.map((vote) => `${vote.sequence}`)).size, votes.length)
    await again[Symbol.asyncDispose]()
  }
})
