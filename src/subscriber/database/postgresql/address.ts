import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { userInfo } from 'node:os'
import { DatabaseError } from '../database.ts'

/** Where a PostgreSQL server is, and as whom to go there. */
export interface Address {
  /** A host's name or address, or the folder of a Unix socket. */
  host: string
  port: number
  user: string
  database: string
  /** From the URL, which wins, or from PGPASSWORD; else a password file is looked into. */
  password?: string
  /** Always verified; none on the loopback and on a Unix socket, unless it is asked for. */
  tls?: { ca?: string; cert?: string; key?: string }
  /** For messages: without a password. */
  label: string
}

type Environment = Readonly<Record<string, string | undefined>>

const form = 'postgres://user@host:port/database'

/** Debian's, and where a server listens that nobody told otherwise. */
const usualSocket = '/var/run/postgresql'

/** What libpq calls these; others are refused, for a mistyped one must not be taken as said. */
const parameters = [
  'host',
  'port',
  'user',
  'password',
  'dbname',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
]

/**
 * Reads `postgres://user:password@host:port/database?…`; what is not said there is taken from PGHOST, PGPORT,
 * PGUSER, PGDATABASE and PGPASSWORD. Throws a `DatabaseError`, which never shows the password.
 */
export function addressOf(url: string, env: Environment = process.env): Address {
  const said = partsOf(url)
  const host = said.host || env.PGHOST || usualSocket
  const port = portOf(said.port || env.PGPORT || '5432')
  const user = said.user || env.PGUSER || userInfo().username
  const database = said.dbname || env.PGDATABASE || user
  const place = host.startsWith('/')
    ? `${host} (port ${port})`
    : `${isIP(host) === 6 ? `[${host}]` : host}:${port}`
  const label = `PostgreSQL database ${database} at ${place}`
  const password = said.password || env.PGPASSWORD
  const tls = tlsOf(said, host, env, label)
  return { host, port, user, database, label, ...(password && { password }), ...(tls && { tls }) }
}

function partsOf(url: string): Record<string, string | undefined> {
  const [all, credentials = '', hostPort = '', path = '', query = ''] =
    /^postgres(?:ql)?:\/\/(?:([^@/?#]*)@)?([^@/?#]*)(?:\/([^@/?#]*))?(?:\?([^#]*))?$/i.exec(url) ?? []
  if (all === undefined)
    throw wrong(`the database’s URL is not ${form}; write / ? # @ in a password as %2F %3F %23 %40`)
  const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(hostPort) ?? []
  const [user = '', ...password] = credentials.split(':')
  const parts: Record<string, string | undefined> = {
    host: decoded(host.replace(/^\[|\]$/g, '')),
    port,
    user: decoded(user),
    password: decoded(password.join(':')),
    dbname: decoded(path),
  }
  for (const [name, value] of new URLSearchParams(query)) {
    if (!parameters.includes(name))
      throw wrong(`the database’s URL has a parameter ${name}; allowed are ${parameters.join(', ')}`)
    parts[name] = value
  }
  return parts
}

function tlsOf(
  said: Record<string, string | undefined>,
  host: string,
  env: Environment,
  label: string,
): Address['tls'] {
  const mode = said.sslmode || env.PGSSLMODE
  const near = host.startsWith('/') || host === 'localhost' || host === '::1' || /^127\./.test(host)
  const weak = mode !== undefined && !['require', 'verify-ca', 'verify-full'].includes(mode)
  if (weak && !near)
    throw wrong(
      `${label}: sslmode is ${mode}; over a network allowed is verify-full (the default), with sslrootcert for a CA of one’s own`,
    )
  if (near && (mode === undefined || weak)) return undefined
  const file = (name: string) => fileOf(name, said[name] || env[`PG${name.toUpperCase()}`])
  return { ...file('sslrootcert'), ...file('sslcert'), ...file('sslkey') }
}

const tlsNames: Record<string, 'ca' | 'cert' | 'key'> = { sslrootcert: 'ca', sslcert: 'cert', sslkey: 'key' }

function fileOf(name: string, path: string | undefined): { ca?: string; cert?: string; key?: string } {
  if (!path) return {}
  try {
    return { [tlsNames[name]!]: readFileSync(path, 'utf8') }
  } catch (cause) {
    throw wrong(`${name}: cannot read ${path} (${(cause as NodeJS.ErrnoException).code})`, { cause })
  }
}

function portOf(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port >= 1 && port <= 65535) return port
  throw wrong(`the port in the database’s URL is no number from 1 to 65535; the form is ${form}`)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw wrong('the database’s URL has a % that stands for nothing; write % as %25')
  }
}

function wrong(words: string, options?: ErrorOptions): DatabaseError {
  return new DatabaseError('wrong', words, options)
}
