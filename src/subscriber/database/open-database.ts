import { type Database, DatabaseError } from './database.ts'

export interface OpenOptions {
  /** Nothing is made or changed, so that whoever may only read can look; refuses where there is nothing yet. */
  readOnly?: boolean
}

/**
 * Opens what `where` names: a file (SQLite), or `postgres://user@host/database`. Only the package that is
 * needed is loaded. Rejects with a `DatabaseError`; no message of it holds a password.
 */
export async function openDatabase(where: string, options: OpenOptions = {}): Promise<Database> {
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(where) ?? []
  if (scheme === undefined) {
    if (where === '') throw new DatabaseError('wrong', `no database is named; ${allowed}`)
    const { SqliteDatabase } = await import('./sqlite/sqlite-database.ts')
    return await SqliteDatabase.open(where, options)
  }
  if (!/^postgres(ql)?$/i.test(scheme))
    throw new DatabaseError('wrong', `${scheme}:// names no database that is known here; ${allowed}`)
  const { PostgresqlDatabase } = await import('./postgresql/postgresql-database.ts')
  return await PostgresqlDatabase.open(where, options)
}

const allowed = 'allowed are the path of an SQLite file, and postgres://user@host/database'
