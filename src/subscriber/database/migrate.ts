import { DatabaseError } from './database.ts'
import { type Dialect, migrations, schemaVersion } from './schema.ts'

/** A connection whose tables are to be brought up to date. */
export interface Migrating {
  dialect: Dialect
  /** A transaction that no other program is in at the same time. */
  exclusively<T>(work: () => Promise<T>): Promise<T>
  /** Undefined where there are none of our tables. Rejects where there are only those of others. */
  version(): Promise<number | undefined>
  execute(sql: string): Promise<void>
}

/**
 * Brings the tables up to date, one migration in one transaction; several programs may do so at once.
 * @param where for messages
 */
export async function migrate(database: Migrating, where: string): Promise<void> {
  for (let version: number | undefined; version !== schemaVersion; ) {
    version = await database.exclusively(async () => {
      const before = await database.version()
      if (before === undefined)
        await database.execute('CREATE TABLE schema_version (version integer PRIMARY KEY)')
      refuseNewer(before ?? 0, where)
      const next = migrations[before ?? 0]
      if (!next) return before
      for (const sql of next(database.dialect)) await database.execute(sql)
      await database.execute(`INSERT INTO schema_version VALUES (${(before ?? 0) + 1})`)
      return (before ?? 0) + 1
    })
  }
}

/** For those who only read. */
export function checkVersion(version: number | undefined, where: string): void {
  if (version === undefined)
    throw new DatabaseError('wrong', `${where} holds no votes yet: faccina collect makes the tables`)
  refuseNewer(version, where)
  if (version < schemaVersion)
    throw new DatabaseError(
      'wrong',
      `the tables of ${where} are of version ${version}, this program needs ${schemaVersion}: faccina collect of this version brings them up to date`,
    )
}

function refuseNewer(version: number, where: string): void {
  if (version > schemaVersion)
    throw new DatabaseError(
      'wrong',
      `the tables of ${where} are of version ${version}, this program knows up to ${schemaVersion}: use the newer program that made them`,
    )
}
