import { DatabaseError } from '../database.ts'
import type { Address } from './address.ts'

type Kind = DatabaseError['kind']

/** What kept PostgreSQL from its work, in words for who runs it. Never holds a password. */
export function explainPostgresql(
  error: unknown,
  { label, user }: Pick<Address, 'label' | 'user'>,
): DatabaseError {
  if (error instanceof DatabaseError) return error
  const { code = '', message = String(error) } = error as { code?: string; message?: string }
  const [kind, words] = byCode(code, user) ?? byMessage(message) ?? unknown(code)
  return new DatabaseError(kind, `${label}: ${words} (${message || code})`, { cause: error })
}

/** Two transactions were in each other’s way; the one that was ended is done again. */
export function isTransient(error: unknown): boolean {
  const { code } = error as { code?: string }
  return code === '40001' || code === '40P01'
}

/** Whether the connection may be used again: the server itself said what was wrong. */
export function isOfServer(error: unknown): boolean {
  const { code, severity } = error as { code?: string; severity?: string }
  return /^[0-9A-Z]{5}$/.test(code ?? '') && severity === 'ERROR'
}

function byCode(code: string, user: string): [Kind, string] | undefined {
  const known = Object.hasOwn(codes, code) ? codes[code] : undefined
  if (known) return [known[0], known[1].replace('{user}', user)]
  // Class 08: connection exceptions; 57P: the server is being ended or started.
  if (/^08|^57P/.test(code)) return ['lost', 'the connection was lost; it is made again by itself']
  if (/^53/.test(code)) return ['busy', 'the server has no room for more']
  return undefined
}

const refusedUser =
  'user {user} is refused; check the user, the password (PGPASSWORD, PGPASSFILE), and pg_hba.conf'
const noWay = 'the server does not answer; check host, port, network and firewall'
const untrusted = 'its certificate is not to be trusted; name its CA with sslrootcert='

/** SQLSTATEs (PostgreSQL documentation, appendix A), and codes of Node. */
const codes: Record<string, [Kind, string]> = {
  '28P01': ['wrong', refusedUser],
  '28000': ['wrong', refusedUser],
  '3D000': ['wrong', 'there is no such database; CREATE DATABASE makes one'],
  42501: ['wrong', 'user {user} has not the rights; the database’s owner has them, see GRANT'],
  25006: ['wrong', 'it is for reading only: is this a standby, or was it opened for reading?'],
  '42P01': [
    'wrong',
    'a table is missing; put back a copy, or let faccina collect begin in an empty database',
  ],
  40001: ['busy', 'others write to the same all the time'],
  '40P01': ['busy', 'others write to the same all the time'],
  '55P03': ['busy', 'another program holds a lock for too long; see pg_stat_activity'],
  53100: ['full', 'the server’s disk is full; free some space, nothing is lost meanwhile'],
  53300: ['busy', 'the server takes no more connections; see max_connections'],
  '57P03': ['lost', 'the server is starting or stopping'],
  ECONNREFUSED: ['lost', 'nothing listens there; is PostgreSQL running, and the port right?'],
  ENOENT: ['lost', 'there is no such socket; is PostgreSQL running, and the folder right?'],
  ECONNRESET: ['lost', 'the connection was cut'],
  EPIPE: ['lost', 'the connection was cut'],
  ENOTFOUND: ['lost', 'this name is not known; check the host and the name server'],
  EAI_AGAIN: ['lost', 'the name server does not answer; check the network'],
  ETIMEDOUT: ['lost', noWay],
  EHOSTUNREACH: ['lost', noWay],
  ENETUNREACH: ['lost', noWay],
  EACCES: ['wrong', 'the socket may not be used by this user'],
  CERT_HAS_EXPIRED: ['wrong', 'its certificate has expired, or the clock here is wrong'],
  CERT_NOT_YET_VALID: ['wrong', 'its certificate is not valid yet: the clock here is probably wrong'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['wrong', untrusted],
  SELF_SIGNED_CERT_IN_CHAIN: ['wrong', untrusted],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['wrong', untrusted],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['wrong', untrusted],
  ERR_TLS_CERT_ALTNAME_INVALID: ['wrong', 'its certificate is for another name; use that name as host'],
}

/** What pg says without a code. */
function byMessage(message: string): [Kind, string] | undefined {
  if (/does not support SSL/.test(message))
    return [
      'wrong',
      'the server speaks no TLS; switch it on there (ssl = on): over a network there is no other way',
    ]
  if (/password must be a|no password/i.test(message))
    return ['wrong', 'the server wants a password; put it into PGPASSWORD, or a file that PGPASSFILE names']
  if (/terminated|timeout|not queryable|ended|closed/i.test(message))
    return ['lost', 'the connection was lost; it is made again by itself']
  return undefined
}

function unknown(code: string): [Kind, string] {
  return ['wrong', `it refused${code ? ` with ${code}` : ''}`]
}
