import t from 'tap'
import type { Item, Journal } from '../../src/ports/journal.ts'
import { headerBytes } from '../../src/storage/segment.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FaultyFiles } from '../fakes/faulty-files.ts'
import { readItems } from '../fakes/read-items.ts'
import { turns } from '../fakes/until.ts'
import { change, crowd, inShort, open, readAll, segment, votesOf } from './journals.ts'

// Thousands of cases take their time where the processors are slow or busy.
t.setTimeout(180_000)

const day = 86_400_000
const size = 2 ** 18

/** Which segments there are. */
function segments(files: FaultyFiles): string {
  const found = files.paths().flatMap((path) => /(\d{12})\.segment$/.exec(path)?.[1] ?? [])
  return found.map(Number).join(' ')
}

/** All that is read is done, durably. */
async function allDone(journal: Journal): Promise<Item> {
  await journal.giveUpTime()
  const last = (await readAll(journal)).at(-1)!
  journal.done(last)
  await readAll(journal)
  return last
}

for (const synchronised of [false, true]) {
  t.test(`above its bound the oldest done segments go, synchronised: ${synchronised}`, async (t) => {
    const files = new FaultyFiles()
    const clock = new FakeClock({ synchronised, mono: 1e10 })
    const journal = await open(files, { clock, maxBytes: 4 * size })
    for (let n = 0; n < 6; n++) {
      await crowd(journal, 2500)
      await allDone(journal)
      t.ok(journal.condition().bytes <= 4 * size, `${journal.condition().bytes} bytes`)
    }
    t.match(segments(files), /^[4-9] /)
    t.equal(journal.totals().votes, 15_000, 'and the totals stay')
    const kept = await readItems(await journal.kept())
    t.equal(votesOf(kept).length, kept.length, 'what everybody has is not summed up')
  })
}

t.test('of a terminal that has moved, what was done at the old counter goes first', async (t) => {
  const files = new FaultyFiles()
  const journal = await open(files)
  await crowd(journal, 5000)
  await allDone(journal)
  await journal[Symbol.asyncDispose]()
  const moved = await open(files, { source: 'faccina://c_e506/tributi/1', maxBytes: 4 * size })
  await crowd(moved, 100)
  await allDone(moved)
  await crowd(moved, 4000)
  await turns(500)
  t.match(segments(files), /^[34] /)
  t.match(inShort(await readAll(moved)), /^101 102 103 /, 'nothing is summed up')
})

t.test('what lies behind a cursor that could not be saved is not lost', async (t) => {
  const files = new FaultyFiles()
  const journal = await open(files, { maxBytes: 4 * size })
  await crowd(journal, 100)
  await allDone(journal)
  await turns()
  files.fault = (change, path) => (change === 'sync' && path.endsWith('cursor') ? 'EIO' : undefined)
  await crowd(journal, 7500)
  await allDone(journal)
  await crowd(journal, 7500)
  await turns(500)
  files.fault = () => undefined
  files.crash()
  const items = await readAll(await open(files))
  t.match(inShort(items), /^summary 101-\d+ /)
  t.equal(items.at(-1)?.position.sequence, 15_100)
  t.same(
    items.filter(({ is }) => is === 'gap'),
    [],
  )
})

t.test('done segments go after their time, if both clocks are to be trusted', async (t) => {
  for (const { name, before, now, days, kept } of [
    { name: 'old enough', before: true, now: true, days: 31, kept: /^4 / },
    { name: 'too young', before: true, now: true, days: 29, kept: /^1 2 / },
    { name: 'the clock is not to be trusted now', before: true, now: false, days: 31, kept: /^1 2 / },
    { name: 'the clock was not to be trusted then', before: false, now: true, days: 31, kept: /^1 2 / },
    { name: 'the clock has gone back to 1970', before: true, now: true, days: -20_000, kept: /^1 2 / },
  ]) {
    t.test(name, async (t) => {
      const files = new FaultyFiles()
      const clock = new FakeClock({ synchronised: before, mono: 1e10 })
      const journal = await open(files, { clock })
      await crowd(journal, 7000)
      await allDone(journal)
      await journal[Symbol.asyncDispose]()
      clock.set({ wall: clock.now().wall + days * day, synchronised: now })
      const again = await open(files, { clock })
      await again[Symbol.asyncDispose]()
      t.match(segments(files), kept)
      const items = await readAll(await open(files, { clock }))
      t.same(items, [], 'and nothing is missed')
    })
  }
})

t.test('it is their end that counts: a segment goes when its last vote is old enough', async (t) => {
  const files = new FaultyFiles()
  const clock = new FakeClock({ mono: 1e10 })
  const journal = await open(files, { clock })
  await crowd(journal, 2500)
  clock.set({ wall: clock.now().wall + 29 * day })
  await crowd(journal, 4500)
  await allDone(journal)
  await journal[Symbol.asyncDispose]()
  clock.set({ wall: clock.now().wall + 2 * day })
  await (await open(files, { clock }))[Symbol.asyncDispose]()
  t.match(segments(files), /^2 3 /)
})

t.test('a header that does not read back says nothing of when a segment ended', async (t) => {
  const files = new FaultyFiles()
  const clock = new FakeClock({ mono: 1e10 })
  const journal = await open(files, { clock })
  await crowd(journal, 7000)
  await allDone(journal)
  await journal[Symbol.asyncDispose]()
  change(files, segment(2), (bytes) => bytes.fill(0x3f, 0, headerBytes))
  clock.set({ wall: clock.now().wall + 31 * day })
  await (await open(files, { clock }))[Symbol.asyncDispose]()
  t.match(segments(files), /^4 /, 'a later one does')
})

t.test('a segment of an untrusted time goes with a later one that is known to be old', async (t) => {
  const files = new FaultyFiles()
  const clock = new FakeClock({ synchronised: false, mono: 1e10 })
  const journal = await open(files, { clock })
  await crowd(journal, 4000)
  clock.set({ synchronised: true })
  await crowd(journal, 3000)
  await allDone(journal)
  await journal[Symbol.asyncDispose]()
  clock.set({ wall: clock.now().wall + 31 * day })
  await (await open(files, { clock }))[Symbol.asyncDispose]()
  t.match(segments(files), /^4 /)
})

t.test('pruned, and then the power goes: no false gap', async (t) => {
  for (const remains of ['nothing', 'all', { seed: 3 }, { seed: 4 }, { seed: 5 }] as const) {
    const files = new FaultyFiles()
    const journal = await open(files, { maxBytes: 3 * size })
    for (let n = 0; n < 4; n++) {
      await crowd(journal, 2500)
      await allDone(journal)
    }
    await crowd(journal, 50)
    t.match(segments(files), /^[3-9] /)
    files.crash(remains)
    const again = await open(files, { maxBytes: 3 * size })
    const items = await readAll(again)
    t.equal(votesOf(items).length, items.length, `no gap, leaving ${JSON.stringify(remains)}`)
    t.equal(items.at(-1)?.position.sequence, 10_050)
    t.equal(again.totals().votes, 10_050)
  }
})

t.test('pruned, and then the cursor is lost: reading begins with what is left', async (t) => {
  const files = new FaultyFiles()
  const journal = await open(files, { maxBytes: 3 * size })
  for (let n = 0; n < 4; n++) {
    await crowd(journal, 2500)
    await allDone(journal)
  }
  await journal[Symbol.asyncDispose]()
  files.delete('/journal/cursor')
  const items = await readAll(await open(files, { maxBytes: 3 * size }))
  t.equal(votesOf(items).length, items.length)
  t.equal(items.at(-1)?.position.sequence, 10_000)
})

t.test('a cursor that points to a segment that somebody removed', async (t) => {
  const files = new FaultyFiles()
  const journal = await open(files)
  await crowd(journal, 5000)
  const items = await readAll(journal)
  journal.done(items[99]!)
  await journal[Symbol.asyncDispose]()
  files.delete(segment(1))
  const left = await readAll(await open(files))
  t.match(left[0], { gap: { from: 101, cause: 'damaged' } })
  t.equal(left.filter(({ is }) => is === 'gap').length, 1)
  t.equal(left.at(-1)?.position.sequence, 5000)
  t.match(inShort(left), /^gap 101-\d+ \d+ /)
})

t.test('a segment that cannot be removed is tried again', async (t) => {
  const files = new FaultyFiles()
  const clock = new FakeClock()
  const journal = await open(files, { clock, maxBytes: 2 * size })
  files.fault = (change) => (change === 'remove' ? 'EIO' : undefined)
  await crowd(journal, 5000)
  await allDone(journal)
  await crowd(journal, 2500)
  t.match(segments(files), /^1 2 /)
  t.equal(journal.condition().writable, true)
  files.fault = () => undefined
  clock.advance(60_000)
  await journal[Symbol.asyncDispose]()
  t.notMatch(segments(files), /^1 /)
})
