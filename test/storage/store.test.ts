import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openStore, type StoreOptions } from '../../src/storage/store.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { eventLog, readAll, source, start, visits, votesOf } from './journals.ts'

/** All that a terminal keeps, in one folder of a real disk. */

function options(directory: string, bootId: string, log = eventLog()): StoreOptions {
  const { survey, version } = start
  const bounds = { maxBytes: 2 ** 28, keepMs: 1e12 }
  return { directory, source, bootId, survey, version, ...bounds, clock: new FakeClock(), log }
}

t.test('boots are counted, and a vote knows in which it was given', async (t) => {
  const directory = t.testdir()
  for (const [bootId, boot] of [
    ['a', 1],
    ['a', 1],
    ['b', 2],
  ] as const) {
    await using store = await openStore(options(directory, bootId))
    t.equal(store.boot, boot)
    await visits(store.journal, 1, 1)
    t.match(votesOf(await readAll(store.journal)).at(-1), { boot, bootId })
  }
})

t.test(
  'the small state cannot be written: votes are taken, and the boot is counted all the same',
  async (t) => {
    const directory = t.testdir()
    await (await openStore(options(directory, 'a')))[Symbol.asyncDispose]()
    const obstacle = join(directory, 'state.json.new')
    mkdirSync(obstacle)
    const log = eventLog()
    {
      await using store = await openStore(options(directory, 'b', log))
      t.equal(store.boot, 2)
      t.ok(log.has('state not written'))
      await visits(store.journal, 1, 1)
      t.match(votesOf(await readAll(store.journal)), [{ boot: 2, bootId: 'b' }])
    }
    rmSync(obstacle, { recursive: true })
    await using store = await openStore(options(directory, 'b'))
    t.equal(store.boot, 2, 'the same boot is the same number once it can be written')
  },
)

t.test('what the settings say of privacy holds for its votes', async (t) => {
  const privacy = { precision: 'exact', batch: 2 } as const
  await using store = await openStore({ ...options(t.testdir(), 'a'), privacy })
  await visits(store.journal, 1, 1)
  t.same(await readAll(store.journal), [])
  await visits(store.journal, 2, 2)
  t.match(votesOf(await readAll(store.journal)), [{ batch: { votes: 2 } }, { batch: { votes: 2 } }])
})

t.test('one terminal at a time', async (t) => {
  const directory = t.testdir()
  const store = await openStore(options(directory, 'a'))
  await t.rejects(openStore(options(directory, 'a')), {
    name: 'StorageError',
    message: /^another Faccina \(process \d+\) is using/,
  })
  await store[Symbol.asyncDispose]()
  await (await openStore(options(directory, 'a')))[Symbol.asyncDispose]()
})
