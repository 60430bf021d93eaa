import { join } from 'node:path'
import t from 'tap'
import { SqliteConnection } from '../../../src/subscriber/database/sqlite/connection.ts'
import type { Test } from './contract.ts'
import { buildChild, killRounds } from './kill-rounds.ts'
import { openFolder } from './sqlite-world.ts'

t.setTimeout(180_000)

t.test('SQLite: what was stored outlives the program, killed 30 times', async (t) => {
  await using folder = await openFolder()
  const child = await buildChild(folder.path)
  const where = join(folder.path, 'votes.db')
  await killRounds(t as Test, { child, where, query: (sql) => rowsOf(where, sql), rounds: 30 })
})

async function rowsOf(path: string, sql: string): Promise<unknown[][]> {
  using connection = await SqliteConnection.open(path, true)
  return connection.all(sql)
}
