import { join } from 'node:path'
import t from 'tap'
import { realFiles } from '../../src/storage/files.ts'
import { openJournal } from '../../src/storage/journal.ts'
import {
  arrivalName,
  finishArrival,
  markMoved,
  refuseHalfRestored,
  refuseMoved,
  stageName,
  votesIn,
} from '../../src/storage/moved.ts'
import { openStore, type StoreOptions } from '../../src/storage/store.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FaultyFiles } from '../fakes/faulty-files.ts'
import { eventLog, open, press, readAll, source, start, visits, votesOf } from './journals.ts'

/** A journal that goes to another card: there it begins a new epoch, and here it is closed for ever. */

const rules = { source, maxBytes: 2 ** 28, keepMs: 1e12, clock: new FakeClock(), log: eventLog() }

function options(directory: string): StoreOptions {
  return { ...rules, directory, bootId: start.bootId, survey: start.survey, version: start.version }
}

t.test('renewed, it tells the rest of its old epoch and then the new one, for good', async (t) => {
  const files = new FaultyFiles()
  const old = await open(files)
  await visits(old, 1, 5)
  old.done((await readAll(old))[1]!)
  await old[Symbol.asyncDispose]()

  const renewed = await open(files.clone(), { renew: true })
  t.not(renewed.epoch, old.epoch)
  t.equal(renewed.endOf(old.epoch), 5)
  t.equal(renewed.endOf('zzzzzz'), undefined)
  t.equal(renewed.endOf(renewed.epoch), undefined)
  await visits(renewed, 6, 7)
  const told = votesOf(await readAll(renewed)).map(({ epoch, sequence }) => `${epoch} ${sequence}`)
  const wanted = [3, 4, 5].map((n) => `${old.epoch} ${n}`)
  t.same(told, [...wanted, `${renewed.epoch} 1`, `${renewed.epoch} 2`])
})

t.test(
  'how an epoch ended is known after many restarts, and from the header of a later segment',
  async (t) => {
    const files = new FaultyFiles()
    const first = await open(files)
    await visits(first, 1, 3)
    await first[Symbol.asyncDispose]()
    const second = await open(files, { renew: true })
    await visits(second, 4, 4)
    await second[Symbol.asyncDispose]()
    const third = await open(files, { renew: true })
    while (third.condition().bytes <= 2 ** 19) {
      await third.amend(await third.record(press(2)), { suppressed: 1 }, press(2).at)
    }
    await third[Symbol.asyncDispose]()
    const again = await open(files)
    t.equal(again.epoch, third.epoch)
    t.equal(again.endOf(first.epoch), 3)
    t.equal(again.endOf(second.epoch), 1)
  },
)

t.test('closed: whoever opens the store is told where the votes are', async (t) => {
  const directory = t.testdir()
  await (await openStore(options(directory)))[Symbol.asyncDispose]()
  await markMoved(directory, Date.UTC(2026, 4, 4, 9))
  await markMoved(directory, Date.UTC(2027, 4, 4, 9))
  const message = /moved to another card on 2026-05-04; put that card in, or flash this one anew/
  await t.rejects(openStore(options(directory)), { name: 'MovedError', message })
  await t.rejects(openStore(options(directory)), { message }, 'and the lock was given back')
})

t.test(
  'a mark that was made holds through a power cut, at whatever step, and whatever is left of it',
  async (t) => {
    for (let changes = 0, made = false; !made; changes++) {
      const files = new FaultyFiles()
      await (await open(files, { directory: '/store/journal' }))[Symbol.asyncDispose]()
      files.changesLeft = changes
      made = await markMoved('/store', 0, files).then(
        () => true,
        () => false,
      )
      files.crash('nothing')
      const closed = await refuseMoved('/store', files).then(
        () => false,
        () => true,
      )
      t.ok(closed || !made, `after ${changes} changes: ${made ? 'made' : 'not made'}`)
    }
    const files = new FaultyFiles()
    await (await open(files, { directory: '/store/journal' }))[Symbol.asyncDispose]()
    files.put('/store/journal/moved', Buffer.alloc(0))
    await t.rejects(refuseMoved('/store', files), {
      message: "this card's journal was moved to another card; put that card in, or flash this one anew",
    })
  },
)

t.test('a journal that waits is put in place by whoever comes first', async (t) => {
  const directory = t.testdir()
  await (await openStore(options(directory)))[Symbol.asyncDispose]()
  const arriving = await openJournal({ ...rules, directory: join(directory, arrivalName), start })
  await visits(arriving, 1, 3)
  await arriving[Symbol.asyncDispose]()
  const store = await openStore(options(directory))
  t.equal(store.journal.epoch, arriving.epoch)
  t.equal(votesOf(await readAll(store.journal)).length, 3)
  await store[Symbol.asyncDispose]()
  t.notOk(await finishArrival(directory))
})

t.test('never over votes', async (t) => {
  const directory = t.testdir()
  const store = await openStore(options(directory))
  await visits(store.journal, 1, 2)
  await store[Symbol.asyncDispose]()
  await (await openJournal({ ...rules, directory: join(directory, arrivalName), start }))[
    Symbol.asyncDispose
  ]()
  await t.rejects(openStore(options(directory)), { message: /has 2 votes of its own/ })
})

t.test('no vote is taken while a backup is only half restored', async (t) => {
  const directory = t.testdir({ [stageName]: {} })
  await t.rejects(openStore(options(directory)), {
    message: /did not end; run it again: sudo faccina restore/,
  })
})

t.test('a folder that cannot be looked into: said, and never taken for an empty one', async (t) => {
  const directory = t.testdir({ journal: 'a file' })
  const missing = join(directory, 'missing')
  const refusal = { name: 'StorageError', message: new RegExp(`^cannot use ${missing}: `) }
  await t.rejects(finishArrival(missing), refusal)
  await t.rejects(refuseHalfRestored(missing), refusal)
  await t.rejects(refuseMoved(directory), {
    name: 'StorageError',
    message: /^cannot use .*journal: a part of the path is a file/,
  })
  await t.resolves(refuseMoved(missing), 'where there is no journal yet none has moved')
  await t.rejects(markMoved(missing, 0), {
    name: 'StorageError',
    message: new RegExp(`^cannot close the journal in ${missing}: `),
  })
  t.equal(await votesIn(missing), 0)
})

t.test('a mark that the disk does not give closes all the same', async (t) => {
  const files = new FaultyFiles()
  await (await open(files, { directory: '/store/journal' }))[Symbol.asyncDispose]()
  await markMoved('/store', 0, files)
  files.changesLeft = 0
  await t.rejects(refuseMoved('/store', files), { message: /was moved to another card; put that card in/ })
})

t.test('a folder without segments has no votes', async (t) => {
  const files = new FaultyFiles()
  files.put('/store/journal/cursor', Buffer.alloc(0))
  t.equal(await votesIn('/store/journal', files), 0)
})

t.test('a card that refuses to put it in place: said, and done at the next start', async (t) => {
  const directory = t.testdir()
  await (await openStore(options(directory)))[Symbol.asyncDispose]()
  const arriving = await openJournal({ ...rules, directory: join(directory, arrivalName), start })
  await visits(arriving, 1, 3)
  await arriving[Symbol.asyncDispose]()
  const refusing = {
    ...realFiles,
    rename: () => Promise.reject(Object.assign(new Error('by order of the test'), { code: 'EROFS' })),
  }
  await t.rejects(finishArrival(directory, refusing), {
    name: 'StorageError',
    message: /^cannot use .*journal: the file system is read-only/,
  })
  t.ok(await finishArrival(directory))
  t.equal(await votesIn(join(directory, 'journal')), 3)
})

t.test('a lost vote is none that stands in the way', async (t) => {
  const directory = '/store/journal'
  const files = new FaultyFiles()
  const journal = await open(files, { directory })
  await journal.withdraw(await journal.record(press(3)))
  await journal[Symbol.asyncDispose]()
  t.equal(await votesIn(directory, files), 0)
})
