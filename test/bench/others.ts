import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import type { Clock } from '../../src/ports/clock.ts'
import { bytes, someVote } from '../fakes/told-votes.ts'
import { openMosquitto } from '../system/mosquitto.ts'
import { journalKeeper } from './device.ts'
import { costOnExt4, type Keeper, NoExt4 } from './ext4.ts'
import type { Line } from './report.ts'

const votes = 300

/** What people would take in place of our journal, on the same ext4 in the same run. Told, not limited. */
export async function benchOthers(directory: string, clock: Clock): Promise<Line[]> {
  const others: [string, (folder: string) => Promise<Keeper>][] = [
    ['the journal', (folder) => journalKeeper(folder, clock)],
    ['lowdb', openLowdb],
    ['SQLite (libsql), WAL, synchronous=FULL', openSqlite],
    ['classic-level, sync', openLevel],
    ['mosquitto’s bridge, autosave on changes', openBridge],
  ]
  const lines: Line[] = []
  for (const [name, open] of others)
    try {
      const cost = await costOnExt4(directory, votes, open)
      const how = `${votes} votes one by one; p50 ${cost.ms.toFixed(2)} ms, ${cost.flushes.toFixed(2)} flushes each${
        cost.flushes < 0.5 ? ': after a power cut they are gone' : ''
      }`
      lines.push({ name: `as a buffer: ${name}`, value: cost.bytes, unit: 'bytes a vote', how })
    } catch (error) {
      if (!(error instanceof NoExt4)) throw error
      lines.push({ name: `as a buffer: ${name}`, why: error.message })
    }
  return lines
}

async function openLowdb(folder: string): Promise<Keeper> {
  const { JSONFilePreset } = await import('lowdb/node')
  const database = await JSONFilePreset<{ votes: unknown[] }>(join(folder, 'votes.json'), { votes: [] })
  let n = 0
  return {
    keep: () => database.update(({ votes }) => votes.push(someVote(n++))),
    async [Symbol.asyncDispose]() {},
  }
}

async function openSqlite(folder: string): Promise<Keeper> {
  const { default: Database } = await import('libsql')
  const database = new Database(join(folder, 'votes.db'))
  database.exec(
    'PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE vote (n INTEGER PRIMARY KEY, text TEXT)',
  )
  const insert = database.prepare('INSERT INTO vote (text) VALUES (?)')
  let n = 0
  return {
    keep: () => void insert.run(text(n++)),
    async [Symbol.asyncDispose]() {
      database.close()
    },
  }
}

async function openLevel(folder: string): Promise<Keeper> {
  const { ClassicLevel } = await import('classic-level')
  const database = new ClassicLevel(join(folder, 'votes'))
  await database.open()
  let n = 0
  return {
    keep: () => database.put(String(n).padStart(9, '0'), text(n++), { sync: true }),
    [Symbol.asyncDispose]: () => database.close(),
  }
}

/** As near as mosquitto comes to keeping each message: at each change it saves all that it has. */
async function openBridge(folder: string): Promise<Keeper> {
  const far = ['connection far', 'address 127.0.0.1:1', 'topic faccina/# out 1', 'cleansession false']
  const kept = [
    'persistence true',
    `persistence_location ${folder}/`,
    'autosave_on_changes true',
    'autosave_interval 1',
  ]
  const broker = await openMosquitto(['allow_anonymous true', ...kept, ...far])
  const client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { protocolVersion: 5 })
  let n = 0
  return {
    keep: async () => void (await client.publishAsync('faccina/1/c/o/1/vote', text(n++), { qos: 1 })),
    async [Symbol.asyncDispose]() {
      await client.endAsync()
      await broker[Symbol.asyncDispose]()
    },
  }
}

const text = (n: number) => Buffer.from(bytes(someVote(n))).toString()
