import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { WallMs } from '../../../domain/time.ts'
import type { Item, Rejected } from '../../item.ts'
import { countColumns } from '../counts-row.ts'
import {
  type Database,
  DatabaseError,
  type HourCounts,
  mostMissingListed,
  type Progress,
  type Quarantined,
  type Served,
  type Stored,
  type TerminalRecord,
  type Where,
} from '../database.ts'
import { type InTurn, inTurnOf } from '../in-turn.ts'
import { checkVersion, type Migrating, migrate } from '../migrate.ts'
import {
  hourOfRow,
  type ServedColumns,
  servedOfRow,
  type TerminalColumns,
  terminalOfRow,
} from '../read-rows.ts'
import { claimSql, conditions, hoursSql, progressSql, servedSql, terminalsSql } from '../sql.ts'
import { storeBatch, told } from '../store-batch.ts'
import { SqliteConnection } from './connection.ts'
import { sqliteDialect } from './dialect.ts'
import { explainSqlite } from './explain.ts'
import { SqliteTables } from './sqlite-tables.ts'

/** Votes in one file, without a server: write-ahead log, each commit synced, readers never in the way. */
export class SqliteDatabase implements Database {
  readonly #path: string
  readonly #readOnly: boolean
  readonly #connection: SqliteConnection
  readonly #tables: SqliteTables
  /**
   * What one call has begun is not seen by another, for there is one connection. A second one to the same file
   * in this program would wait for a lock, and with it everything that could set it free.
   */
  readonly #turns: InTurn

  private constructor(path: string, readOnly: boolean, connection: SqliteConnection) {
    this.#path = path
    this.#readOnly = readOnly
    this.#connection = connection
    this.#turns = inTurnOf(resolve(path))
    this.#tables = new SqliteTables(connection)
  }

  /** Makes the file and its tables if need be. Rejects with a `DatabaseError`. */
  static async open(path: string, { readOnly = false } = {}): Promise<SqliteDatabase> {
    try {
      if (readOnly) await mustBe(path)
      return await inTurnOf(resolve(path)).do(() => SqliteDatabase.#open(path, readOnly))
    } catch (error) {
      throw await explainSqlite(error, path)
    }
  }

  static async #open(path: string, readOnly: boolean): Promise<SqliteDatabase> {
    const connection = await SqliteConnection.open(path, readOnly)
    try {
      if (readOnly) checkVersion(versionOf(connection, path), path)
      else await migrate(migrating(connection, path), path)
      return new SqliteDatabase(path, readOnly, connection)
    } catch (error) {
      connection[Symbol.dispose]()
      throw error
    }
  }

  store(items: readonly (Item | Rejected)[], receivedAt: WallMs): Promise<Stored> {
    return this.#do(() => {
      this.#mustWrite()
      return within(this.#connection, 'IMMEDIATE', () => storeBatch(this.#tables, items, receivedAt))
    })
  }

  progress(source?: string): Promise<Progress[]> {
    return this.#do(() =>
      within(this.#connection, 'DEFERRED', async () => {
        const [condition, values] = source === undefined ? ['true', []] : ['t.source = ?', [source]]
        const epochs = this.#connection.all<[string, number, string, number, number]>(
          progressSql(condition),
          values,
        )
        const progress: Progress[] = []
        for (const [source, id, name, complete, highest] of epochs) {
          const beyond = complete < highest ? await this.#tables.firstRanges([id], mostMissingListed) : []
          progress.push(told(source, { name, complete, highest }, beyond))
        }
        return progress
      }),
    )
  }

  claimReplay(source: string, epoch: string, now: WallMs, until: WallMs): Promise<boolean> {
    return this.#do(async () => {
      this.#mustWrite()
      const sql = claimSql('?1', '?2', '?3', '?4')
      return this.#connection.run(sql, [source, epoch, now, until]) === 1
    })
  }

  /** As it was when the first was asked for, whatever is stored meanwhile: a connection of its own sees to that. */
  async *hours(where: Where): AsyncIterable<HourCounts> {
    try {
      using connection = await SqliteConnection.open(this.#path, true)
      const { sql, values } = conditions(where, 'c.hour', () => '?')
      connection.execute('BEGIN')
      // Page by page, so that everybody else has a turn in between.
      for (let after: [string, number] | undefined = ['', Number.MIN_SAFE_INTEGER]; after; ) {
        const [source, hour]: [string, number] = after
        // As one text: handing over each number by itself takes more than twice the time.
        const rows = hoursSql(`${sql} AND t.source >= ? AND (t.source > ? OR c.hour > ?)`)
        const [[text] = ['[]']] = connection.all<[string]>(
          `SELECT json_group_array(json_array(source, hour, ${countColumns.join(', ')}))
           FROM (${rows} LIMIT ${pageRows})`,
          [...values, source, source, hour],
        )
        const page: [string, number, ...number[]][] = JSON.parse(text)
        yield* page.map(hourOfRow)
        const last = page.at(-1)
        after = page.length === pageRows && last ? [last[0], last[1]] : undefined
        await new Promise(setImmediate)
      }
    } catch (error) {
      throw await explainSqlite(error, this.#path)
    }
  }

  served(where: Where): Promise<Served[]> {
    return this.#do(async () => {
      const { sql, values } = conditions(where, 's.begins', () => '?')
      return this.#connection.all<ServedColumns>(servedSql(sql), values).map(servedOfRow)
    })
  }

  terminals(): Promise<TerminalRecord[]> {
    return this.#do(async () => this.#connection.all<TerminalColumns>(terminalsSql).map(terminalOfRow))
  }

  quarantine(latest: number): Promise<{ count: number; latest: Quarantined[] }> {
    return this.#do(async () => {
      const [[count] = [0]] = this.#connection.all<[number]>(
        'SELECT coalesce(sum(messages), 0) FROM quarantine_count',
      )
      const rows = this.#connection.all<[number, string, string, Uint8Array]>(
        'SELECT at, topic, why, payload FROM quarantine ORDER BY id DESC LIMIT ?',
        [Math.max(0, latest)],
      )
      const kept = rows.map(([at, topic, why, payload]) => ({
        at,
        topic,
        why,
        payload: new Uint8Array(payload),
      }))
      return { count, latest: kept }
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turns.do(async () => this.#connection[Symbol.dispose]())
  }

  #mustWrite(): void {
    if (this.#readOnly) throw new DatabaseError('wrong', `${this.#path} was opened for reading only`)
  }

  async #do<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.#turns.do(() => {
        if (this.#connection.closed) throw new DatabaseError('wrong', `${this.#path} was closed`)
        return work()
      })
    } catch (error) {
      throw await explainSqlite(error, this.#path)
    }
  }
}

const pageRows = 5000

async function mustBe(path: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error)
  if (!('code' in found)) return
  const words =
    found.code === 'ENOENT' ? 'there is no database yet; faccina collect makes one' : 'it cannot be read'
  throw new DatabaseError('wrong', `${path}: ${words} (${found.code})`, { cause: found })
}

function migrating(connection: SqliteConnection, path: string): Migrating {
  return {
    dialect: sqliteDialect,
    exclusively: (work) => within(connection, 'IMMEDIATE', work),
    version: async () => versionOf(connection, path),
    execute: async (sql) => connection.execute(sql),
  }
}

function versionOf(connection: SqliteConnection, path: string): number | undefined {
  const tables = connection.all<[string]>("SELECT name FROM sqlite_schema WHERE type = 'table'").flat()
  if (tables.includes('schema_version'))
    return connection.all<[number]>('SELECT coalesce(max(version), 0) FROM schema_version')[0]?.[0] ?? 0
  const [other] = tables
  if (other === undefined) return undefined
  throw new DatabaseError(
    'wrong',
    `${path} is the database of another program (it has a table ${other}); name another file`,
  )
}

async function within<T>(
  connection: SqliteConnection,
  kind: 'IMMEDIATE' | 'DEFERRED',
  work: () => Promise<T>,
): Promise<T> {
  connection.execute(`BEGIN ${kind}`)
  try {
    const result = await work()
    connection.execute('COMMIT')
    return result
  } catch (error) {
    // A full disk has ended it already.
    if (connection.inTransaction) connection.execute('ROLLBACK')
    throw error
  }
}
