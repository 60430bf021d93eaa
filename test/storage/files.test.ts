import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { realFiles } from '../../src/storage/files.ts'

/* The computer's own file system, as the journal asks for it. */

t.test(
  'folders are made durably, however deep: each new name is synced in the folder above it',
  async (t) => {
    const root = t.testdir()
    const synced = t.capture(realFiles, 'syncDirectory', realFiles.syncDirectory)
    const deep = join(root, 'a', 'b', 'c')
    await realFiles.makeDirectory(deep)
    t.ok(statSync(deep).isDirectory())
    t.equal(statSync(deep).mode & 0o777 & ~0o750, 0, 'none of it for strangers')
    t.same(
      synced().map(({ args: [path] }) => path),
      [join(root, 'a', 'b'), join(root, 'a'), root],
    )
    await realFiles.makeDirectory(deep)
    t.same(synced(), [], 'and those that are there already are left alone')
  },
)

t.test('a file that is shorter than what is wanted of it is read as far as it goes', async (t) => {
  const path = join(t.testdir({ file: 'abc' }), 'file')
  const file = await realFiles.open(path, 'read')
  const buffer = Buffer.alloc(10)
  t.equal(await file.read(buffer, 1), 2)
  t.equal(buffer.toString('latin1', 0, 2), 'bc')
  t.equal(await file.read(buffer, 7), 0)
  await file.close()
})

t.test('what is written stands where it was to stand', async (t) => {
  const path = join(t.testdir(), 'file')
  const file = await realFiles.open(path, 'create')
  const bytes = Buffer.alloc(3_000_000, 'faccina')
  await file.write(bytes, 0)
  await file.write(Buffer.from('FACE'), 2_000_000)
  bytes.write('FACE', 2_000_000)
  await file.sync()
  t.equal(await file.size(), bytes.length)
  await file.close()
  t.ok(readFileSync(path).equals(bytes))
  await t.rejects(realFiles.open(path, 'create'), { code: 'EEXIST' })
})

t.test('no folder that was synced stays open', async (t) => {
  const root = t.testdir()
  const open = () => readdirSync('/proc/self/fd').length
  const before = open()
  for (let n = 0; n < 20; n++) await realFiles.syncDirectory(root)
  t.ok(open() < before + 10, 'for a daemon does so for years')
})
