import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Child } from './children.ts'
import { listenAsSystemd } from './datagrams.ts'
import { TerminalChild } from './terminal-child.ts'

/** Needs systemd-notify (Debian's systemd) and python3; as root, as a small file system is mounted. */

async function folder(test: Test): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'faccina-notify-'))
  test.teardown(() => rm(directory, { recursive: true, force: true }))
  return directory
}

/** When each of so many pings came, from now on. */
async function pings(systemd: Child, count: number): Promise<number[]> {
  const at: number[] = []
  let from = systemd.output.length
  while (at.length < count) {
    const { index } = await systemd.said(/WATCHDOG=1\n/, 20_000, from)
    at.push(performance.now())
    from += index + 1
  }
  return at
}

t.test('from its start to its stop systemd knows how it is', async (t) => {
  const directory = await folder(t)
  await using systemd = await listenAsSystemd(directory)
  const env = { NOTIFY_SOCKET: systemd.socket, WATCHDOG_USEC: '3000000' }
  await using terminal = await TerminalChild.start({ directory, env })
  await systemd.said(/READY=1/)
  await systemd.said(/STATUS=votes are taken; 0 kept here, as there is no broker/)
  const at = await pings(systemd, 6)
  const gaps = at.slice(1).map((time, i) => time - at[i]!)
  t.ok(
    gaps.every((gap) => gap < 3_000),
    `never later than the patience: ${gaps.map(Math.round)}`,
  )
  const mean = (at.at(-1)! - at[0]!) / gaps.length
  t.ok(mean > 900, `at a third of it: ${Math.round(mean)} ms`)
  await terminal.vote('satisfied')
  await systemd.said(/STATUS=votes are taken; 1 kept here/)
  t.notOk(systemd.output.includes('STOPPING'))
  t.equal(await terminal.kill('SIGTERM'), 0)
  // It has been read by then: the sender waits for that.
  t.match(systemd.output, /STOPPING=1\nSTATUS=stopping\n(?!.*WATCHDOG)/s)
  t.equal(systemd.output.match(/READY=1/g)?.length, 1)
  t.equal(systemd.output.match(/STATUS=/g)?.length, 4, 'a status is told when it changes, not every time')
})

t.test('a read-only disk: started, said why, and not fed until votes are taken', async (t) => {
  const directory = await folder(t)
  const store = join(directory, 'store')
  await mkdir(store)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', store])
  t.teardown(() => execFileSync('umount', [store]))
  execFileSync('mount', ['-o', 'remount,ro', store])
  await using systemd = await listenAsSystemd(directory)
  const env = { NOTIFY_SOCKET: systemd.socket, WATCHDOG_USEC: '900000' }
  await using terminal = await TerminalChild.start({ directory, awaitReady: false, env })
  await systemd.said(/READY=1/)
  await systemd.said(/STATUS=out of service: .*read-only \(EROFS\)/)
  // Several attempts, each later than the one before: the last of them more than a second after the first.
  await terminal.said(/(no journal[\s\S]*){5}/, 60_000)
  t.notMatch(systemd.output, /WATCHDOG=1/)
  await terminal.said(/not well/)
  execFileSync('mount', ['-o', 'remount,rw', store])
  await systemd.said(/WATCHDOG=1/, 60_000)
  await systemd.said(/STATUS=votes are taken/)
  t.equal(systemd.output.match(/READY=1/g)?.length, 1)
  t.equal(await terminal.kill('SIGTERM'), 0)
  t.match(systemd.output, /STOPPING=1/)
})

t.test('where nobody listens it is said once, and votes are taken', async (t) => {
  const directory = await folder(t)
  const env = { NOTIFY_SOCKET: join(directory, 'nobody'), WATCHDOG_USEC: '300000' }
  await using terminal = await TerminalChild.start({ directory, env })
  await terminal.said(/systemd cannot be told/)
  await terminal.vote('satisfied')
  await terminal.vote('neutral')
  t.equal(terminal.output.match(/systemd cannot be told/g)?.length, 1)
  const exit = once(terminal.process, 'exit')
  terminal.process.kill('SIGTERM')
  t.same(await exit, [0, null])
})
