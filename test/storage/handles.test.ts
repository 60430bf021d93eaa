import t from 'tap'
import { openCommissions } from '../../src/storage/commissions.ts'
import { inspectJournal } from '../../src/storage/inspect.ts'
import { markMoved, refuseMoved, votesIn } from '../../src/storage/moved.ts'
import { openStateDocument } from '../../src/storage/state-document.ts'
import { FaultyFiles } from '../fakes/faulty-files.ts'
import { crowd, eventLog, open, readAll, visits } from './journals.ts'

/* A daemon runs for years: each file that it opens, for however short a time, it closes. */

const directory = '/store/journal'
const size = 2 ** 18

/** A life with all that opens files: segments that end, go and are summed up, readers, a restart. */
async function life(files: FaultyFiles): Promise<void> {
  for (const votes of [5200, 100]) {
    await using journal = await open(files, { directory, maxBytes: 2 * size })
    await crowd(journal, votes)
    const items = await readAll(journal)
    journal.done(items.at(-1)!)
    await visits(journal, 1, 3)
    await (await journal.kept({ epoch: journal.epoch, sequence: 1 })).next()
  }
}

t.test('a journal, and those who look at it', async (t) => {
  const files = new FaultyFiles()
  await life(files)
  t.same(files.leftOpen, [])
  const { items, damages } = await inspectJournal(directory, files)
  for await (const _ of items());
  for await (const _ of damages());
  t.ok((await votesIn(directory, files)) > 0)
  await markMoved('/store', 0, files)
  await t.rejects(refuseMoved('/store', files))
  const state = await openStateDocument('/store/state.json', eventLog(), files)
  await state.countBoot('a')
  await openStateDocument('/store/state.json', eventLog(), files)
  const commissions = openCommissions('/store', files)
  await commissions.keep('{}')
  await commissions.last()
  t.same(files.leftOpen, [])
})

t.test('a disk that refuses once, at whatever step', async (t) => {
  for (let step = 1, last = false; !last; step++) {
    const files = new FaultyFiles()
    let changes = 0
    files.fault = () => (++changes === step ? 'EIO' : undefined)
    const run = async () => {
      await using journal = await open(files, { directory })
      await visits(journal, 1, 3)
    }
    await run().catch(() => {})
    last = changes < step
    t.same(files.leftOpen, [], `the ${step}th`)
  }
})
