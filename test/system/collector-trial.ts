import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import mqtt, { type MqttClient } from 'mqtt'
import type { Test } from 'tap'
import type { Committed } from '../../src/contract/schemas.ts'
import type { Database, HourCounts, Progress } from '../../src/subscriber/database/database.ts'
import { openDatabase } from '../../src/subscriber/database/open-database.ts'
import { votesOf } from '../../src/subscriber/simulate/life.ts'
import { municipality, type Terminal } from '../../src/subscriber/simulate/municipality.ts'
import { hoursOf } from '../../src/subscriber/simulate/truth.ts'
import { freePort } from '../contracts/free-port.ts'
import { Child } from './children.ts'
import { hoursIn, linesOf } from './hours-lines.ts'
import { type Mosquitto, openMosquitto } from './mosquitto.ts'
import { Random } from './random.ts'
import { program } from './terminal-child.ts'

const collectorKills = 50
const brokerKills = 10
/** Sixty days of fifty counters in a minute and a half, as far as the kills let it: each hits votes on their way. */
const town = { name: 'c_e506', terminals: 50, days: 60, from: '2026-03-02', seed: 1, crowd: 4 } as const
const speed = (town.days * 86_400) / 90

/**
 * What each terminal took, but for those whose card was exchanged: what had gone nowhere but to a broker that
 * forgot it, nobody can bring back.
 */
function steady(): HourCounts[][] {
  const { terminals } = municipality({ ...town, version: '0' })
  return terminals.filter((terminal) => !isExchanged(terminal)).map(hoursOf)
}

function isExchanged(terminal: Terminal): boolean {
  let epoch: string | undefined
  for (const { data } of votesOf(terminal)) {
    epoch ??= data.epoch
    if (data.epoch !== epoch) return true
  }
  return false
}

/** Collectors that are killed while votes flow, on a broker that is killed, too, and forgets all it had. */
export async function trial(t: Test, where: string, names: string[]): Promise<void> {
  const seed = Number(process.env.FACCINA_SEED ?? Date.now() % 2 ** 31)
  t.comment(`FACCINA_SEED=${seed}`)
  const random = new Random(seed)
  const port = await freePort()
  let broker: Mosquitto = await openMosquitto(undefined, {}, port)
  t.teardown(() => broker[Symbol.asyncDispose]())
  const url = `mqtt://127.0.0.1:${port}`
  const share = names.length > 1
  const start = (name: string) => startCollector(t, { url, where, name, share })
  const collectors = new Map(await Promise.all(names.map(async (name) => [name, await start(name)] as const)))
  await using database = await openDatabase(where, { readOnly: true })
  const committed = await watchCommitted(t, port)
  const options = Object.entries({ ...town, speed }).flatMap(([name, value]) => [
    name === 'name' ? '--municipality' : `--${name}`,
    String(value),
  ])
  const simulation = new Child('node', [
    ...[program, 'simulate', '--broker', url, ...options],
    ...['--wait', 'committed', '--json'],
  ])
  t.teardown(() => simulation[Symbol.asyncDispose]())
  const ended = simulation.said(/^\{.*\}$/m, 560_000)
  ended.catch(() => {})
  let aheads = 0
  for (let kill = 1; kill <= collectorKills; kill++) {
    const name = random.pick(names)
    // Some die before they have begun, most amid the votes.
    if (random.chance(0.8)) await collectors.get(name)!.said(/connected/)
    await sleep(random.between(0, 1_500))
    await collectors.get(name)!.kill('SIGKILL')
    aheads += await ahead(committed, database)
    if (kill % (collectorKills / brokerKills) === 0) {
      await broker.kill()
      await broker[Symbol.asyncDispose]()
      aheads += await ahead(committed, database)
      broker = await openMosquitto(undefined, {}, port)
    }
    collectors.set(name, await start(name))
  }
  t.ok(simulation.process.exitCode === null, 'votes were still to come at the last kill, or to be replayed')
  await ended
  aheads += await ahead(committed, database)
  t.equal(aheads, 0, 'committed was never ahead of the database')
  const progress = await database.progress()
  t.strictSame(progress.filter(isIncomplete), [], `all ${progress.length} epochs are complete`)
  const truth = steady()
  const votes = truth.reduce((sum, hours) => sum + hours.reduce((all, { votes }) => all + votes, 0), 0)
  t.ok(votes >= 100_000, `${votes} votes of ${truth.length} terminals`)
  const sources = new Set(truth.map(([hour]) => hour!.source))
  t.strictSame(
    await hoursIn(database, (source) => sources.has(source)),
    linesOf(truth.flat()),
    'each vote once: the hours of each terminal are what it took',
  )
  t.equal((await database.quarantine(0)).count, 0)
  const replays = [...collectors.values()].reduce(
    (sum, { output }) => sum + (output.match(/replay asked/g)?.length ?? 0),
    0,
  )
  t.comment(
    `${votes} votes, ${collectorKills} kills of collectors, ${brokerKills} of the broker; ${replays} replays asked for by the last lives`,
  )
  for (const collector of collectors.values()) t.equal(await collector.kill('SIGTERM'), 0)
}

function isIncomplete({ complete, highest }: Progress): boolean {
  return complete < highest
}

async function startCollector(
  t: Test,
  { url, where, name, share }: { url: string; where: string; name: string; share: boolean },
): Promise<Child> {
  const settings = join(await temporary(t), 'collector.yaml')
  await writeFile(
    settings,
    JSON.stringify({
      broker: { url, clientId: name },
      database: where,
      ...(share && { share: 'collectors' }),
    }),
  )
  const collector = new Child('node', [program, 'collect', '--settings', settings])
  t.teardown(() => collector[Symbol.asyncDispose]())
  await collector.said(/collecting/)
  return collector
}

/** What the collectors said last, of each terminal. */
async function watchCommitted(t: Test, port: number): Promise<Map<string, Committed>> {
  const committed = new Map<string, Committed>()
  const client: MqttClient = mqtt.connect(`mqtt://127.0.0.1:${port}`, {
    protocolVersion: 5,
    reconnectPeriod: 100,
  })
  client.on('error', () => {})
  client.on('connect', () => client.subscribe('faccina/1/+/+/+/committed', { qos: 1 }))
  client.on('message', (topic, payload) => {
    const [, , ...name] = topic.split('/')
    const said = JSON.parse(payload.toString()) as Committed
    committed.set(`faccina://${name.slice(0, 3).join('/')}#${said.epoch}`, said)
  })
  t.teardown(() => client.endAsync(true))
  return committed
}

/** How many terminals were told more than the database has; what it has only grows. */
async function ahead(committed: ReadonlyMap<string, Committed>, database: Database): Promise<number> {
  const said = [...committed]
  const has = new Map((await database.progress()).map((one) => [`${one.source}#${one.epoch}`, one.complete]))
  return said.filter(([key, { sequence }]) => sequence > (has.get(key) ?? 0)).length
}

export async function temporary(t: Test): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'faccina-collector-'))
  if (process.env.FACCINA_KEEP === undefined)
    t.teardown(() => rm(directory, { recursive: true, force: true }))
  return directory
}
