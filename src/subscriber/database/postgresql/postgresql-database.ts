import type { types as PgTypes, Pool, PoolClient, PoolConfig } from 'pg'
import type { WallMs } from '../../../domain/time.ts'
import type { Item, Rejected } from '../../item.ts'
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
import { checkVersion, migrate } from '../migrate.ts'
import { loadOptional } from '../optional.ts'
import {
  hourOfRow,
  type ServedColumns,
  servedOfRow,
  type TerminalColumns,
  terminalOfRow,
} from '../read-rows.ts'
import { claimSql, conditions, hoursSql, servedSql, terminalsSql } from '../sql.ts'
import { inOrder, storeBatch, told } from '../store-batch.ts'
import { type Address, addressOf } from './address.ts'
import { explainPostgresql, isOfServer, isTransient } from './explain.ts'
import { PostgresqlTables, UnknownTerminals } from './postgresql-tables.ts'
import { migrating, registerTerminals, session, versionOf } from './session.ts'

/** How often a batch is tried again that stood in the way of another. */
const mostAttempts = 20
/** Rows that are fetched at once. */
const pageRows = 5000

/** Votes in PostgreSQL, for several collectors at once, and for analysts with tools of their own. */
export class PostgresqlDatabase implements Database {
  readonly #address: Address
  readonly #readOnly: boolean
  readonly #pool: Pool

  private constructor(address: Address, readOnly: boolean, pool: Pool) {
    this.#address = address
    this.#readOnly = readOnly
    this.#pool = pool
  }

  /** Makes the tables if need be, in the schema `faccina`. Rejects with a `DatabaseError`. */
  static async open(url: string, { readOnly = false } = {}): Promise<PostgresqlDatabase> {
    const address = addressOf(url)
    const pg = await loadOptional<PgModule>('pg', 'a PostgreSQL database')
    const pool = new pg.Pool({ ...poolConfig(address, pg), onConnect: session(readOnly) })
    // A connection that is lost while nobody uses it: the next call makes another.
    pool.on('error', () => {})
    const database = new PostgresqlDatabase(address, readOnly, pool)
    try {
      await database.#with(async (client) => {
        if (readOnly) checkVersion(await versionOf(client), address.label)
        else await migrate(migrating(client), address.label)
      })
    } catch (error) {
      await database[Symbol.asyncDispose]()
      throw error
    }
    return database
  }

  async store(items: readonly (Item | Rejected)[], receivedAt: WallMs): Promise<Stored> {
    this.#mustWrite()
    for (let attempt = 1; ; attempt++) {
      const result = await this.#with(async (client) => {
        try {
          return await within(client, 'READ COMMITTED READ WRITE', () =>
            storeBatch(new PostgresqlTables(client), items, receivedAt),
          )
        } catch (error) {
          if (attempt >= mostAttempts) throw error
          if (error instanceof UnknownTerminals) await registerTerminals(client, error.sources)
          else if (!isTransient(error)) throw error
          return undefined
        }
      })
      if (result) return result
    }
  }

  async progress(source?: string): Promise<Progress[]> {
    const rows = await this.#all<[string, string, number, number, number | null, number | null]>(
      `SELECT t.source, e.name, e.complete, e.highest, b.first, b.last
       FROM epoch e JOIN terminal t ON t.id = e.terminal LEFT JOIN LATERAL
         (SELECT first, last FROM beyond WHERE epoch = e.id AND e.complete < e.highest
          ORDER BY first LIMIT ${mostMissingListed}) b ON true
       WHERE ${source === undefined ? 'true' : 't.source = $1'} ORDER BY t.source, e.name, b.first`,
      source === undefined ? [] : [source],
    )
    const epochs = new Map<
      string,
      { of: [string, string, number, number]; beyond: { from: number; to: number }[] }
    >()
    for (const [source, name, complete, highest, from, to] of rows) {
      const key = `${source} ${name}`
      const epoch = epochs.get(key) ?? { of: [source, name, complete, highest], beyond: [] }
      epochs.set(key, epoch)
      if (from !== null && to !== null) epoch.beyond.push({ from, to })
    }
    return inOrder(
      [...epochs.values()].map(({ of: [source, name, complete, highest], beyond }) =>
        told(source, { name, complete, highest }, beyond),
      ),
    )
  }

  async claimReplay(source: string, epoch: string, now: WallMs, until: WallMs): Promise<boolean> {
    this.#mustWrite()
    return await this.#with(async (client) => {
      const sql = claimSql('$1', '$2', '$3', '$4')
      return (await client.query(sql, [source, epoch, now, until])).rowCount === 1
    })
  }

  /** As it was when the first was asked for, whatever is stored meanwhile: a cursor sees to that. */
  async *hours(where: Where): AsyncIterable<HourCounts> {
    const client = await this.#connect()
    let fault: unknown = new Error('not read to its end')
    try {
      const { sql, values } = conditions(where, 'c.hour', (n) => `$${n}`)
      await client.query('BEGIN READ ONLY')
      await client.query(`DECLARE hours NO SCROLL CURSOR FOR ${hoursSql(sql)}`, values)
      for (;;) {
        const { rows } = await client.query<[string, number, ...number[]]>({
          text: `FETCH ${pageRows} FROM hours`,
          rowMode: 'array',
        })
        yield* rows.map(hourOfRow)
        if (rows.length < pageRows) break
      }
      await client.query('COMMIT')
      fault = undefined
    } catch (error) {
      fault = error
      throw explainPostgresql(error, this.#address)
    } finally {
      client.release(fault !== undefined)
    }
  }

  async served(where: Where): Promise<Served[]> {
    const { sql, values } = conditions(where, 's.begins', (n) => `$${n}`)
    return (await this.#all<ServedColumns>(servedSql(sql), values)).map(servedOfRow)
  }

  async terminals(): Promise<TerminalRecord[]> {
    return (await this.#all<TerminalColumns>(terminalsSql)).map(terminalOfRow)
  }

  async quarantine(latest: number): Promise<{ count: number; latest: Quarantined[] }> {
    const [[count] = [0]] = await this.#all<[number]>(
      'SELECT CAST(coalesce(sum(messages), 0) AS bigint) FROM quarantine_count',
    )
    const rows = await this.#all<[number, string, string, Uint8Array]>(
      'SELECT at, topic, why, payload FROM quarantine ORDER BY id DESC LIMIT $1',
      [Math.max(0, latest)],
    )
    const kept = rows.map(([at, topic, why, payload]) => ({
      at,
      topic,
      why,
      payload: new Uint8Array(payload),
    }))
    return { count, latest: kept }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#pool.ending) await this.#pool.end()
  }

  #mustWrite(): void {
    if (this.#readOnly) throw new DatabaseError('wrong', `${this.#address.label} was opened for reading only`)
  }

  async #all<Row extends unknown[]>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return await this.#with(async (client) => {
      const { rows } = await client.query<Row>({ text, values: [...values], rowMode: 'array' })
      return rows
    })
  }

  /** Work on a connection; one on which anything but a refusal of the server happened is not used again. */
  async #with<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#connect()
    let usable = false
    try {
      const result = await work(client)
      usable = true
      return result
    } catch (error) {
      usable = isOfServer(error) || error instanceof DatabaseError
      throw explainPostgresql(error, this.#address)
    } finally {
      client.release(!usable)
    }
  }

  async #connect(): Promise<PoolClient> {
    try {
      return await this.#pool.connect()
    } catch (error) {
      throw explainPostgresql(error, this.#address)
    }
  }
}

interface PgModule {
  Pool: new (config: PoolConfig) => Pool
  types: typeof PgTypes
}

/** Whole numbers of 64 bits, and JSON as the text that it was. */
const int8 = 20
const json = 114

function poolConfig({ host, port, user, database, password, tls }: Address, { types }: PgModule): PoolConfig {
  const parser: typeof types.getTypeParser = (oid: number, ...more: []) => {
    if (oid === int8) return Number
    return oid === json ? String : types.getTypeParser(oid, ...more)
  }
  return {
    host,
    port,
    user,
    database,
    ...(password !== undefined && { password }),
    // Always given, for PGSSLMODE would be read elsewhere.
    ssl: tls ? { ...tls, rejectUnauthorized: true } : false,
    application_name: 'faccina',
    max: 4,
    connectionTimeoutMillis: 10_000,
    query_timeout: 300_000,
    keepAlive: true,
    types: { getTypeParser: parser },
  }
}

async function within<T>(client: PoolClient, kind: string, work: () => Promise<T>): Promise<T> {
  await client.query(`BEGIN ISOLATION LEVEL ${kind}`)
  try {
    const result = await work()
    await client.query('COMMIT')
    return result
  } catch (error) {
    // Where this fails too the connection is lost, which the first error says already.
    await client.query('ROLLBACK').catch(() => {})
    throw error
  }
}
