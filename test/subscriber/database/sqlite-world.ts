import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { VoteEvent } from '../../../src/contract/schemas.ts'
import { epochVote, type Value, voteColumns } from '../../../src/subscriber/database/columns.ts'
import { SqliteConnection } from '../../../src/subscriber/database/sqlite/connection.ts'
import { SqliteDatabase } from '../../../src/subscriber/database/sqlite/sqlite-database.ts'
import { eventOf } from '../../../src/subscriber/database/vote-row.ts'
import type { DatabaseWorld } from './contract.ts'

/** A folder that is gone afterwards. */
export async function openFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'faccina-database-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

export async function openSqliteWorld(): Promise<DatabaseWorld> {
  const folder = await openFolder()
  const path = join(folder.path, 'votes.db')
  const database = await SqliteDatabase.open(path)
  return {
    database,
    events: () => eventsIn(path),
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

async function eventsIn(path: string): Promise<VoteEvent[]> {
  using connection = await SqliteConnection.open(path, true)
  const columns = voteColumns.map(([name]) => `v.${name}`).join(', ')
  const rows = connection.all<[string, string, ...Value[]]>(
    `SELECT t.source, e.name, ${columns} FROM vote v JOIN epoch e ON e.id = v.epoch
     JOIN terminal t ON t.id = e.terminal ORDER BY v.epoch, v.sequence`,
  )
  return rows.map(([source, epoch, ...values]) => eventOf(source, epoch, epochVote(values).row))
}
