import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { freePort } from '../contracts/free-port.ts'

const run = promisify(execFile)

/** Debian's PostgreSQL as a child of the test: its own data folder, a free port of the loopback, a Unix socket. */
export interface PostgresServer extends AsyncDisposable {
  readonly port: number
  /** The folder of its socket, where everybody may in as `faccina`, who owns all. */
  readonly socket: string
  /** Of `faccina`, on the loopback, where passwords are asked for. */
  readonly password: string
  /** By the socket, without a password. */
  url(database?: string): string
  /** A new, empty database. @returns its URL */
  create(database: string): Promise<string>
  /** Statements of the owner’s, on a connection of their own; the rows of the last. */
  query(sql: string, database?: string): Promise<Record<string, unknown>[]>
  /** Ends it as a power cut would; `start` recovers. */
  kill(): Promise<void>
  start(): Promise<void>
}

/** @param settings further lines of postgresql.conf; `$DIR` is the folder of the server, `files` are put there first */
export async function openPostgres(
  settings: string[] = [],
  files: Record<string, string> = {},
): Promise<PostgresServer> {
  const directory = await mkdtemp(join(tmpdir(), 'faccina-postgres-'))
  const programs = await programsFolder()
  // It refuses to be run by root.
  const user = process.getuid?.() === 0 ? await unprivileged() : undefined
  const password = 'p@ss/w:rd?#%'
  for (const [name, text] of Object.entries({ ...files, password }))
    await writeFile(join(directory, name), text, { mode: 0o600 })
  if (user)
    for (const name of ['', ...Object.keys(files), 'password'])
      await chown(join(directory, name), user.uid, user.gid)
  const data = join(directory, 'data')
  const ways = ['--auth-local=trust', '--auth-host=scram-sha-256', `--pwfile=${join(directory, 'password')}`]
  const how = ['--no-sync', '--username=faccina', '--encoding=UTF8', '--locale=C.UTF-8', ...ways]
  await run(join(programs, 'initdb'), ['-D', data, ...how], { ...user, cwd: directory })
  const port = await freePort()
  const lines = [
    `port = ${port}`,
    "listen_addresses = '127.0.0.1'",
    `unix_socket_directories = '${directory}'`,
    'shared_buffers = 32MB',
    'max_connections = 40',
    ...settings,
  ]
  await writeFile(join(data, 'postgresql.auto.conf'), `${lines.join('\n').replaceAll('$DIR', directory)}\n`)
  const server = new Server(join(programs, 'postgres'), directory, port, password, user)
  try {
    await server.start()
  } catch (error) {
    await server[Symbol.asyncDispose]()
    throw error
  }
  return server
}

class Server implements PostgresServer {
  readonly port: number
  readonly socket: string
  readonly password: string
  readonly #program: string
  readonly #user: { uid: number; gid: number } | undefined
  #child: ReturnType<typeof spawn> | undefined
  #said = ''

  constructor(
    program: string,
    directory: string,
    port: number,
    password: string,
    user: { uid: number; gid: number } | undefined,
  ) {
    this.#program = program
    this.socket = directory
    this.port = port
    this.password = password
    this.#user = user
  }

  url(database = 'postgres'): string {
    return `postgres://faccina@/${database}?host=${this.socket}&port=${this.port}`
  }

  async create(database: string): Promise<string> {
    await this.query(`CREATE DATABASE ${database}`)
    return this.url(database)
  }

  async query(sql: string, database = 'postgres'): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ host: this.socket, port: this.port, user: 'faccina', database })
    await client.connect()
    try {
      const results = await client.query(sql)
      return ([results].flat().at(-1) as pg.QueryResult).rows
    } finally {
      await client.end()
    }
  }

  /** What a killed one has left in the shared memory can keep the next from starting for a moment. */
  async start(): Promise<void> {
    const end = performance.now() + 30_000
    while (performance.now() < end) {
      this.#said = ''
      const child = spawn(this.#program, ['-D', join(this.socket, 'data')], {
        ...this.#user,
        cwd: this.socket,
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      child.stderr.on('data', (data) => {
        this.#said = (this.#said + String(data)).slice(-10_000)
      })
      this.#child = child
      while (child.exitCode === null && performance.now() < end) {
        const ready = await this.query('SELECT 1').then(
          () => true,
          () => false,
        )
        if (ready) return
      }
    }
    throw new Error(`PostgreSQL does not start: ${this.#said}`)
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Its fast shutdown: connections are ended.
    await this.#end('SIGINT')
    await rm(this.socket, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    if (child.kill(signal)) await ended
  }
}

async function programsFolder(): Promise<string> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => [])
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0]
  if (newest === undefined) throw new Error('PostgreSQL is not there: apt-get install postgresql')
  return `/usr/lib/postgresql/${newest}/bin`
}

async function unprivileged(): Promise<{ uid: number; gid: number }> {
  const id = async (option: string) => Number((await run('id', [option, 'postgres'])).stdout)
  return { uid: await id('-u'), gid: await id('-g') }
}
