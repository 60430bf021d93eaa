import { pathToFileURL } from 'node:url'
import type Libsql from 'libsql'
import type { Value } from '../columns.ts'
import { loadOptional } from '../optional.ts'

/** What a column may be given. The library ends the whole process at a boolean, so that no one gets there. */
export type Bound = Value | Uint8Array

/** How long a statement waits for another program; the event loop stands still meanwhile. */
const busyMs = 2000

/** One connection to a file, with each of its statements prepared once. */
export class SqliteConnection implements Disposable {
  readonly #database: Libsql.Database
  readonly #statements = new Map<string, Libsql.Statement>()

  private constructor(database: Libsql.Database) {
    this.#database = database
  }

  /** Throws what the library throws. */
  static async open(path: string, readOnly: boolean): Promise<SqliteConnection> {
    const Database = await loadOptional<typeof Libsql>('libsql', 'an SQLite file')
    // The form of a URI, for nothing is made that is only to be read.
    const name = readOnly ? `${pathToFileURL(path).href}?mode=ro` : path
    const connection = new SqliteConnection(new Database(name))
    try {
      connection.#set(readOnly)
    } catch (error) {
      connection[Symbol.dispose]()
      throw error
    }
    return connection
  }

  #set(readOnly: boolean): void {
    this.#database.pragma(`busy_timeout = ${busyMs}`)
    if (!readOnly) this.#database.pragma('journal_mode = WAL')
    // Each commit is on the disk when it returns.
    this.#database.pragma('synchronous = FULL')
    this.#database.pragma('foreign_keys = ON')
    // Negative: KiB.
    this.#database.pragma('cache_size = -8192')
  }

  execute(sql: string): void {
    this.#database.exec(sql)
  }

  /** @returns how many rows it changed */
  run(sql: string, values: readonly Bound[] = []): number {
    return this.#prepared(sql).run([...values]).changes
  }

  /** Rows as arrays, in the order of the columns. */
  all<Row extends unknown[]>(sql: string, values: readonly Bound[] = []): Row[] {
    return this.#prepared(sql)
      .raw(true)
      .all([...values]) as Row[]
  }

  get closed(): boolean {
    return !this.#database.open
  }

  get inTransaction(): boolean {
    return this.#database.inTransaction
  }

  [Symbol.dispose](): void {
    if (this.closed) return
    // The library lets go of the file only when its statements are collected, and of no lock before that.
    if (this.inTransaction) this.#database.exec('ROLLBACK')
    this.#statements.clear()
    this.#database.close()
  }

  #prepared(sql: string): Libsql.Statement {
    const known = this.#statements.get(sql)
    if (known) return known
    const made = this.#database.prepare(sql)
    if (made.reader) made.raw(true)
    this.#statements.set(sql, made)
    return made
  }
}
