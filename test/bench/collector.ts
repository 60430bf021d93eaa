import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import mqtt from 'mqtt'
import { openDatabase } from '../../src/subscriber/database/open-database.ts'
import { readMessage } from '../../src/subscriber/messages.ts'
import { bytes, someVote, topicOf } from '../fakes/told-votes.ts'
import { Child } from '../system/children.ts'
import { openMosquitto } from '../system/mosquitto.ts'
import type { Line } from './report.ts'

const votes = 100_000
const counters = 50
const program = join(fileURLToPath(import.meta.url), '..', 'faccina.js')

/**
 * A broker has the votes waiting for a collector that was away; then it comes. So nothing but the broker and
 * the collector have the processor.
 */
export async function benchCollector(directory: string): Promise<Line[]> {
  try {
    execFileSync('mosquitto', ['-h'], { stdio: 'ignore' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      return [{ name: 'collector into SQLite', why: 'Debian’s mosquitto is not installed' }]
  }
  const messages = Array.from({ length: votes }, (_, n) => messageOf(n))
  await using broker = await openMosquitto()
  const where = join(directory, 'collector.db')
  const collect = () => start(broker.port, where)
  // The broker learns who it is, and keeps for it what comes.
  const first = await collect()
  // Until its subscriptions stand, too.
  await new Promise((resolve) => setTimeout(resolve, 500))
  await first.kill('SIGTERM')
  await publish(broker.port, messages)
  const collector = await collect()
  const begun = performance.now()
  await stored(where, votes)
  const seconds = (performance.now() - begun) / 1000
  await collector.kill('SIGTERM')
  const bare = await withoutMqtt(join(directory, 'bare.db'), messages)
  return [
    {
      name: 'collector into SQLite',
      value: votes / seconds,
      least: 8_000,
      unit: 'votes/s',
      how: `${votes} votes of ${counters} terminals wait at mosquitto; from the connection until the database has all, batches of up to 1,000, each flushed`,
    },
    {
      name: 'the same votes without MQTT',
      value: votes / bare,
      unit: 'votes/s',
      how: 'validated and stored by the same code, in batches of 1,000',
    },
  ]
}

interface Message {
  topic: string
  payload: Uint8Array
}

function messageOf(n: number): Message {
  const source = `faccina://c_e506/anagrafe/${n % counters}`
  const event = someVote(Math.floor(n / counters) + 1, { source })
  return { topic: topicOf('vote', source), payload: bytes(event) }
}

async function start(port: number, where: string): Promise<Child> {
  const collector = new Child(process.execPath, [
    ...[program, 'collect', '--broker', `mqtt://127.0.0.1:${port}`, '--database', where],
  ])
  await collector.said(/connected/)
  return collector
}

async function publish(port: number, messages: readonly Message[]): Promise<void> {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion: 5 })
  for (let n = 0; n < messages.length; n += 500)
    await Promise.all(
      messages
        .slice(n, n + 500)
        .map(({ topic, payload }) => client.publishAsync(topic, Buffer.from(payload), { qos: 1 })),
    )
  await client.endAsync()
}

async function stored(where: string, wanted: number): Promise<void> {
  await using database = await openDatabase(where, { readOnly: true })
  const end = performance.now() + 300_000
  for (;;) {
    const progress = await database.progress()
    if (progress.reduce((sum, { complete }) => sum + complete, 0) >= wanted) return
    if (performance.now() > end) throw new Error('the collector does not come to an end')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** @returns seconds */
async function withoutMqtt(where: string, messages: readonly Message[]): Promise<number> {
  await using database = await openDatabase(where)
  const begun = performance.now()
  for (let n = 0; n < messages.length; n += 1_000) {
    const items = messages
      .slice(n, n + 1_000)
      .map((message) => readMessage('faccina/1', { ...message, retained: false })!)
    await database.store(items, Date.now())
  }
  return (performance.now() - begun) / 1000
}
