import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { lockDirectory } from '../../src/storage/lock.ts'

// Thousands of cases take their time where the processors are slow or busy.
t.setTimeout(180_000)

const refused = (pid: number, directory: string) => ({
  name: 'StorageError',
  message: `another Faccina (process ${pid}) is using ${directory}; stop it, or set storage.directory`,
})

/** A process that tries to take the directory, and the first line that it says. */
async function child(directory: string): Promise<{ process: ChildProcess; says: string }> {
  const script = fileURLToPath(new URL('lock-child.ts', import.meta.url))
  const started = spawn(process.execPath, [...process.execArgv, script, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.teardown(() => started.kill('SIGKILL'))
  const [says] = await once(createInterface(started.stdout!), 'line')
  return { process: started, says }
}

async function killed(started: ChildProcess): Promise<void> {
  const exit = once(started, 'exit')
  started.kill('SIGKILL')
  await exit
}

t.test('one at a time, and again when it is given back', async (t) => {
  const directory = join(t.testdir(), 'made', 'for', 'it')
  const lock = await lockDirectory(directory)
  await t.rejects(lockDirectory(directory), refused(process.pid, directory))
  await lock[Symbol.asyncDispose]()
  await lock[Symbol.asyncDispose]()
  t.same(readdirSync(directory), [])
  await using _ = await lockDirectory(directory)
  t.same(readdirSync(directory), ['lock'])
  t.match(JSON.parse(readFileSync(join(directory, 'lock'), 'utf8')), { pid: process.pid })
})

t.test('another process: refused while it lives, taken over when it was killed', async (t) => {
  const directory = t.testdir()
  const other = await child(directory)
  t.equal(other.says, 'locked')
  await t.rejects(lockDirectory(directory), refused(other.process.pid!, directory))
  await killed(other.process)
  {
    await using _ = await lockDirectory(directory)
    t.same(readdirSync(directory), ['lock'])
    const third = await child(directory)
    t.equal(third.says, refused(process.pid, directory).message)
  }
  t.same(readdirSync(directory), [])
})

t.test('the number of a process is used again', async (t) => {
  const own = { pid: process.pid, bootId: boot(), started: '1' }
  for (const [what, holder] of [
    ['by another that started at another time', own],
    ['after a reboot', { ...own, bootId: 'another boot' }],
    ['and a lock without the rest', { pid: 2 ** 22 + 1 }],
  ] as const) {
    const directory = t.testdir({ lock: JSON.stringify(holder) })
    await using _ = await lockDirectory(directory)
    t.same(readdirSync(directory), ['lock'], what)
  }
})

t.test('where nothing but the number is known, it is believed', async (t) => {
  const directory = t.testdir({ lock: JSON.stringify({ pid: process.pid }) })
  await t.rejects(lockDirectory(directory), refused(process.pid, directory))
})

t.test('a lock that a power cut left empty or damaged', async (t) => {
  for (const content of ['', '\0\0\0', '{"pid":', '{}', 'null', '{"pid":"1"}', '{"pid":-1}']) {
    const directory = t.testdir({ lock: content })
    await using _ = await lockDirectory(directory)
    t.same(readdirSync(directory), ['lock'], JSON.stringify(content))
  }
})

t.test('many find the same dead holder: one gets it', async (t) => {
  for (let round = 0; round < 10; round++) {
    const directory = t.testdir({ lock: '{"pid":0}' })
    const tries = await Promise.allSettled(Array.from({ length: 12 }, () => lockDirectory(directory)))
    const got = tries.filter(({ status }) => status === 'fulfilled')
    if (got.length !== 1) t.fail(`${got.length} got it`)
    if (readdirSync(directory).join() !== 'lock') t.fail(readdirSync(directory).join())
  }
})

t.test('many processes find the same dead holder: one gets it', async (t) => {
  const directory = t.testdir({ lock: '{"pid":0}' })
  const children = await Promise.all(Array.from({ length: 5 }, () => child(directory)))
  t.equal(
    children.filter(({ says }) => says === 'locked').length,
    1,
    children.map(({ says }) => says).join('\n'),
  )
})

t.test('one that died while it took over', async (t) => {
  const directory = t.testdir()
  const other = await child(directory)
  await killed(other.process)
  const dead = readFileSync(join(directory, 'lock'), 'utf8')
  // It had got the lock for replacing the lock, and no further.
  const { crc32 } = await import('node:zlib')
  writeFileSync(join(directory, `lock.${crc32(dead).toString(16)}`), '{"pid":0}')
  await using _ = await lockDirectory(directory)
  t.same(readdirSync(directory), ['lock'])
})

t.test('a directory that cannot be used', async (t) => {
  const root = t.testdir({ file: 'no directory' })
  await t.rejects(lockDirectory(join(root, 'file')), { name: 'StorageError', message: /cannot lock/ })
})

function boot(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
}
