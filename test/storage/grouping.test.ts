import t from 'tap'
import { FaultyFiles } from '../fakes/faulty-files.ts'
import { instant } from '../fakes/instants.ts'
import { linesOf, open, press, readAll, segment, settled, votesOf } from './journals.ts'

async function ready() {
  const files = new FaultyFiles()
  const journal = await open(files)
  // The spare has been made by then.
  while (journal.condition().bytes < 2 ** 19) await settled(journal)
  const before = { ...files.counts }
  return {
    files,
    journal,
    costs: () => ({ write: files.counts.write - before.write, sync: files.counts.sync - before.sync }),
  }
}

t.test('a lone vote costs one write and one flush', async (t) => {
  const { files, journal, costs } = await ready()
  for (let n = 1; n <= 10; n++) {
    journal.settle(await journal.record(press(3)))
    await settled(journal)
    t.same(costs(), { write: n, sync: n })
  }
  await readAll(journal)
  t.equal(files.changes, 10 + 10 + files.changes - 20)
  t.same(costs(), { write: 10, sync: 10 }, 'and reading costs none')
})

t.test('presses during a flush share the next one, in their order', async (t) => {
  const { files, journal, costs } = await ready()
  const presses = Array.from({ length: 100 }, (_, n) => press(n))
  const sequences = await Promise.all(presses.map((press) => journal.record(press)))
  t.same(
    sequences,
    presses.map((_, n) => n + 1),
  )
  t.same(costs(), { write: 2, sync: 2 })
  await journal.record(press(0))
  await settled(journal)
  const read = votesOf(await readAll(journal))
  t.same(
    read.map(({ time }) => time.wall),
    presses.map(({ at }) => at.wall),
  )
  const numbers = linesOf(files.get(segment(1)))
    .slice(2)
    .map(({ row }) => row.n)
  t.same(
    numbers,
    numbers.map((_, place) => place + 1),
    'records are numbered without a hole',
  )
})

t.test('a vote, its amendments and the next vote at once', async (t) => {
  const { journal, costs } = await ready()
  const first = journal.record(press(2))
  const results = await Promise.all([
    first,
    journal.amend(1, { suppressed: 1 }, instant(1)),
    journal.amend(1, { reason: 'must-return', outcome: 'selected' }, instant(2)),
    journal.record(press(3)),
  ])
  t.same([results[0], results[3]], [1, 2])
  t.ok(costs().sync <= 2)
  journal.settle(2)
  await settled(journal)
  t.match(votesOf(await readAll(journal)), [{ suppressed: 1, reason: 'must-return' }, { sequence: 2 }])
})

t.test('more at once than a segment holds', async (t) => {
  const { files, journal, costs } = await ready()
  const sequences = await Promise.all(Array.from({ length: 5000 }, (_, n) => journal.record(press(n))))
  t.same(
    sequences,
    sequences.map((_, n) => n + 1),
  )
  t.ok(costs().sync < 12, `${costs().sync} flushes`)
  t.ok(files.paths().includes(segment(3)))
  await journal[Symbol.asyncDispose]()
  const again = await open(files)
  t.equal((await readAll(again)).length, 5000)
  t.equal(again.totals().votes, 5000)
})

t.test('the header is written with the first vote of a segment, at no cost of its own', async (t) => {
  const { files, journal } = await ready()
  let syncs = 0
  files.fault = (change, path) => {
    if (change === 'sync' && path !== segment(3)) syncs++
    return undefined
  }
  let votes = 0
  while (journal.condition().bytes < 3 * 2 ** 18) {
    await journal.record(press(3))
    votes++
  }
  t.equal(syncs, votes)
})
