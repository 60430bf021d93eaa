import { DatabaseError } from '../database.ts'
import { holderOf } from './holder.ts'

/** What kept SQLite from its work, in words for who runs it. */
export async function explainSqlite(error: unknown, path: string): Promise<DatabaseError> {
  if (error instanceof DatabaseError) return error
  const code = codeOf(error)
  const message = error instanceof Error ? error.message : String(error)
  const say = (kind: DatabaseError['kind'], words: string) =>
    new DatabaseError(kind, `${path}: ${words} (${code || message})`, { cause: error })
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    const holder = (await holderOf(path)) ?? 'another process'
    return say(
      'busy',
      `the database is locked by ${holder}; let it finish or end it, and let one collector write to an SQLite file (several need PostgreSQL)`,
    )
  }
  const known = words.find(([start]) => code.startsWith(start))
  return known ? say(known[1], known[2]) : say('wrong', message)
}

/** Only what SQLite itself says has a code; what kept a file from being opened has its number in the text. */
function codeOf(error: unknown): string {
  const { code, message = '' } = error as { code?: string; message?: string }
  if (typeof code === 'string' && code !== '') return code
  return /Unable to open connection .*: 14/.test(message) ? 'SQLITE_CANTOPEN' : ''
}

const words: readonly [code: string, kind: DatabaseError['kind'], says: string][] = [
  ['SQLITE_FULL', 'full', 'the disk is full; free some space, nothing is lost meanwhile'],
  [
    'SQLITE_CANTOPEN',
    'wrong',
    'the file cannot be opened; check that its folder is there, and that this user may read and write in it',
  ],
  ['SQLITE_NOTADB', 'wrong', 'this is no SQLite database; name another file'],
  ['SQLITE_READONLY', 'wrong', 'it may not be written to; give the file and its folder to this user'],
  ['SQLITE_PERM', 'wrong', 'no permission; give the file and its folder to this user'],
  [
    'SQLITE_CORRUPT',
    'wrong',
    'the file is damaged; put back a copy, or save what there is with sqlite3 FILE .recover',
  ],
  ['SQLITE_IOERR', 'wrong', 'the disk reports an error; check it, its quota, and the logs of the kernel'],
]
