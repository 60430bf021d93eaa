import t from 'tap'
import { epochVote, type Value, voteColumns } from '../../src/subscriber/database/columns.ts'
import { openDatabase } from '../../src/subscriber/database/open-database.ts'
import { eventOf } from '../../src/subscriber/database/vote-row.ts'
import { type DatabaseWorld, databaseContract, type Test } from '../subscriber/database/contract.ts'
import { openPostgres, type PostgresServer } from './postgres-server.ts'

t.setTimeout(300_000)

const server = await openPostgres()
t.teardown(() => server[Symbol.asyncDispose]())

let count = 0
async function openWorld(server: PostgresServer): Promise<DatabaseWorld> {
  const name = `world${count++}`
  const database = await openDatabase(await server.create(name))
  return {
    database,
    async events() {
      const columns = voteColumns.map(([name]) => `v.${name}`).join(', ')
      const rows = await server.query(
        `SELECT json_build_array(t.source, e.name, json_build_array(${columns})) AS row
         FROM faccina.vote v JOIN faccina.epoch e ON e.id = v.epoch
         JOIN faccina.terminal t ON t.id = e.terminal ORDER BY v.epoch, v.sequence`,
        name,
      )
      return rows.map(({ row }) => {
        const [source, epoch, values] = row as [string, string, Value[]]
        return eventOf(source, epoch, epochVote(values).row)
      })
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

t.test('PostgreSQL', (t) => databaseContract(t as Test, () => openWorld(server)))
