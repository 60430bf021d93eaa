import t from 'tap'
import { realFiles } from '../../src/storage/files.ts'
import { encodeLine } from '../../src/storage/line.ts'
import { SlotFile, type SlotKind } from '../../src/storage/slots.ts'
import { FaultyFiles } from '../fakes/faulty-files.ts'

/* A small file that is written in turn in two places; cursor.test.ts damages one. */

const kind: SlotKind<string> = {
  name: 'word',
  slotBytes: 8192,
  label: 'word',
  is: (value): value is string => typeof value === 'string',
}

t.test('what was saved last is read, also by those who only look', async (t) => {
  const files = new FaultyFiles()
  t.equal(await SlotFile.read(files, '/small', kind), undefined, 'there is no such file yet')
  for (const [n, word] of ['one', 'two', 'three'].entries()) {
    const { slots, value } = await SlotFile.open(files, '/small', kind)
    t.equal(value, [undefined, 'one', 'two'][n])
    await slots.save(word)
    files.crash('nothing')
    t.equal(await SlotFile.read(files, '/small', kind), word)
  }
})

t.test('longer than a block, up to the size of its slot', async (t) => {
  const files = new FaultyFiles()
  const { slots } = await SlotFile.open(files, '/small', kind)
  const { length } = files.get('/small/word')
  const long = 'x'.repeat(8000)
  await slots.save(long)
  t.equal(await SlotFile.read(files, '/small', kind), long)
  t.equal(files.get('/small/word').length, length, 'its size never changes')
})

t.test('what fills its slot to the last byte fits', async (t) => {
  const files = new FaultyFiles()
  const { slots } = await SlotFile.open(files, '/small', kind)
  const full = 'x'.repeat(kind.slotBytes - encodeLine({ write: 1, word: '' }).length)
  await slots.save(full)
  t.equal(await SlotFile.read(files, '/small', kind), full)
  await t.rejects(slots.save(`${full}x`), { name: 'RangeError' })
})

t.test('what does not fit is refused, and what stands there stays', async (t) => {
  const files = new FaultyFiles()
  const { slots } = await SlotFile.open(files, '/small', kind)
  await slots.save('one')
  await t.rejects(slots.save('x'.repeat(8192)), {
    name: 'RangeError',
    message: /^word: \d+ bytes, 8192 fit$/,
  })
  t.equal(await SlotFile.read(files, '/small', kind), 'one')
  await slots.save('two')
  t.equal(await SlotFile.read(files, '/small', kind), 'two')
})

t.test('a value of another kind is as good as none', async (t) => {
  const files = new FaultyFiles()
  const { slots } = await SlotFile.open(files, '/small', kind)
  await slots.save('one')
  const numbers = { ...kind, is: (value: unknown): value is number => typeof value === 'number' }
  t.equal(await SlotFile.read(files, '/small', numbers), undefined)
})

t.test('what stands in its way is named as what it is', async (t) => {
  const directory = t.testdir({ word: {} })
  await t.rejects(SlotFile.open(realFiles, directory, kind), { code: 'EISDIR' })
})

t.test(
  'a start that was cut short has left less of it: it gets its size, and keeps what it holds',
  async (t) => {
    const files = new FaultyFiles()
    const { slots } = await SlotFile.open(files, '/small', kind)
    const { length } = files.get('/small/word')
    await slots.save('one')
    await slots.save('two')
    const bytes = files.get('/small/word')
    for (const left of [0, 1, 4096, length - 1]) {
      files.put('/small/word', bytes.subarray(0, left))
      await SlotFile.open(files, '/small', kind)
      files.crash('nothing')
      t.equal(files.get('/small/word').length, length, `${left} bytes`)
      t.equal(await SlotFile.read(files, '/small', kind), left < 4096 ? undefined : 'two')
    }
  },
)
