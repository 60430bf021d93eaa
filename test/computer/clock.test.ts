import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mock } from 'node:test'
import t, { type Test } from 'tap'
import { SystemClock } from '../../src/system/clock.ts'
import { turns, until } from '../fakes/until.ts'
import { folder, program } from './programs.ts'

async function setUp(t: Test, chrony = 'exec sleep 1000') {
  const directory = await folder(t)
  const chronyc = await program(directory, 'chronyc', chrony)
  const timesyncFile = join(directory, 'timesync', 'synchronized')
  return { directory, timesyncFile, chronyc: [chronyc.path] as [string], runs: chronyc.runs }
}

/** The wall clock is set forward by this much; undone at the end of the test. */
function setForward(t: Test) {
  const { now } = Date
  let ahead = 0
  Date.now = () => now() + ahead
  t.teardown(() => {
    Date.now = now
  })
  return (ms: number) => {
    ahead += ms
  }
}

t.test('a clock that is trusted is synchronised, and nobody is asked', async (t) => {
  const { runs, ...paths } = await setUp(t)
  using clock = SystemClock.open({ source: 'system', ...paths })
  t.equal(clock.now().synchronised, true)
  await turns()
  t.same(runs(), [])
})

t.test('systemd-timesyncd had it before: synchronised from the beginning', async (t) => {
  const { runs, directory, chronyc } = await setUp(t)
  const timesyncFile = join(directory, 'synchronized')
  await writeFile(timesyncFile, '')
  using clock = SystemClock.open({ source: 'auto', timesyncFile, chronyc })
  t.equal(clock.now().synchronised, true)
  await turns()
  t.same(runs(), [])
})

t.test('systemd-timesyncd or chrony: whoever is first, told once', async (t) => {
  for (const first of ['timesyncd', 'chrony']) {
    const { runs: _, directory, chronyc } = await setUp(t, first === 'chrony' ? 'exit 0' : 'exec sleep 1000')
    const timesyncFile = join(directory, 'synchronized')
    using clock = SystemClock.open({ source: 'auto', timesyncFile, chronyc })
    t.equal(clock.now().synchronised, false)
    let told = 0
    clock.onChange(() => told++)
    if (first === 'timesyncd') await writeFile(timesyncFile, '')
    await until(() => told === 1)
    t.equal(clock.now().synchronised, true, first)
    await writeFile(timesyncFile, '')
    await turns()
    t.equal(told, 1, first)
  }
})

t.test('a step of the wall clock is told once, after whoever asked for the time is through', async (t) => {
  const forward = setForward(t)
  using clock = SystemClock.open({ source: 'system' })
  let told = 0
  clock.onChange(() => told++)
  for (const [ms, expected] of [
    [3_600_000, 1],
    [-7_200_000, 2],
    [900, 2],
    [900, 3],
  ] as const) {
    const before = told
    forward(ms)
    clock.now()
    t.equal(told, before, 'not in the middle')
    clock.now()
    await turns()
    t.equal(told, expected, `set by ${ms} ms`)
    clock.now()
    await turns()
    t.equal(told, expected)
  }
})

t.test('where nobody asks for the time somebody looks once a minute', async (t) => {
  const forward = setForward(t)
  mock.timers.enable({ apis: ['setInterval'] })
  t.teardown(() => mock.timers.reset())
  using clock = SystemClock.open({ source: 'system' })
  let told = 0
  clock.onChange(() => told++)
  forward(-3_600_000)
  mock.timers.tick(59_999)
  await turns()
  t.equal(told, 0)
  mock.timers.tick(1)
  await turns()
  t.equal(told, 1)
})

t.test('after its end nothing is told', async (t) => {
  const forward = setForward(t)
  const { runs: _, ...paths } = await setUp(t)
  const clock = SystemClock.open({ source: 'auto', ...paths })
  let told = 0
  clock.onChange(() => told++)
  forward(60_000)
  clock.now()
  clock[Symbol.dispose]()
  await turns()
  t.equal(told, 0)
  clock[Symbol.dispose]()
})
