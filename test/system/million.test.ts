import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as passed } from 'node:timers/promises'
import t from 'tap'
import { SystemClock } from '../../src/system/clock.ts'
import { fill } from '../bench/journals.ts'
import { serviceNodeOptions } from '../bench/node-options.ts'
import { median } from '../bench/report.ts'
import { freePort } from '../contracts/free-port.ts'
import { CountingSubscriber } from './counting-subscriber.ts'
import { folder } from './folder.ts'
import { openMosquitto } from './mosquitto.ts'
import { TerminalChild } from './terminal-child.ts'

/** Weeks without a broker: a million votes wait, and the terminal is none the slower or fatter for it. */

const million = 1_000_000

/** What a million votes waiting may add to the resident memory, in MB. */
const waitingMb = 10
/** While they go out the memory is level: what one vote leaves behind, a million would show. */
const risingMb = 10
/** With what the service gives Node; a Node that is not told otherwise lets its garbage lie. */
const drainingMb = 90
const nodeOptions = await serviceNodeOptions()

/** How much memory a process has: now, and at most since its start. */
async function memoryOf({ process }: TerminalChild): Promise<{ now: number; most: number }> {
  const status = await readFile(`/proc/${process.pid}/status`, 'utf8')
  const mb = (name: string) => (Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024) / 1e6
  return { now: mb('VmRSS'), most: mb('VmHWM') }
}

/**
 * Without a broker, after one vote: the median of readings over four seconds, once two have passed. Noise
 * only ever adds to it, so the lower of two starts is taken.
 */
async function idleMb(directory: string): Promise<number> {
  const broker = `mqtt://127.0.0.1:${await freePort()}`
  await using terminal = await TerminalChild.start({ directory, broker, nodeOptions })
  await terminal.said(/not connected/)
  await terminal.vote('neutral')
  await passed(2_000)
  const readings: number[] = []
  for (let i = 0; i < 16; i++) {
    readings.push((await memoryOf(terminal)).now)
    await passed(250)
  }
  return median(readings)
}

// Two minutes where nothing else runs; much longer where much does.
const timeout = 1_200_000
t.setTimeout(timeout)

t.test('a million votes waiting', { timeout }, async (t) => {
  const [empty, full] = [await folder(t), await folder(t)]
  const begun = performance.now()
  const seconds = () => Math.round((performance.now() - begun) / 1000)
  {
    using clock = SystemClock.open({ source: 'system' })
    await fill(join(full, 'store', 'journal'), million, clock)
  }
  t.comment(`journal made after ${seconds()} s`)

  await t.test('memory while they wait', { timeout }, async (t) => {
    const mb = { empty: Number.POSITIVE_INFINITY, full: Number.POSITIVE_INFINITY }
    for (let i = 0; i < 2; i++) {
      mb.empty = Math.min(mb.empty, await idleMb(empty))
      mb.full = Math.min(mb.full, await idleMb(full))
    }
    const figures = `${mb.full.toFixed(1)} MB with a million, ${mb.empty.toFixed(1)} MB with none`
    t.ok(mb.full - mb.empty <= waitingMb, figures)
  })
  // One vote at each start.
  const votes = million + 2

  await t.test('all arrive, in order, each once', { timeout }, async (t) => {
    await using broker = await openMosquitto()
    await using subscriber = new CountingSubscriber(broker.port)
    const { arrivals } = subscriber
    const from = performance.now()
    await using terminal = await TerminalChild.start({
      directory: full,
      broker: `mqtt://127.0.0.1:${broker.port}`,
      nodeOptions,
    })
    const readings: number[] = []
    const look = setInterval(() => memoryOf(terminal).then(({ now }) => readings.push(now)), 250)
    t.teardown(() => clearInterval(look))
    const took = await terminal.vote('satisfied')
    t.ok(took < 1_500, `a vote meanwhile is thanked within ${took.toFixed(0)} ms`)
    await subscriber.until(votes + 1, 900_000)
    clearInterval(look)
    const rate = (votes / (performance.now() - from)) * 1000
    t.comment(`${rate.toFixed(0)} votes/s; ${seconds()} s in all`)
    t.same([arrivals.votes, arrivals.lost, arrivals.duplicates, ...arrivals.faults], [votes + 1, 0, 0])
    t.same([...arrivals.epochs.values()], [{ reached: votes + 1, votes: votes + 1, lost: 0 }])
    const { most } = await memoryOf(terminal)
    const quarter = Math.floor(readings.length / 4)
    const [early, late] = [median(readings.slice(quarter, 2 * quarter)), median(readings.slice(-quarter))]
    t.ok(
      late - early <= risingMb,
      `${early.toFixed(1)} MB in the second quarter, ${late.toFixed(1)} in the last`,
    )
    t.ok(most <= drainingMb, `at most ${most.toFixed(1)} MB while draining`)
  })
})
