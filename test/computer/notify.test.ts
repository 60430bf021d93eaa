import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openSupervisor, SystemdSupervisor } from '../../src/system/notify.ts'
import { FakeLog } from '../fakes/fake-log.ts'
import { until } from '../fakes/until.ts'
import { folder, program } from './programs.ts'

const socket = '/run/nowhere/notify'

/** A program in the place of systemd's, that writes down what it was told. */
async function setUp(t: Test, lines = '') {
  const directory = await folder(t)
  const told = join(directory, 'told')
  const { path, runs } = await program(
    directory,
    'systemd-notify',
    `${lines}\n(for word in "$@"; do printf '[%s]' "$word"; done; echo) >> '${told}'`,
  )
  const log = new FakeLog()
  const env = { PATH: process.env.PATH, NOTIFY_SOCKET: socket }
  const supervisor = new SystemdSupervisor({ env, pid: 1, log, program: path })
  return { supervisor, log, runs, told: async () => (await readFile(told, 'utf8')).trim().split('\n') }
}

t.test('nobody supervises: nothing is opened', async (t) => {
  t.equal(openSupervisor({ env: {}, pid: 1, log: new FakeLog() }), undefined)
  t.ok(openSupervisor({ env: { NOTIFY_SOCKET: socket }, pid: 1, log: new FakeLog() }))
})

t.test('the patience is that of this process', async (t) => {
  const patience = (env: Record<string, string>) =>
    openSupervisor({ env: { NOTIFY_SOCKET: socket, ...env }, pid: 42, log: new FakeLog() })?.watchdogMs
  t.equal(patience({}), undefined)
  t.equal(patience({ WATCHDOG_USEC: '30000000' }), 30_000)
  t.equal(patience({ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '42' }), 30_000)
  t.equal(patience({ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '43' }), undefined, 'of another one')
  for (const usec of ['0', '-1', 'often', ''])
    t.equal(patience({ WATCHDOG_USEC: usec }), undefined, JSON.stringify(usec))
})

t.test('in the words of systemd, one program at a time, with all there is to say', async (t) => {
  const { supervisor, told, runs } = await setUp(t, 'test -n "$NOTIFY_SOCKET" || exit 1')
  supervisor.tell({ status: 'starting' })
  supervisor.tell({ ready: true })
  supervisor.tell({ alive: true, status: 'old' })
  supervisor.tell({ status: 'votes are taken; "all" $well' })
  await supervisor[Symbol.asyncDispose]()
  t.same(await told(), ['[STATUS=starting]', '[READY=1][STATUS=votes are taken; "all" $well][WATCHDOG=1]'])
  supervisor.tell({ stopping: true })
  await supervisor[Symbol.asyncDispose]()
  t.same((await told()).at(-1), '[STOPPING=1]')
  t.equal(runs().length, 3)
})

t.test('a program that is missing is said once, and not looked for again', async (t) => {
  const log = new FakeLog()
  const env = { PATH: await folder(t), NOTIFY_SOCKET: socket }
  const supervisor = new SystemdSupervisor({ env, pid: 1, log })
  for (let i = 0; i < 3; i++) {
    supervisor.tell({ alive: true, status: `${i}` })
    await supervisor[Symbol.asyncDispose]()
  }
  t.match(log.complaints, [{ event: 'systemd cannot be told how the terminal is' }])
})

t.test('a program that cannot even be begun is as one that fails', async (t) => {
  const log = new FakeLog()
  const env = { NOTIFY_SOCKET: socket }
  // Node refuses such a name at once, as it does where there is no memory left.
  const supervisor = new SystemdSupervisor({ env, pid: 1, log, program: 'systemd\0notify' })
  supervisor.tell({ ready: true })
  await supervisor[Symbol.asyncDispose]()
  t.match(log.complaints, [{ event: 'systemd cannot be told how the terminal is' }])
})

t.test(
  'a program that fails: said once with its words; what is lost is told later, but not alive',
  async (t) => {
    const directory = await folder(t)
    const flag = join(directory, 'broken')
    await writeFile(flag, '')
    const { supervisor, log, told, runs } = await setUp(
      t,
      `test ! -e '${flag}' || { echo 'no such socket' >&2; exit 1; }`,
    )
    supervisor.tell({ ready: true, alive: true, status: 'good' })
    await until(() => runs().length === 1 && log.complaints.length === 1)
    t.match(log.complaints[0]?.fields.problem, { message: /ended with 1: no such socket/ })
    supervisor.tell({ alive: true })
    await supervisor[Symbol.asyncDispose]()
    t.equal(runs().length, 2)
    await rm(flag)
    supervisor.tell({ status: 'better' })
    await supervisor[Symbol.asyncDispose]()
    t.same(await told(), ['[READY=1][STATUS=better]'])
    t.equal(log.complaints.length, 1)
  },
)
