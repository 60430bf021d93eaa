import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import mqtt from 'mqtt'
import t from 'tap'
import { openDatabase } from '../../src/subscriber/database/open-database.ts'
import type { Item, Rejected } from '../../src/subscriber/item.ts'
import { kinds, readMessage } from '../../src/subscriber/messages.ts'
import { FakeDatabase } from '../fakes/fake-database.ts'
import { hostileMessages } from '../fakes/hostile-messages.ts'
import { bytes, someVote, topicOf } from '../fakes/told-votes.ts'
import { Child } from './children.ts'
import { folder } from './folder.ts'
import { openMosquitto } from './mosquitto.ts'
import { program } from './terminal-child.ts'

const messages = Number(process.env.FACCINA_HOSTILE ?? 100_000)
/** What one of our own would do: a message of 1 MiB and what MQTT.js makes of it, a few at a time. */
const mostMemory = 400 * 1024 * 1024

/** Whether the collector's subscriptions bring it: three levels, and a kind that it reads. */
function isHeard(topic: string): boolean {
  const [root, version, , , , kind = '', more] = topic.split('/')
  return (
    root === 'faccina' && version === '1' && more === undefined && (kinds as readonly string[]).includes(kind)
  )
}

t.test(`${messages} hostile messages: each in quarantine or in its place, nothing falls over`, async (t) => {
  const seed = Number(process.env.FACCINA_SEED ?? Date.now() % 2 ** 31)
  t.comment(`FACCINA_SEED=${seed}`)
  await using broker = await openMosquitto()
  const where = join(await folder(t), 'votes.db')
  await using collector = new Child(process.execPath, [
    ...[program, 'collect', '--broker', `mqtt://127.0.0.1:${broker.port}`, '--database', where],
  ])
  await collector.said(/connected/)
  await using client = await connected(broker.port)
  // The same, in the same order, into a database in memory: which takes it as any database must.
  const model = new Model()
  let heard = 0
  for (const { topic, payload, retain } of hostileMessages(seed)) {
    if (heard === messages) break
    if (!isHeard(topic)) continue
    heard++
    await model.take(readMessage('faccina/1', { topic, payload, retained: false }))
    await client.publish(topic, payload, retain)
  }
  // The last word of somebody well-behaved comes through behind all of it.
  const source = 'faccina://c_e506/after/1'
  const last = { topic: topicOf('vote', source), payload: bytes(someVote(1, { source, epoch: 'after1' })) }
  await model.take(readMessage('faccina/1', { ...last, retained: false }))
  await model.store()
  await client.publish(last.topic, last.payload, false)
  await using database = await openDatabase(where, { readOnly: true })
  const end = performance.now() + 120_000
  while ((await database.progress(source)).length === 0 && performance.now() < end)
    await new Promise((resolve) => setTimeout(resolve, 100))
  t.match(await database.progress(source), [{ complete: 1 }])
  const peak = await peakMemory(collector.process.pid!)
  t.equal(await collector.kill('SIGTERM'), 0)
  const [, ...figures] =
    /stopping.* votes=(\d+) duplicates=(\d+) conflicts=(\d+) rejected=(\d+)/.exec(collector.output) ?? []
  const [votes = 0, duplicates = 0, conflicts = 0, rejected = 0] = figures.map(Number)
  t.comment(
    `${heard} heard: ${rejected} rejected, ${votes} votes, ${duplicates} again, ${conflicts} contradict; ${Math.round(peak / 2 ** 20)} MiB at most`,
  )
  t.strictSame({ votes, duplicates, conflicts, rejected }, model.sums)
  t.equal((await database.quarantine(10)).count, rejected + conflicts, 'counted in quarantine')
  t.ok(rejected > messages / 3 && votes > 10 && duplicates + conflicts > messages / 100, 'it is a mixture')
  t.ok(peak < mostMemory, `${Math.round(peak / 2 ** 20)} MiB at most`)
})

async function connected(port: number) {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion: 5 })
  let sent = 0
  return {
    /** Every hundredth is waited for, so that nothing piles up here. */
    async publish(topic: string, payload: Uint8Array, retain: boolean): Promise<void> {
      const published = client.publishAsync(topic, Buffer.from(payload), { qos: 1, retain })
      if (++sent % 100 === 0) await published
      else published.catch(() => {})
    },
    [Symbol.asyncDispose]: () => client.endAsync(true),
  }
}

/** In bytes. */
async function peakMemory(pid: number): Promise<number> {
  const [, kib] = /^VmHWM:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kib) * 1024
}

class Model {
  readonly #database = new FakeDatabase()
  #items: (Item | Rejected)[] = []
  readonly sums = { votes: 0, duplicates: 0, conflicts: 0, rejected: 0 }

  async take(item: Item | Rejected | undefined): Promise<void> {
    if (item) this.#items.push(item)
    if (this.#items.length >= 1_000) await this.store()
  }

  async store(): Promise<void> {
    const stored = await this.#database.store(this.#items.splice(0), Date.now())
    for (const name of ['votes', 'duplicates', 'conflicts', 'rejected'] as const)
      this.sums[name] += stored[name]
  }
}
