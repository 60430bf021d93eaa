import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import t from 'tap'
import { DatabaseError } from '../../../src/subscriber/database/database.ts'
import { openDatabase } from '../../../src/subscriber/database/open-database.ts'
import { loadOptional } from '../../../src/subscriber/database/optional.ts'
import { SqliteConnection } from '../../../src/subscriber/database/sqlite/connection.ts'
import { explainSqlite } from '../../../src/subscriber/database/sqlite/explain.ts'
import { openFolder } from './sqlite-world.ts'
import { vote, voteItem, votes } from './told.ts'

const wrong = (message: RegExp) => ({ name: 'DatabaseError', kind: 'wrong', message })

t.test('where there is none yet it is made, or refused to those who only read', async (t) => {
  await using folder = await openFolder()
  const path = join(folder.path, 'votes ?mode=memory#1 à%20.db')
  await t.rejects(openDatabase(path, { readOnly: true }), wrong(/no database yet; faccina collect/))
  t.same(await readdir(folder.path), [], 'and nothing is left behind')
  await using database = await openDatabase(path)
  await database.store(votes(1, 3), 5)
  t.ok((await stat(path)).size > 0)
  await t.rejects(openDatabase(join(folder.path, 'no', 'folder.db')), wrong(/its folder is there/))
  await t.rejects(openDatabase(folder.path), wrong(/cannot be opened/))
  await t.rejects(openDatabase(''), wrong(/no database is named/))
  await t.rejects(openDatabase('mysql://root:s3cret@host/x'), wrong(/^mysql:\/\/ names no database/))
})

t.test('who reads sees what is written meanwhile, and writes nothing', async (t) => {
  await using folder = await openFolder()
  const path = join(folder.path, 'votes.db')
  await using database = await openDatabase(path)
  await database.store(votes(1, 30), 5)
  await using reader = await openDatabase(path, { readOnly: true })
  t.equal((await reader.terminals())[0]?.votes, 30)
  const before = reader.hours({})[Symbol.asyncIterator]()
  let sum = (await before.next()).value?.votes ?? 0
  await database.store(votes(31, 60), 5)
  t.equal((await reader.terminals())[0]?.votes, 60)
  for (let next = await before.next(); !next.done; next = await before.next()) sum += next.value.votes
  t.equal(sum, 30, 'hours are as they were when the first was asked for')
  await t.rejects(reader.store(votes(61, 61), 5), wrong(/reading only/))
  await t.rejects(reader.claimReplay('x', 'y', 1, 2), wrong(/reading only/))
})

t.test('what is another’s is left alone', async (t) => {
  await using folder = await openFolder()
  const path = join(folder.path, 'other.db')
  await writeFile(path, 'this is a letter, and no database\n'.repeat(200))
  await t.rejects(openDatabase(path), wrong(/no SQLite database/))
  t.match(await readFile(path, 'utf8'), /^this is a letter/)
  const foreign = join(folder.path, 'foreign.db')
  {
    using connection = await SqliteConnection.open(foreign, false)
    connection.execute('CREATE TABLE customers (name text)')
  }
  await t.rejects(openDatabase(foreign), wrong(/another program.*customers/))
  await t.rejects(openDatabase(foreign, { readOnly: true }), wrong(/another program.*customers/))
})

t.test('a database of a newer program is refused, one of an older is brought up to date', async (t) => {
  await using folder = await openFolder()
  const path = join(folder.path, 'votes.db')
  await (await openDatabase(path))[Symbol.asyncDispose]()
  const set = async (sql: string) => {
    using connection = await SqliteConnection.open(path, false)
    connection.execute(sql)
  }
  await set('INSERT INTO schema_version VALUES (1000)')
  await t.rejects(
    openDatabase(path),
    wrong(/version 1000, this program knows up to 1: use the newer program/),
  )
  await t.rejects(openDatabase(path, { readOnly: true }), wrong(/version 1000/))
  await set('DELETE FROM schema_version')
  await t.rejects(
    openDatabase(path, { readOnly: true }),
    wrong(/version 0, this program needs 1: faccina collect/),
  )
})

t.test('several that find it empty make it once', async (t) => {
  await using folder = await openFolder()
  const path = join(folder.path, 'votes.db')
  const all = await Promise.all(Array.from({ length: 5 }, () => openDatabase(path)))
  await Promise.all(all.map((database, n) => database.store(votes(1 + n, 10), 5)))
  t.match(await all[0]?.progress(), [{ complete: 10, highest: 10 }])
  t.match(await all[4]?.terminals(), [{ votes: 10 }])
  for (const database of all) await database[Symbol.asyncDispose]()
})

t.test('while another holds the lock it is busy, and nothing is lost', async (t) => {
  await using folder = await openFolder()
  const path = join(folder.path, 'votes.db')
  await using database = await openDatabase(path)
  {
    using other = await SqliteConnection.open(path, false)
    other.execute('BEGIN IMMEDIATE')
    const busy = {
      name: 'DatabaseError',
      kind: 'busy',
      message: /votes\.db: the database is locked by .*SQLITE_BUSY/,
    }
    await t.rejects(database.store(votes(1, 3), 5), busy)
    t.same(await database.progress(), [], 'reading goes on')
  }
  t.match(await database.store(votes(1, 3), 5), { votes: 3 })
})

t.test('it is told which process holds the lock', async (t) => {
  await using folder = await openFolder()
  const path = join(folder.path, 'votes.db')
  await using database = await openDatabase(path)
  const libsql = createRequire(import.meta.url).resolve('libsql')
  const holds = `const db = new (require(${JSON.stringify(libsql)}))(${JSON.stringify(path)})
    db.exec('BEGIN IMMEDIATE'); console.log('held'); process.stdin.resume()`
  const child = spawn(process.execPath, ['-e', holds], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  await once(child.stdout, 'data')
  const message = process.platform === 'linux' ? new RegExp(`process ${child.pid} \\(`) : /another process/
  await t.rejects(database.store(votes(1, 3), 5), { kind: 'busy', message })
  child.kill('SIGKILL')
  await ended
  t.match(await database.store(votes(1, 3), 5), { votes: 3 })
})

t.test('what was closed stays closed, and closing twice is nothing', async (t) => {
  await using folder = await openFolder()
  const database = await openDatabase(join(folder.path, 'votes.db'))
  await database[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
  await t.rejects(database.store(votes(1, 3), 5), wrong(/closed/))
  await t.rejects(database.progress(), wrong(/closed/))
})

t.test('a disk that is full takes nothing of a batch, and all of it later', async (t) => {
  await using folder = await openFolder()
  const path = join(folder.path, 'votes.db')
  await (await openDatabase(path))[Symbol.asyncDispose]()
  // SQLite says the same where the file may not grow.
  const full = Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' })
  t.match(await explainSqlite(full, path), {
    name: 'DatabaseError',
    kind: 'full',
    message: /disk is full; free some space/,
  })
  t.match(await explainSqlite(new Error('odd'), path), { kind: 'wrong', message: `${path}: odd (odd)` })
  const known = new DatabaseError('lost', 'x')
  t.equal(await explainSqlite(known, path), known)
})

t.test('a batch that fails half way leaves nothing', async (t) => {
  await using folder = await openFolder()
  const path = join(folder.path, 'votes.db')
  await using database = await openDatabase(path)
  await database.store(votes(1, 3), 5)
  const hours = async () => {
    const all = []
    for await (const hour of database.hours({})) all.push(hour)
    return all
  }
  const before = [await database.progress(), await hours(), await database.terminals()]
  {
    using other = await SqliteConnection.open(path, false)
    other.execute("CREATE TRIGGER no AFTER UPDATE ON terminal BEGIN SELECT RAISE(FAIL, 'no'); END")
  }
  await t.rejects(database.store([...votes(4, 9), voteItem({ ...vote(3), language: 'fr' })], 6), wrong(/no/))
  t.same([await database.progress(), await hours(), await database.terminals()], before)
  t.equal((await database.quarantine(1)).count, 0)
  {
    using other = await SqliteConnection.open(path, false)
    other.execute('DROP TRIGGER no')
  }
  t.match(await database.store(votes(4, 9), 6), { votes: 6 })
})

t.test(
  'one that may not be written says so',
  { skip: process.getuid?.() === 0 && 'root may do all' },
  async (t) => {
    await using folder = await openFolder()
    const path = join(folder.path, 'votes.db')
    await (await openDatabase(path))[Symbol.asyncDispose]()
    await chmod(path, 0o444)
    await t.rejects(openDatabase(path), wrong(/may not be written|cannot be opened/))
  },
)

t.test('a package that is absent is named, and how to get it', async (t) => {
  const absent = async () => {
    throw new Error("Cannot find package 'libsql' imported from x")
  }
  await t.rejects(
    loadOptional('libsql', 'an SQLite file', absent),
    wrong(/^an SQLite file needs the optional package libsql, which is not there; npm install libsql$/),
  )
  const broken = async () => {
    throw new Error("Cannot find module '@libsql/linux-riscv64'\nRequire stack:")
  }
  await t.rejects(
    loadOptional('libsql', 'an SQLite file', broken),
    wrong(/there but does not load: .*riscv64'$/),
  )
})
