import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { awaitChrony, waitsync } from '../../src/system/await-chrony.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { turns, until } from '../fakes/until.ts'
import { folder, lives, program } from './programs.ts'

t.test('the program that waits ends well: told, once, and not asked again', async (t) => {
  const { path, runs } = await program(await folder(t), 'chronyc', 'exit 0')
  const clock = new FakeClock()
  let told = 0
  using _ = awaitChrony({ command: [path], clock }, () => told++)
  await until(() => told === 1)
  clock.advance(3_600_000)
  await turns()
  t.equal(told, 1)
  t.equal(runs().length, 1)
  t.equal(clock.waiting, 0)
})

t.test('it is asked as chronyc wants it', async (t) => {
  const directory = await folder(t)
  const { path } = await program(directory, 'chronyc', `printf '%s ' "$@" > '${directory}/asked'`)
  const [, ...args] = waitsync
  let told = 0
  using _ = awaitChrony({ command: [path, ...args], clock: new FakeClock() }, () => told++)
  await until(() => told === 1)
  t.equal((await readFile(join(directory, 'asked'), 'utf8')).trim(), '-n waitsync 0 0.4 0 10')
})

t.test('as long as it waits nothing else happens, and the end ends it', async (t) => {
  const { path, runs } = await program(await folder(t), 'chronyc', 'exec sleep 1000')
  const clock = new FakeClock()
  let told = 0
  const waiting = awaitChrony({ command: [path], clock }, () => told++)
  await until(() => runs().length === 1)
  const pid = runs()[0]!
  clock.advance(3_600_000)
  await turns()
  t.ok(lives(pid))
  waiting[Symbol.dispose]()
  waiting[Symbol.dispose]()
  await until(() => !lives(pid))
  await turns()
  t.equal(clock.waiting, 0, 'not tried again')
  t.equal(told, 0)
})

t.test('it fails: again after 1 s, 2 s, 4 s, and so on up to five minutes', async (t) => {
  const directory = await folder(t)
  const { path, runs } = await program(directory, 'chronyc', `test -e '${directory}/good'`)
  const clock = new FakeClock()
  let told = 0
  using _ = awaitChrony({ command: [path], clock }, () => told++)
  for (const [i, seconds] of [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].entries()) {
    await until(() => clock.waiting === 1, 'it pauses')
    t.equal(runs().length, i + 1)
    clock.advance(seconds * 1000 - 1)
    t.equal(clock.waiting, 1, `not before ${seconds} s`)
    clock.advance(1)
    t.equal(clock.waiting, 0, `after ${seconds} s`)
  }
  await until(() => clock.waiting === 1)
  await writeFile(join(directory, 'good'), '')
  clock.advance(300_000)
  await until(() => told === 1)
  t.pass('and in the end it is content')
})

t.test('a program that cannot even be begun is tried again', async (t) => {
  const clock = new FakeClock()
  // Node refuses such a name at once, as it does where there are no file handles left.
  using _ = awaitChrony({ command: ['chrony\0c'], clock }, () => t.fail('told'))
  await turns()
  t.equal(clock.waiting, 1)
  clock.advance(1_000)
  await turns()
  t.equal(clock.waiting, 1, 'and again')
})

t.test('the end in a pause', async (t) => {
  const { path, runs } = await program(await folder(t), 'chronyc', 'exit 1')
  const clock = new FakeClock()
  const waiting = awaitChrony({ command: [path], clock }, () => {})
  await until(() => clock.waiting === 1)
  waiting[Symbol.dispose]()
  t.equal(clock.waiting, 0)
  t.equal(runs().length, 1)
})

t.test('where it is not installed nothing is tried again', async (t) => {
  const directory = await folder(t)
  const clock = new FakeClock()
  let told = 0
  using _ = awaitChrony({ command: [join(directory, 'chronyc')], clock }, () => told++)
  // A program that is there, but is none, may become one.
  await writeFile(join(directory, 'empty'), '', { mode: 0o644 })
  using _other = awaitChrony({ command: [join(directory, 'empty')], clock }, () => told++)
  await until(() => clock.waiting === 1, 'the other one pauses')
  await turns()
  t.equal(clock.waiting, 1)
  t.equal(told, 0)
})
