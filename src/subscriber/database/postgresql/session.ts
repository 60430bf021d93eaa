import type { ClientBase, PoolClient } from 'pg'
import { nameOf } from '../../../contract/topics.ts'
import { DatabaseError } from '../database.ts'
import type { Migrating } from '../migrate.ts'
import { postgresqlDialect } from './dialect.ts'

/** Where our tables are, apart from what else a database may hold. */
const schema = 'faccina'

/** A number of our own among the locks of the database: held by who makes or changes the tables. */
const migrationLock = 0x666163 // fac

/** How long a statement waits for others' locks. */
const lockTimeout = '30s'

/** What each new connection is told first. */
export function session(readOnly: boolean): (client: ClientBase) => Promise<void> {
  return async (client) => {
    // While it is in use its queries reject; the event itself is for nobody.
    client.on('error', () => {})
    await client.query(
      `SET search_path TO ${schema}; SET lock_timeout TO '${lockTimeout}'; SET client_min_messages TO warning;
       ${readOnly ? 'SET default_transaction_read_only TO on;' : ''}
       SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`,
    )
  }
}

/** The version of our tables; undefined where there are none. */
export async function versionOf(client: ClientBase): Promise<number | undefined> {
  const { rows: found } = await client.query<{ there: boolean; encoding: string }>(
    `SELECT to_regclass('${schema}.schema_version') IS NOT NULL AS there,
     current_setting('server_encoding') AS encoding`,
  )
  if (found[0]?.encoding !== 'UTF8')
    throw new DatabaseError(
      'wrong',
      `the database keeps its text in ${found[0]?.encoding}; allowed is UTF8: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0`,
    )
  if (!found[0].there) return undefined
  const { rows } = await client.query<{ version: number }>(
    'SELECT coalesce(max(version), 0) AS version FROM schema_version',
  )
  return rows[0]?.version ?? 0
}

export function migrating(client: PoolClient): Migrating {
  return {
    dialect: postgresqlDialect,
    async exclusively(work) {
      await client.query('BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE')
      try {
        // Another collector may be at it: that takes as long as it takes.
        await client.query("SET LOCAL lock_timeout TO '0'")
        await client.query('SELECT pg_advisory_xact_lock($1)', [migrationLock])
        const result = await work()
        await client.query('COMMIT')
        return result
      } catch (error) {
        await client.query('ROLLBACK').catch(() => {})
        throw error
      }
    },
    async version() {
      const version = await versionOf(client)
      if (version === undefined) await makeSchema(client)
      return version
    },
    async execute(sql) {
      await client.query(sql)
    },
  }
}

/** An administrator may have made it for a user who may make none. */
async function makeSchema(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ there: boolean }>(
    `SELECT to_regnamespace('${schema}') IS NOT NULL AS there`,
  )
  if (!rows[0]?.there) await client.query(`CREATE SCHEMA ${schema}`)
}

/** Makes the rows of terminals, which others may be making as well. @param sources sorted */
export async function registerTerminals(client: ClientBase, sources: readonly string[]): Promise<void> {
  const names = sources.map(nameOf)
  await client.query(
    `INSERT INTO terminal (source, municipality, office, counter)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) ON CONFLICT DO NOTHING`,
    [
      sources,
      names.map(({ municipality }) => municipality),
      names.map(({ office }) => office),
      names.map(({ counter }) => counter),
    ],
  )
}
