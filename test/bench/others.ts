import { join } from 'node:path'
import type { Clock } from '../../src/ports/clock.ts'
import { bytes, someVote } from '../fakes/told-votes.ts'
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

const text = (n: number) => Buffer.from(bytes(someVote(n))).toString()
