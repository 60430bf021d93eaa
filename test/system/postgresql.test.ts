import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { epochVote, type Value, voteColumns } from '../../src/subscriber/database/columns.ts'
import { openDatabase } from '../../src/subscriber/database/open-database.ts'
import { eventOf } from '../../src/subscriber/database/vote-row.ts'
import { type DatabaseWorld, databaseContract, type Test } from '../subscriber/database/contract.ts'
import { buildChild, checkCounts, killRounds } from '../subscriber/database/kill-rounds.ts'
import { openFolder } from '../subscriber/database/sqlite-world.ts'
import { base, gap, served, state, summary, totals, votes } from '../subscriber/database/told.ts'
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

/** Statements on our tables, for those who look from outside. */
const queryOn = (database: string) => async (sql: string) =>
  (await server.query(`SET search_path TO faccina; ${sql}`, database)).map((row) => Object.values(row))

t.test('what was stored outlives the program, killed 30 times', async (t) => {
  await using folder = await openFolder()
  const child = await buildChild(folder.path)
  const where = await server.create('killed')
  await killRounds(t as Test, { child, where, query: queryOn('killed'), rounds: 10, children: 3 })
})

t.test('several collectors at once store each vote once, and none waits for another for ever', async (t) => {
  const where = await server.create('several')
  // All of them find it empty.
  const collectors = await Promise.all(Array.from({ length: 4 }, () => openDatabase(where)))
  const sources = ['a', 'b', 'c', 'd', 'e', 'f'].map((counter) => `faccina://c_e506/anagrafe/${counter}`)
  const items = sources.flatMap((source) => [
    ...votes(1, 300, { source }),
    ...votes(100, 150, { source }),
    summary(40, 60, [50], { source }),
    gap(290, 310, { source }),
    totals(320, { source }),
    state({}, source),
    served(base, base + 3_600_000, 7, source),
  ])
  let stored = 0
  await Promise.all(
    collectors.map(async (database, n) => {
      const shuffled = randomly(items, n)
      for (let begin = 0; begin < shuffled.length; begin += 97) {
        const { votes, conflicts, progress } = await database.store(shuffled.slice(begin, begin + 97), 5)
        stored += votes
        t.equal(conflicts, 0)
        // What one says another sees, at once.
        const seen = await collectors[(n + 1) % 4]!.progress()
        for (const { source, complete } of progress)
          t.ok(seen.find((one) => one.source === source)!.complete >= complete)
      }
    }),
  )
  t.equal(stored, sources.length * 300)
  t.same(
    (await collectors[0]!.progress()).map(({ complete, highest, missing }) => [complete, highest, missing]),
    sources.map(() => [310, 320, [{ from: 311, to: 320 }]]),
  )
  const counted = await collectors[0]!.terminals()
  t.same(
    counted.map(({ votes }) => votes),
    sources.map(() => 300),
  )
  const sums = await queryOn('several')(
    'SELECT sum(votes)::int, (SELECT count(*)::int FROM vote) FROM hour_counts',
  )
  t.same(sums, [[1800, 1800]])
  t.same(await queryOn('several')('SELECT version FROM schema_version'), [[1]])
  for (const database of collectors) await database[Symbol.asyncDispose]()
})

t.test('a server that is killed is lost, and found again', async (t) => {
  const where = await server.create('restarted')
  await using database = await openDatabase(where)
  t.equal((await database.store(votes(1, 10), 5)).votes, 10)
  await server.kill()
  await t.rejects(database.store(votes(11, 20), 5), { name: 'DatabaseError', kind: 'lost' })
  await t.rejects(database.progress(), { name: 'DatabaseError', kind: 'lost' })
  await t.rejects(openDatabase(where), {
    name: 'DatabaseError',
    kind: 'lost',
    message: /is PostgreSQL running/,
  })
  await server.start()
  t.match(await database.store(votes(8, 20), 5), { votes: 10, duplicates: 3, progress: [{ complete: 20 }] })
  // In the midst of work.
  const busy = (async () => {
    for (let n = 21; ; n += 10) await database.store(votes(n, n + 9), 5)
  })()
  const fell = t.rejects(busy, { name: 'DatabaseError', kind: 'lost' })
  for await (const _ of database.hours({})) break
  await server.kill()
  await fell
  await server.start()
  t.match(await database.progress(), [{ missing: [] }])
  await checkCounts(t as Test, queryOn('restarted'))
})

t.test('what must be changed first is said, and no password', async (t) => {
  await server.create('mine')
  await using _ = await openDatabase(server.url('mine'))
  const there = `127.0.0.1:${server.port}/mine`
  const wrongly = { name: 'DatabaseError', kind: 'wrong' }
  await t.rejects(openDatabase(server.url('nowhere')), {
    ...wrongly,
    message: /no such database.*CREATE DATABASE/,
  })
  for (const url of [
    `postgres://faccina:s3cret@${there}`,
    `postgres://faccina:s3cret%zz@${there}`,
    `postgres://faccina:s3/cret@${there}`,
  ]) {
    const error = await openDatabase(url).catch((error) => error)
    t.match(error, wrongly)
    t.notMatch(error.message, /s3/, error.message)
  }
  await t.rejects(openDatabase(`postgres://faccina@${there}`), { ...wrongly, message: /PGPASSWORD/ })
  const password = encodeURIComponent(server.password)
  await using withPassword = await openDatabase(`postgres://faccina:${password}@${there}`)
  t.same(await withPassword.progress(), [])
  process.env.PGPASSWORD = server.password
  await using fromEnvironment = await openDatabase(`postgres://faccina@${there}`)
  t.same(await fromEnvironment.progress(), [])
  delete process.env.PGPASSWORD
  await using folder = await openFolder()
  process.env.PGPASSFILE = join(folder.path, 'passwords')
  await writeFile(
    process.env.PGPASSFILE,
    `127.0.0.1:*:mine:faccina:${server.password.replaceAll(':', '\\:')}\n`,
    { mode: 0o600 },
  )
  await using fromFile = await openDatabase(`postgres://faccina@${there}`)
  t.same(await fromFile.progress(), [])
  delete process.env.PGPASSFILE
  await t.rejects(openDatabase(`postgres://faccina:${password}@${there}?sslmode=verify-full`), {
    ...wrongly,
    message: /speaks no TLS/,
  })
  await server.query("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
  await t.rejects(openDatabase(server.url('latin')), { ...wrongly, message: /LATIN1.*UTF8/ })
})

t.test('who may only read can read', async (t) => {
  const where = await server.create('shared')
  await t.rejects(openDatabase(where, { readOnly: true }), {
    kind: 'wrong',
    message: /no votes yet.*faccina collect/,
  })
  await using database = await openDatabase(where)
  await database.store(votes(1, 10), 5)
  await server.query(
    `CREATE ROLE analyst LOGIN; GRANT USAGE ON SCHEMA faccina TO analyst;
     GRANT SELECT ON ALL TABLES IN SCHEMA faccina TO analyst`,
    'shared',
  )
  const theirs = where.replace('faccina@', 'analyst@')
  await using reader = await openDatabase(theirs, { readOnly: true })
  t.equal((await reader.terminals())[0]?.votes, 10)
  await t.rejects(reader.store(votes(11, 11), 5), { kind: 'wrong', message: /reading only/ })
  await using writer = await openDatabase(theirs)
  await t.rejects(writer.store(votes(11, 11), 5), {
    kind: 'wrong',
    message: /user analyst has not the rights/,
  })
  await server.query('INSERT INTO faccina.schema_version VALUES (1000)', 'shared')
  await t.rejects(openDatabase(where), { kind: 'wrong', message: /version 1000.*newer program/ })
  await t.rejects(openDatabase(where, { readOnly: true }), { kind: 'wrong', message: /version 1000/ })
})

/** An order that looks like none, and is the same each time. */
function randomly<T>(items: readonly T[], seed: number): T[] {
  const key = (n: number) => Math.sin(n * 12.9898 + seed * 78.233) * 43758.5453
  return items
    .map((item, n) => ({ item, by: key(n) - Math.floor(key(n)) }))
    .sort((a, b) => a.by - b.by)
    .map(({ item }) => item)
}
