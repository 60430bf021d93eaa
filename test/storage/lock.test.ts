import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, statSync, symlinkSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { lockDirectory } from '../../src/storage/lock.ts'

const refused = (pid: number | undefined, directory: string) => ({
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
  await using _ = await lockDirectory(directory)
  t.pass('taken again')
})

t.test('another directory is another lock, a link to the same is not', async (t) => {
  const directory = t.testdir()
  const [one, two, link] = [join(directory, 'one'), join(directory, 'two'), join(directory, 'link')]
  await using _one = await lockDirectory(one)
  await using _two = await lockDirectory(two)
  symlinkSync(one, link)
  await t.rejects(lockDirectory(link), refused(process.pid, link))
})

t.test('another process: refused while it lives, taken over when it was killed', async (t) => {
  const directory = t.testdir()
  const other = await child(directory)
  t.equal(other.says, 'locked')
  await t.rejects(lockDirectory(directory), refused(other.process.pid, directory))
  await killed(other.process)
  await using _ = await lockDirectory(directory)
  const third = await child(directory)
  t.equal(third.says, refused(process.pid, directory).message)
})

t.test('many at once: one gets it', async (t) => {
  const directory = t.testdir()
  const tries = await Promise.allSettled(Array.from({ length: 12 }, () => lockDirectory(directory)))
  const got = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  t.equal(got.length, 1)
  await got[0]?.[Symbol.asyncDispose]()
})

t.test('a stranger on the name: refused, though it says nothing, or nonsense, or hangs up', async (t) => {
  const directory = t.testdir()
  const { dev, ino } = statSync(directory)
  const manners: ((socket: Socket) => void)[] = [
    () => {},
    (socket) => socket.end('\u001b[31mnonsense'),
    (socket) => socket.end('12 monkeys'),
    (socket) => socket.destroy(),
  ]
  for (const manner of manners) {
    const sockets = new Set<Socket>()
    const stranger = createServer((socket) => {
      sockets.add(socket.on('error', () => {}))
      manner(socket)
    }).listen(`\0faccina-${dev}-${ino}`)
    await once(stranger, 'listening')
    await t.rejects(lockDirectory(directory), {
      name: 'StorageError',
      message: /a process that does not say which/,
    })
    for (const socket of sockets) socket.destroy()
    stranger.close()
    await once(stranger, 'close')
  }
})

t.test('whoever asks who it is, and does not wait for the answer, does no harm', async (t) => {
  const directory = t.testdir()
  await using _ = await lockDirectory(directory)
  const { dev, ino } = statSync(directory)
  for (let n = 0; n < 20; n++) {
    const socket = connect(`\0faccina-${dev}-${ino}`)
    await once(socket, 'connect')
    socket.destroy()
  }
  await t.rejects(lockDirectory(directory), refused(process.pid, directory))
})

t.test('a directory that cannot be used', async (t) => {
  const root = t.testdir({ file: 'no directory' })
  await t.rejects(lockDirectory(join(root, 'file')), { name: 'StorageError', message: /cannot use .*file/ })
  mkdirSync(join(root, 'closed'), { mode: 0 })
  if (process.getuid?.() !== 0) {
    await t.rejects(lockDirectory(join(root, 'closed', 'store')), { message: /no permission \(EACCES\)/ })
  }
})
