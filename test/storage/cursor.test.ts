import t from 'tap'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FaultyFiles } from '../fakes/faulty-files.ts'
import { change, eventLog, inShort, open, press, readAll, settled, start, visits } from './journals.ts'

const cursor = '/journal/cursor'

/** A journal of 5 votes; the cursor was saved behind the second, then behind the third. */
const five = await (async () => {
  const files = new FaultyFiles()
  for (const place of [1, 2]) {
    const journal = await open(files)
    if (place === 1) await visits(journal, 1, 5)
    journal.done((await readAll(journal))[place === 1 ? 1 : 0]!)
    await journal[Symbol.asyncDispose]()
  }
  return files
})()

async function read(files: FaultyFiles): Promise<string> {
  await using journal = await open(files)
  return inShort(await readAll(journal))
}

/** Where the later of two writes stands. */
const later = 0
const earlier = 4096

t.test('both slots are sound', async (t) => {
  t.equal(await read(five.clone()), '4 5')
})

t.test('any damage of the later slot: the earlier one counts', async (t) => {
  for (let at = later; at < later + 100; at++) {
    const files = five.clone()
    change(files, cursor, (bytes) => void bytes.fill(0x3f, at, at + 1))
    if ((await read(files)) !== '3 4 5') t.fail(`at ${at}`)
  }
})

t.test('any damage of the earlier slot costs nothing', async (t) => {
  for (let at = earlier; at < earlier + 100; at++) {
    const files = five.clone()
    change(files, cursor, (bytes) => void bytes.fill(0, at, at + 20))
    if ((await read(files)) !== '4 5') t.fail(`at ${at}`)
  }
})

t.test('both damaged, cut short, empty, or gone: all is sent again', async (t) => {
  for (const damage of [
    (bytes: Buffer) => bytes.fill(0x3f),
    (bytes: Buffer) => bytes.fill(0),
    (bytes: Buffer) => bytes.subarray(0, 0),
    (bytes: Buffer) => bytes.subarray(0, 50),
    () => Buffer.from('{"position":null}\n'),
  ]) {
    const files = five.clone()
    change(files, cursor, damage)
    t.equal(await read(files), '1 2 3 4 5')
    t.equal(await read(files), '1 2 3 4 5')
  }
  const files = five.clone()
  files.delete(cursor)
  t.equal(await read(files), '1 2 3 4 5')
})

t.test('a damaged slot is the next to be written', async (t) => {
  const files = five.clone()
  change(files, cursor, (bytes) => void bytes.fill(0x3f, later, later + 1))
  const journal = await open(files)
  journal.done((await readAll(journal)).at(-1)!)
  await journal[Symbol.asyncDispose]()
  t.equal(await read(files.clone()), '')
  change(files, cursor, (bytes) => void bytes.fill(0x3f, later, later + 1))
  t.equal(await read(files), '3 4 5')
})

t.test('it is written after 64 votes or 5 seconds, and at the end', async (t) => {
  const files = new FaultyFiles()
  const clock = new FakeClock()
  const journal = await open(files, { clock })
  await visits(journal, 1, 70)
  const items = await readAll(journal)
  const saved = async () => {
    // What was begun is written before this read comes to its end.
    await readAll(journal)
    const copy = files.clone()
    return 70 - (await read(copy)).split(' ').filter(Boolean).length
  }
  journal.done(items[62]!)
  t.equal(await saved(), 0)
  journal.done(items[63]!)
  t.equal(await saved(), 64)
  journal.done(items[64]!)
  journal.done(items[65]!)
  clock.advance(4999)
  t.equal(await saved(), 64)
  clock.advance(1)
  t.equal(await saved(), 66)
  journal.done(items[66]!)
  await journal[Symbol.asyncDispose]()
  t.equal(await saved(), 67)
  t.equal(clock.waiting, 0, 'no alarm is left')
  journal.done(items[67]!)
  t.equal(clock.waiting, 0, 'and none is set any more')
})

t.test('what is done stays done, in whatever order it is said', async (t) => {
  const files = new FaultyFiles()
  const journal = await open(files)
  await visits(journal, 1, 5)
  const items = await readAll(journal)
  for (const [said, left] of [
    [2, '4 5'],
    [0, '4 5'],
    [1, '4 5'],
    [3, '5'],
    [2, '5'],
  ] as const) {
    journal.done(items[said]!)
    t.equal(inShort(await readAll(journal)), left)
  }
  await journal[Symbol.asyncDispose]()
  t.equal(await read(files), '5')
})

t.test('the same within a batch', async (t) => {
  const clock = new FakeClock()
  const privacy = { precision: 'exact', batch: 5 } as const
  const journal = await open(new FaultyFiles(), { clock, start: { ...start, privacy } })
  await visits(journal, 1, 10)
  const items = await readAll(journal)
  for (const [said, left] of [
    [2, '4 5 6 7 8 9 10'],
    [1, '4 5 6 7 8 9 10'],
    [3, '5 6 7 8 9 10'],
    [4, '6 7 8 9 10'],
    [0, '6 7 8 9 10'],
    [6, '8 9 10'],
    [4, '8 9 10'],
    [5, '8 9 10'],
  ] as const) {
    journal.done(items[said]!)
    t.equal(inShort(await readAll(journal)), left, `${said + 1} is done`)
  }
})

t.test('the same with gaps, of which no count of votes says which came first', async (t) => {
  for (const batch of [1, 5]) {
    const clock = new FakeClock()
    const privacy = { precision: 'exact', batch } as const
    const journal = await open(new FaultyFiles(), { clock, start: { ...start, privacy } })
    for (let n = 1; n <= 10; n++) {
      const sequence = await journal.record(press(n))
      if (n !== 1 && n !== 10) await journal.withdraw(sequence)
      else journal.settle(sequence)
      await settled(journal)
    }
    const items = await readAll(journal)
    t.equal(items.filter(({ is }) => is === 'gap').length, 8)
    for (const [n, item] of items.entries()) {
      journal.done(item)
      for (const earlier of items.slice(0, n)) journal.done(earlier)
      t.equal(inShort(await readAll(journal)), inShort(items.slice(n + 1)), `${batch} at once: ${n + 1} done`)
    }
  }
})

t.test('a cursor that cannot be saved costs nothing', async (t) => {
  const files = new FaultyFiles()
  const log = eventLog()
  const journal = await open(files, { log })
  await visits(journal, 1, 70)
  const items = await readAll(journal)
  for (const failing of ['write', 'sync'] as const) {
    files.fault = (change, path) => (change === failing && path === cursor ? 'EIO' : undefined)
    journal.done(items[69]!)
    journal.done(items[0]!)
    await readAll(journal)
  }
  t.ok(log.has('cursor not saved'))
  t.equal(journal.condition().writable, true)
  t.equal(
    await journal.record({
      ...items[0]!,
      face: 'neutral',
      asks: false,
      language: 'it',
      at: new FakeClock().now(),
    }),
    71,
  )
  await journal[Symbol.asyncDispose]()
  files.fault = () => undefined
  files.crash()
  t.equal((await read(files)).split(' ').length, 71, 'all is sent again')
})

t.test('a power cut while a slot is written leaves the other', async (t) => {
  for (let seed = 1; seed <= 50; seed++) {
    const files = five.clone()
    const journal = await open(files)
    const items = await readAll(journal)
    files.fault = (change, path) => (change === 'sync' && path === cursor ? 'EIO' : undefined)
    journal.done(items.at(-1)!)
    await journal[Symbol.asyncDispose]()
    files.fault = () => undefined
    files.crash({ seed })
    const found = await read(files)
    if (found !== '4 5' && found !== '') t.fail(`seed ${seed}: ${found}`)
  }
})
