import t from 'tap'
import { FakeClock } from '../fakes/fake-clock.ts'
import { type Change, FaultyFiles } from '../fakes/faulty-files.ts'
import { instant } from '../fakes/instants.ts'
import {
  eventLog,
  inShort,
  lastWithoutHole,
  open,
  press,
  readAll,
  segment,
  settled,
  visits,
  votesOf,
} from './journals.ts'

/** Fails the next `times` changes of a kind, of a path that ends so. */
function failing(
  files: FaultyFiles,
  kinds: readonly Change[],
  code: string,
  path = '',
  times = Number.POSITIVE_INFINITY,
) {
  let left = times
  files.fault = (change, of) => {
    if (!kinds.includes(change) || !of.endsWith(path) || left <= 0) return undefined
    left--
    return code
  }
}

const healed = () => undefined

for (const kind of ['write', 'sync'] as const) {
  t.test(`a failing ${kind}: what it was about goes to the next segment`, async (t) => {
    const files = new FaultyFiles()
    const log = eventLog()
    const journal = await open(files, { log })
    await visits(journal, 1, 3)
    failing(files, [kind], 'EIO', '1.segment')
    t.equal(await journal.record(press(4)), 4)
    t.equal(journal.condition().writable, true)
    t.ok(log.has('journal write failed'))
    files.crash()
    files.fault = healed
    const items = await readAll(await open(files))
    t.equal(inShort(items), '1 2 3 4', 'and there it is durable')
  })

  t.test(`a failing ${kind} of either segment: refused, never acknowledged`, async (t) => {
    const files = new FaultyFiles()
    const journal = await open(files)
    await visits(journal, 1, 3)
    failing(files, [kind], 'EIO')
    const refusal = { name: 'StorageError', message: /cannot write the journal: .*card is probably dying/ }
    await t.rejects(Promise.all([journal.record({ ...press(4), language: 'fr' })]), refusal)
    t.match(journal.condition(), { writable: false, problem: /EIO/ })
    await t.rejects(journal.record({ ...press(4), language: 'fr' }), refusal)
    files.fault = healed
    t.equal(await journal.record(press(5)), 4)
    t.match(journal.condition(), { writable: true, problem: undefined })
    await visits(journal, 6, 7)
    const items = await readAll(journal)
    t.equal(inShort(items), '1 2 3 4 5 6')
    t.notOk(
      votesOf(items).some(({ language }) => language === 'fr'),
      'though its bytes stand in the sealed segment',
    )
    t.equal(journal.totals().votes, 6)
    const again = await readAll(await open(files.clone()))
    t.same(again, items, 'and the next start sees it so too')
  })
}

t.test('a refused amendment never joins a vote that was read without it', async (t) => {
  const files = new FaultyFiles()
  const journal = await open(files)
  const reader = journal.reader()
  const sequence = await journal.record(press(2))
  failing(files, ['sync'], 'EIO')
  await t.rejects(journal.amend(sequence, { reason: 'must-return', outcome: 'selected' }, instant(1)))
  journal.settle(sequence)
  await settled(journal)
  t.equal(await reader.next(), undefined, 'it may still stand in the file, so nobody is told yet')
  t.equal(journal.totals().votes, 1, 'but it counts')
  files.kill()
  const killed = await readAll(await open(Object.assign(files.clone(), { fault: healed })))
  t.equal(votesOf(killed).length, 1)

  files.fault = healed
})

t.test('as soon as the disk takes something again, such a vote is read', async (t) => {
  const files = new FaultyFiles()
  const journal = await open(files)
  const sequence = await journal.record(press(2))
  failing(files, ['sync'], 'EIO')
  await t.rejects(journal.amend(sequence, { reason: 'must-return', outcome: 'selected' }, instant(1)))
  files.fault = healed
  let told = 0
  journal.onReadable(() => told++)
  journal.settle(sequence)
  while (told === 0) await settled(journal)
  const [vote] = votesOf(await readAll(journal))
  t.match(vote, { sequence, outcome: 'interrupted' })
  t.notOk(vote?.reason)
  files.kill()
  t.same(votesOf(await readAll(await open(files))), [vote], 'and no other is seen after a kill')
})

t.test('a full disk: no spare, but votes are taken in what there is', async (t) => {
  const files = new FaultyFiles()
  const clock = new FakeClock()
  const log = eventLog()
  failing(files, ['create', 'write'], 'ENOSPC', '2.segment')
  const journal = await open(files, { clock, log })
  await visits(journal, 1, 10)
  t.ok(log.has('no spare segment'))
  t.equal(journal.condition().writable, true)
  t.notOk(files.paths().includes(segment(2)))
  files.fault = healed
  clock.advance(59_999)
  await visits(journal, 11, 12)
  t.equal(journal.condition().bytes, 2 ** 18)
  clock.advance(1)
  await visits(journal, 13, 14)
  t.equal(journal.condition().bytes, 2 ** 19, 'it is made later, under a number not tried before')
  t.ok(files.paths().includes(segment(3)))
  await journal[Symbol.asyncDispose]()
  t.equal(clock.waiting, 0)
})

t.test(
  'a disk that stays full: refused at the end of the segment, and taken again when there is room',
  async (t) => {
    const files = new FaultyFiles()
    const journal = await open(files)
    await journal[Symbol.asyncDispose]()
    files.delete(segment(2))
    failing(files, ['create'], 'ENOSPC', 'segment')
    const clock = new FakeClock()
    const again = await open(files, { clock })
    let taken = 0
    let refused: Error | undefined
    while (!refused) {
      const recorded = await Promise.allSettled(Array.from({ length: 50 }, () => again.record(press(3))))
      for (const result of recorded) {
        if (result.status === 'fulfilled') taken++
        else refused = result.reason
      }
    }
    t.match(refused, { name: 'StorageError', message: /the disk is full \(ENOSPC\)/ })
    t.ok(taken > 1900, 'the segment was used to its end')
    t.equal(again.condition().writable, false)
    await t.rejects(again.record(press(3)))
    files.fault = healed
    t.equal(await again.record(press(3)), taken + 1)
    t.equal(again.condition().writable, true)
    await again[Symbol.asyncDispose]()
    t.equal(clock.waiting, 0, 'no alarm is left')
    t.equal(lastWithoutHole(await readAll(await open(files))), taken + 1)
  },
)

t.test('a spare that fails at any step does no harm', async (t) => {
  for (const kind of ['create', 'write', 'sync', 'syncDirectory'] as const) {
    const files = new FaultyFiles()
    const journal = await open(files)
    await journal[Symbol.asyncDispose]()
    files.delete(segment(2))
    failing(files, [kind, 'remove'], 'EIO', kind === 'syncDirectory' ? '/journal' : '2.segment', 3)
    if (kind === 'syncDirectory') failing(files, [kind], 'EIO', '', 0)
    const again = await open(files)
    await visits(again, 1, 5)
    files.fault = healed
    await again[Symbol.asyncDispose]()
    t.equal(lastWithoutHole(await readAll(await open(files))), 5, kind)
  }
})

t.test('a journal that cannot be opened says what to do', async (t) => {
  const files = new FaultyFiles()
  for (const [code, message] of [
    ['EACCES', /cannot open the journal in \/journal: no permission.*storage.directory/],
    ['EROFS', /read-only.*dmesg/],
    ['ENOSPC', /the disk is full/],
    ['EWEIRD', /EWEIRD/],
  ] as const) {
    failing(files, ['create'], code)
    await t.rejects(open(files), { name: 'StorageError', message })
  }
  files.fault = healed
  await (await open(files))[Symbol.asyncDispose]()
  failing(files, ['write'], 'EIO')
  await t.rejects(open(files), { name: 'StorageError', message: /EIO/ })
  files.fault = healed
  t.equal(await (await open(files)).record(press(1)), 1)
})

t.test('a damaged stretch that cannot be kept aside does not keep it from opening', async (t) => {
  const files = new FaultyFiles()
  const journal = await open(files)
  await visits(journal, 1, 3)
  await journal[Symbol.asyncDispose]()
  files.put(
    segment(1),
    Buffer.from(files.get(segment(1)).toString('latin1').replace('"vote":3', '"vote":4'), 'latin1'),
  )
  failing(files, ['create', 'write'], 'ENOSPC', 'damaged')
  t.equal(inShort(await readAll(await open(files))), '1 2 gap 3-3')
})

t.test('a listener that throws is heard of, and nothing is written twice', async (t) => {
  const files = new FaultyFiles()
  const log = eventLog()
  const journal = await open(files, { log })
  journal.onReadable(() => {
    throw new Error('my mistake')
  })
  await visits(journal, 1, 3)
  t.equal(inShort(await readAll(journal)), '1 2 3')
  t.ok(log.has('listener failed'))
  t.notOk(log.has('journal write failed'))
})
