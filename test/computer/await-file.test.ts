import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { awaitFile } from '../../src/system/await-file.ts'
import { turns, until } from '../fakes/until.ts'
import { folder } from './programs.ts'

t.test('a file that is there is told at once', async (t) => {
  const file = join(await folder(t), 'synchronized')
  await writeFile(file, '')
  let told = 0
  using waiting = awaitFile(file, () => told++)
  t.equal(told, 1)
  waiting.look()
  t.equal(told, 1, 'and once')
})

t.test('a file that comes later is told by the kernel', async (t) => {
  const file = join(await folder(t), 'synchronized')
  let told = 0
  using _ = awaitFile(file, () => told++)
  t.equal(told, 0)
  await writeFile(file, '')
  await until(() => told === 1)
  await rm(file)
  await writeFile(file, '')
  await turns()
  t.equal(told, 1, 'once')
})

t.test('its folders may come later too, and go in between', async (t) => {
  const root = await folder(t)
  const file = join(root, 'systemd', 'timesync', 'synchronized')
  let told = 0
  using waiting = awaitFile(file, () => told++)
  await mkdir(join(root, 'systemd'))
  await turns()
  await rm(join(root, 'systemd'), { recursive: true })
  await turns()
  await mkdir(join(root, 'systemd', 'timesync'), { recursive: true })
  await turns()
  await writeFile(file, '')
  // A watch on a folder that was made anew may have died with the old one: then a look finds it.
  await turns()
  waiting.look()
  t.equal(told, 1)
})

t.test('a chain of folders that comes one by one is followed by the kernel alone', async (t) => {
  const root = await folder(t)
  const file = join(root, 'systemd', 'timesync', 'synchronized')
  let told = 0
  using _ = awaitFile(file, () => told++)
  for (const path of [join(root, 'systemd'), join(root, 'systemd', 'timesync')]) {
    await mkdir(path)
    await turns()
  }
  await writeFile(file, '')
  await until(() => told === 1)
  t.pass('told')
})

t.test('nothing is told after it was ended', async (t) => {
  const file = join(await folder(t), 'synchronized')
  let told = 0
  const waiting = awaitFile(file, () => told++)
  waiting[Symbol.dispose]()
  waiting[Symbol.dispose]()
  await writeFile(file, '')
  await turns()
  waiting.look()
  t.equal(told, 0)
})
