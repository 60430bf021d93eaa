import t from 'tap'
import { scanHeader } from '../../src/storage/segment.ts'
import { FaultyFiles } from '../fakes/faulty-files.ts'
import { instant } from '../fakes/instants.ts'
import { readItems } from '../fakes/read-items.ts'
import { inShort, lastWithoutHole, open, press, readAll, segment, settled, votesOf } from './journals.ts'

/** Fills the first segment with small amendments of vote `last`, until a second one is begun. */
async function acrossTheBorder(files: FaultyFiles, last: number) {
  const journal = await open(files)
  for (let n = 1; n < last; n++) await journal.record(press(3 * n))
  const sequence = await journal.record(press(2))
  let suppressed = 0
  while (journal.condition().bytes <= 2 ** 19) {
    const many = Array.from({ length: 40 }, () =>
      journal.amend(sequence, { suppressed: ++suppressed }, instant(1)),
    )
    await Promise.all(many)
    // The spare is made in the background.
    for (let n = 0; n < 20; n++) await Promise.resolve()
  }
  return { journal, sequence, suppressed }
}

t.test('a vote whose visit goes on in the next segment', async (t) => {
  const files = new FaultyFiles()
  const { journal, sequence, suppressed } = await acrossTheBorder(files, 5)
  const header = scanHeader(files.get(segment(2)))
  t.match(header, { header: { open: { sequence: 5 }, sequence: 5, settled: 4 } })
  const reader = journal.reader()
  t.equal(inShort(await readItems(reader)), '1 2 3 4', 'it is not settled')
  await journal.amend(sequence, { reason: 'must-return', outcome: 'selected' }, instant(2))
  journal.settle(sequence)
  await settled(journal)
  t.match(await reader.next(), { vote: { sequence, suppressed, reason: 'must-return' } })
  t.equal(await reader.next(), undefined)
  t.match((await readAll(journal)).at(-1), { vote: { sequence, suppressed, reason: 'must-return' } })
  t.equal(await journal.record(press(1)), 6)
  await journal[Symbol.asyncDispose]()

  t.test('reopened', async (t) => {
    const again = await open(files.clone())
    const items = await readAll(again)
    t.equal(lastWithoutHole(items), 6)
    t.match(items[4], { vote: { suppressed, reason: 'must-return' } })
    t.equal(again.totals().votes, 6)
  })

  t.test('its first segment is lost', async (t) => {
    const copy = files.clone()
    const first = await open(copy)
    first.done((await readAll(first))[1]!)
    await first[Symbol.asyncDispose]()
    copy.delete(segment(1))
    const items = await readAll(await open(copy))
    t.equal(inShort(items), 'gap 3-4 5 6', 'the header of the second knows it')
    t.match(votesOf(items)[0], { suppressed, reason: 'must-return' })
  })

  t.test('the header of its second segment is lost', async (t) => {
    const copy = files.clone()
    const bytes = copy.get(segment(2))
    copy.put(segment(2), bytes.fill(0x3f, 0, typeof header === 'object' ? header.end : 0))
    const items = await readAll(await open(copy))
    t.equal(inShort(items), '1 2 3 4 5 6')
    t.match(items[4], { vote: { suppressed, reason: 'must-return' } })
  })
})

t.test('settled in the first segment, and the next vote begins the second', async (t) => {
  const files = new FaultyFiles()
  const { journal, sequence } = await acrossTheBorder(files, 2)
  const bytes = files.get(segment(1))
  await journal[Symbol.asyncDispose]()
  files.delete(segment(2))
  files.delete(segment(3))
  // Nothing more fits into the first one.
  let end = bytes.length
  while (bytes[end - 1] === 0) end--
  t.ok(bytes.length - end < 100)
  const again = await open(files)
  t.equal(await again.record(press(1)), sequence + 1)
  t.equal(inShort(await readAll(again)), '1 2')
})

t.test('a middle segment is lost, with a visit across either border', async (t) => {
  const files = new FaultyFiles()
  const { journal } = await acrossTheBorder(files, 3)
  let suppressed = 0
  for (let n = 0; n < 10; n++) await journal.record(press(3))
  const sequence = await journal.record(press(2))
  while (journal.condition().bytes <= 3 * 2 ** 18) {
    await Promise.all(
      Array.from({ length: 40 }, () => journal.amend(sequence, { suppressed: ++suppressed }, instant(1))),
    )
    for (let n = 0; n < 20; n++) await Promise.resolve()
  }
  await journal.amend(sequence, { reason: 'waiting-time', outcome: 'selected' }, instant(1))
  await journal[Symbol.asyncDispose]()
  files.delete('/journal/cursor')
  files.delete(segment(2))
  const items = await readAll(await open(files))
  t.equal(inShort(items), '1 2 3 gap 4-13 14')
  t.match(items.at(-1), { vote: { suppressed, reason: 'waiting-time' } })
})
