import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Collector } from '../../src/subscriber/collect/collector.ts'
import type { Database } from '../../src/subscriber/database/database.ts'
import { openDatabase } from '../../src/subscriber/database/open-database.ts'
import { type MunicipalityOptions, municipality } from '../../src/subscriber/simulate/municipality.ts'
import { allHoursOf } from '../../src/subscriber/simulate/truth.ts'
import { SystemClock } from '../../src/system/clock.ts'
import { mqttUplink } from '../contracts/mqtt-world.ts'
import { FakeLog } from '../fakes/fake-log.ts'
import { Child } from './children.ts'
import { folder } from './folder.ts'
import { hoursIn, linesOf } from './hours-lines.ts'
import { type Mosquitto, openMosquitto } from './mosquitto.ts'
import { municipalBroker } from './municipal-broker.ts'
import { Subscriber } from './subscriber.ts'
import { program } from './terminal-child.ts'

const town = { name: 'c_e506', terminals: 60, days: 9, from: '2026-05-04', seed: 7 } as const

function simulate(port: number, options: MunicipalityOptions, ...more: string[]): Child {
  const { name, terminals, days, from, seed } = options
  return new Child(process.execPath, [
    ...[program, 'simulate', '--broker', `mqtt://127.0.0.1:${port}`, '--municipality', name],
    ...['--terminals', `${terminals}`, '--days', `${days}`, '--from', from, '--seed', `${seed}`],
    ...more,
  ])
}

async function resultOf(child: Child) {
  const [json] = await child.said(/^\{"municipality.*\}$/m, 180_000)
  return JSON.parse(json)
}

async function collected(t: Test, broker: Mosquitto, work: (database: Database) => Promise<void>) {
  await using database = await openDatabase(join(await folder(t), 'votes.db'))
  const stop = new AbortController()
  const collector = new Collector({
    database,
    uplink: mqttUplink(`mqtt://127.0.0.1:${broker.port}`, {
      clientId: 'collector',
      sessionSeconds: 600,
      acknowledgementMs: 30_000,
    }),
    topicRoot: 'faccina/1',
    clock: SystemClock.open({ source: 'system' }),
    log: new FakeLog(),
    random: Math.random,
  })
  const collecting = collector.run(stop.signal)
  try {
    await work(database)
  } finally {
    stop.abort()
    await collecting
  }
}

t.test('a collector has in the end what the simulator says, though some of it was kept back', async (t) => {
  await using broker = await openMosquitto()
  await collected(t, broker, async (database) => {
    await using child = simulate(broker.port, town, '--json', '--lossy', '0.02', '--wait', 'committed')
    const result = await resultOf(child)
    t.equal(await ended(child), 0)
    t.ok(result.votesDropped > 20, `${result.votesDropped}`)
    t.ok(result.replayed >= result.votesDropped)
    t.strictSame(await hoursIn(database), linesOf(allHoursOf(municipality(town))))
    const records = await database.terminals()
    t.equal(
      records.reduce((sum, { votes }) => sum + votes, 0),
      result.truth.votes,
    )
    t.equal((await database.quarantine(1)).count, 0)
    const progress = await database.progress()
    t.strictSame(
      progress.filter(({ complete, highest }) => complete < highest),
      [],
    )
    t.equal(records.length, town.terminals)
    const served = await database.served({})
    t.equal(
      served.reduce((sum, one) => sum + one.served, 0),
      result.truth.served,
    )
  })
})

function ended(child: Child): Promise<number | null> {
  const { process } = child
  return process.exitCode === null
    ? new Promise((resolve) => process.once('exit', resolve))
    : Promise.resolve(process.exitCode)
}

t.test('the broker may go away and come back: everything is there, in order', async (t) => {
  const { port, start } = await municipalBroker(await folder(t))
  const first = await start()
  const subscriber = await Subscriber.open(port)
  await using child = simulate(port, { ...town, days: 4 }, '--json')
  await subscriber.until(() => subscriber.received.length > 300)
  await first.kill()
  await subscriber.closed
  await subscriber[Symbol.asyncDispose]()
  await using _again = await start()
  await using after = await Subscriber.open(port)
  const { reconnects, truth } = await resultOf(child)
  t.ok(reconnects >= 16, `${reconnects}`)
  t.ok(truth.votes > 0)
  const last = new Map<string, string>()
  const events = after.of<{ source: string; sequence: string; data: { epoch: string } }>('vote')
  for (const { source, sequence, data } of events) {
    const key = `${source} ${data.epoch}`
    if (sequence < (last.get(key) ?? '')) t.fail(`${key} ${sequence} comes after ${last.get(key)}`)
    last.set(key, sequence)
  }
  t.ok(events.length > 100, `${events.length}`)
  t.equal(await ended(child), 0)
})

t.test('each terminal has its own connection, and its will', async (t) => {
  await using broker = await openMosquitto()
  await using subscriber = await Subscriber.open(broker.port)
  await using child = simulate(
    broker.port,
    { ...town, terminals: 200, days: 1 },
    ...['--connections', 'terminal', '--wait', 'stopped'],
  )
  await child.said(/200 connections stand/)
  await child.said(/replays are answered until Ctrl-C/)
  const before = subscriber.received.length
  await child.kill('SIGKILL')
  await subscriber.until(() => {
    const states = subscriber.received.slice(before).filter(({ topic }) => topic.endsWith('/state'))
    return states.length === 200
  })
  const states = subscriber.of<{ state: string; will?: boolean }>('state').slice(-200)
  t.ok(states.every(({ state, will }) => state === 'offline' && will))
})

t.test('what a person reads, and what goes wrong', async (t) => {
  await using broker = await openMosquitto()
  const small = { ...town, terminals: 8, days: 2 }
  await using child = simulate(broker.port, small, '--truth')
  await child.said(/Truly bad:\n(.*\n){2}/)
  t.equal(await ended(child), 0)
  t.match(child.output, /What a collector must have: \d+ votes/)
  t.match(child.output, /satisfied +\d+ +\d+\.\d %/)
  await using wrong = simulate(broker.port, small, '--speed', 'fast')
  t.equal(await ended(wrong), 2)
  await wrong.said(/--speed: found "fast", allowed is max, live, or a number/)
  await using nowhere = simulate(1, small)
  t.equal(await ended(nowhere), 1)
  await nowhere.said(/nothing listens there/)
  await using waiting = simulate(broker.port, small, '--wait', 'stopped')
  await waiting.said(/until Ctrl-C/)
  t.equal(await waiting.kill('SIGINT'), 0)
})
