import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { formsOf } from '../../src/system/support/mask.ts'
import { freePort } from '../contracts/free-port.ts'
import { plainly } from '../plainly.ts'
import { Authority } from './certificates.ts'
import { run } from './file-systems.ts'
import { folder } from './folder.ts'
import { openMosquitto } from './mosquitto.ts'
import { Subscriber } from './subscriber.ts'
import { program, TerminalChild } from './terminal-child.ts'

/**
 * A terminal that has secrets is driven through good and bad days, as talkative as it gets; all that it says, to
 * whomever, is kept, and searched for them. Debian: mosquitto, openssl, iproute2.
 */

/** All that has been said, by whom. */
class Heard {
  readonly said = new Map<string, string>()

  add(who: string, text: string): void {
    this.said.set(who, (this.said.get(who) ?? '') + text)
  }

  /** Where one of the secrets stands, in one of its forms. */
  leaks(secrets: Record<string, string>): string[] {
    return Object.entries(secrets).flatMap(([name, secret]) =>
      [...this.said].flatMap(([who, text]) =>
        formsOf(secret).some((form) => text.includes(form)) ? [`${name}: ${who}`] : [],
      ),
    )
  }
}

function distinctive(name: string): string {
  return `${name}-"${randomBytes(9).toString('base64')}"/ü+&`
}

function faccina(heard: Heard, ...args: string[]): Promise<number> {
  return new Promise((resolve) => {
    const env = { ...process.env, FACCINA_DEBUG: '1' }
    execFile(
      ...plainly(process.execPath, [program, ...args]),
      { timeout: 90_000, env },
      (error, stdout, stderr) => {
        heard.add(`faccina ${args[0]} ${args[1]}: ${args.at(-1)}`, stdout + stderr)
        resolve(Number(error?.code ?? 0))
      },
    )
  })
}

/** What everybody on this computer may read of a process and its children. */
function hearProcesses(heard: Heard, pid: number): void {
  for (const one of [pid, ...childrenOf(pid)]) {
    for (const file of ['cmdline', 'environ'])
      heard.add(`/proc/${file}`, readFileSync(`/proc/${one}/${file}`, 'utf8'))
  }
}

function childrenOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return children === '' ? [] : children.split(' ').map(Number)
}

async function hearPanel(heard: Heard, terminal: TerminalChild): Promise<void> {
  for (const path of ['/', '/panel/press', '/../etc/passwd', '/nothing', '/health', '/settings']) {
    const answer = await fetch(new URL(path, terminal.address))
    heard.add(`panel ${path}`, `${JSON.stringify([...answer.headers])}\n${await answer.text()}`)
  }
  const scene = await terminal.scene(() => true)
  heard.add('panel scene', JSON.stringify(scene))
}

/** Runs a terminal until it has said something. */
async function runUntil(heard: Heard, directory: string, broker: object, pattern: RegExp): Promise<void> {
  await using terminal = await TerminalChild.start({ directory, more: { broker } })
  try {
    await terminal.said(pattern)
    await hearPanel(heard, terminal)
    hearProcesses(heard, terminal.process.pid!)
  } finally {
    await terminal.kill('SIGTERM')
    heard.add('faccina run', terminal.output)
  }
}

/** Of a private key what says something. */
function bodyOf(pem: string): string {
  return pem.split('\n')[1]!
}

async function badDays(t: Test, heard: Heard, directory: string, secrets: Secrets): Promise<void> {
  await using authority = await Authority.open('Municipal CA')
  await using stranger = await Authority.open('Another CA')
  const server = await authority.issue('broker', 'IP:127.0.0.1', 90)
  const own = await authority.issue('terminal', 'DNS:terminal', 90)
  const old = await authority.issue('old', 'DNS:terminal', -1)
  secrets['client key'] = bodyOf(readFileSync(own.key, 'utf8'))
  secrets['old key'] = bodyOf(readFileSync(old.key, 'utf8'))
  const { password, inFile } = secrets
  const passwordFile = join(directory, 'password')
  writeFileSync(passwordFile, `${inFile}\n`)
  const username = 'terminal'

  await using broker = await openMosquitto(
    ['allow_anonymous false', 'password_file $DIR/passwords', `listener ${await freePort()} 127.0.0.1`],
    { passwords: '' },
  )
  const plain = `mqtt://127.0.0.1:${broker.port}`
  const nobody = `mqtt://127.0.0.1:${await freePort()}`
  await runUntil(heard, directory, { url: nobody, username, password }, /nothing listens there/)
  await runUntil(heard, directory, { url: plain, username, password }, /user name|username/)
  await runUntil(heard, directory, { url: plain, username, passwordFile }, /user name|username/)

  await using tls = await openMosquitto([
    ...['allow_anonymous true', `cafile ${authority.ca}`, `certfile ${server.certificate}`],
    ...[`keyfile ${server.key}`, 'require_certificate true'],
  ])
  const url = `mqtts://127.0.0.1:${tls.port}`
  const { ca } = authority
  await runUntil(
    heard,
    directory,
    { url, ca: stranger.ca, ...own, username, password },
    /not known|broker\.ca/,
  )
  await runUntil(heard, directory, { url, ca, ...old, username, password }, /expired|certificate/)
  // Somebody has mixed up the files.
  await runUntil(
    heard,
    directory,
    { url, ca, certificate: own.key, key: own.key, username, password },
    /PEM|key/,
  )
  t.equal(await faccina(heard, 'doctor', '--settings', join(directory, 'faccina.yaml')), 1)
}

interface Secrets extends Record<string, string> {
  password: string
  inFile: string
}

async function goodDay(
  t: Test,
  heard: Heard,
  directory: string,
  { password, inFile }: Secrets,
): Promise<void> {
  const files = { password }
  await using broker = await openMosquitto(
    ['allow_anonymous true', 'listener 0 $DIR/socket', 'allow_anonymous true'],
    files,
  )
  await using subscriber = await Subscriber.open(broker.port)
  mkdirSync(join(directory, 'store', 'secrets'), { recursive: true })
  writeFileSync(join(directory, 'store', 'secrets', 'broker-password'), inFile)
  const url = `mqtt://127.0.0.1:${broker.port}`
  const settings = join(directory, 'faccina.yaml')
  const more = { broker: { url, username: 'terminal', password } }
  {
    await using terminal = await TerminalChild.start({ directory, more })
    await terminal.vote('satisfied')
    await subscriber.until(() => subscriber.of('3/health').length > 0 && subscriber.of('vote').length > 0)
    await subscriber.publish('faccina/1/c_e506/anagrafe/3/command/health', '{"password":1}')
    await subscriber.until(() => subscriber.of('reply').length > 0)
    hearProcesses(heard, terminal.process.pid!)
    await hearPanel(heard, terminal)
    t.equal(await faccina(heard, 'doctor', '--json', '--settings', settings), 0)
    t.equal(
      await faccina(heard, 'support', '--settings', settings, '--output', join(directory, 'running.tar.gz')),
      0,
    )
    // The will is what others hear of this.
    await terminal.kill('SIGKILL')
    heard.add('faccina run', terminal.output)
    await subscriber.until(() => JSON.stringify(subscriber.of('state').at(-1)).includes('"will":true'))
  }
  heard.add('broker', JSON.stringify(subscriber.received))
  // A mistake of ours, with its stack.
  const preload = join(directory, 'crash.mjs')
  writeFileSync(preload, 'process.on("SIGUSR2", () => { throw new Error("crash") })\n')
  await using terminal = await TerminalChild.start({ directory, more, nodeOptions: ['--import', preload] })
  await terminal.said(/ connected /)
  terminal.process.kill('SIGUSR2')
  await terminal.said(/Error: crash[\s\S]*at /)
  heard.add('faccina run', terminal.output)
}

/** Mistakes on the very lines where the secrets stand. */
async function mistakes(
  t: Test,
  heard: Heard,
  directory: string,
  { password, inFile }: Secrets,
): Promise<void> {
  const quoted = JSON.stringify(password)
  const simple = `'${inFile}'`
  const lines = [
    `broker:\n  url: "mqtts://user:${encodeURIComponent(password)}@broker.example"`,
    `broker:\n  url: ${JSON.stringify(`mqtts://user:${password}@broker.example`)}`,
    `broker:\n  url: mqtt://b.example\n  password: [${quoted}]`,
    `broker:\n  url: mqtt://b.example\n  pasword: ${quoted}`,
    `broker:\n  url: mqtt://b.example\n  password: ${quoted}\n  passwordFile: ${simple}`,
    `broker:\n  url: mqtt://b.example\n  username: u\n password: ${quoted}`,
    `broker:\n  url: mqtt://b.example\n  password:${quoted}`,
    `broker:\n  url: mqtt://b.example\n  password: ${inFile}`,
    `broker:\n  url: mqtt://b.example\n  password: ${quoted}\n  password: ${simple}`,
    `broker: ${quoted}`,
    `broker:\n  - password: ${quoted}`,
    `broker:\n\tpassword: ${quoted}`,
    `broker:\n  url: mqtt://b.example\n  passwordFile: ${simple}`,
    `broker:\n  url: mqtt://b.example\n  key: ${quoted}\n  certificate: ${simple}`,
    `broker:\n  url: mqtt://b.example\n  password: "${inFile}\n`,
  ]
  const file = join(directory, 'wrong.yaml')
  const head = 'terminal: {municipality: c_e506, office: anagrafe, counter: "3"}\n'
  for (const [n, text] of lines.entries()) {
    writeFileSync(file, `${head}${text}\n`)
    await faccina(heard, 'settings', 'check', file, `--json`)
    if (n === 12) await faccina(heard, 'doctor', '--settings', file)
    if (n === 0)
      t.equal(
        await faccina(heard, 'support', '--settings', file, '--output', join(directory, `wrong${n}.tar.gz`)),
        0,
      )
    if (n < 2) await faccina(heard, 'run', '--settings', file)
  }
}

t.test('no secret gets out', async (t) => {
  const directory = await folder(t)
  const heard = new Heard()
  const secrets: Secrets = {
    password: distinctive('Inline'),
    inFile: distinctive('File').replaceAll("'", ''),
  }
  await goodDay(t, heard, directory, secrets)
  await badDays(t, heard, directory, secrets)
  await mistakes(t, heard, directory, secrets)
  const settings = join(directory, 'faccina.yaml')
  for (const command of ['list', 'count', 'export', 'verify'])
    await faccina(heard, 'votes', command, '--settings', settings)
  t.equal(
    await faccina(heard, 'support', '--settings', settings, '--output', join(directory, 'last.tar.gz')),
    0,
  )
  const bundles = readdirSync(directory).filter((name) => name.endsWith('.tar.gz'))
  for (const name of bundles)
    heard.add(`bundle ${name}`, gunzipSync(readFileSync(join(directory, name))).toString())
  t.ok(bundles.length === 3, `${bundles.length} bundles`)
  t.comment(`${[...heard.said.values()].join('').length} characters by ${heard.said.size} voices`)

  t.same(heard.leaks(secrets), [])
  // The search can find: what is no secret is everywhere.
  t.ok(heard.leaks({ name: 'anagrafe' }).length > 5)
  heard.add('a leak', Buffer.from(secrets.password).toString('base64'))
  t.same(heard.leaks(secrets), ['password: a leak'])
})

/** The addresses that a process listens at, as the kernel has them. */
function listening(pid: number): string[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /socket:\[(\d+)\]/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? []
      } catch {
        return []
      }
    }),
  )
  return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((kind) =>
    readFileSync(`/proc/${pid}/net/${kind}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(
        ([, , , state, , , , , , inode = '']) =>
          (state === '0A' || kind.startsWith('udp')) && inodes.has(inode),
      )
      .map(([, local = '']) => `${kind} ${local}`),
  )
}

t.test('the panel is closed to the network', { skip: process.getuid?.() !== 0 && 'only root' }, async (t) => {
  const directory = await folder(t)
  // As by default, but for the port, which somebody else may have.
  const port = await freePort()
  const more = { browser: { listen: `127.0.0.1:${port}` } }
  await using terminal = await TerminalChild.start({ directory, more })
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  t.same(
    listening(terminal.process.pid!),
    [`tcp 0100007F:${hex}`],
    'it listens at 127.0.0.1 and nowhere else',
  )
  const other: Server = createServer((_, answer) => answer.end('open')).listen(0, '0.0.0.0')
  t.teardown(() => other.close())
  await new Promise((resolve) => other.once('listening', resolve))
  const { port: openPort } = other.address() as { port: number }
  const reach = network(t)
  t.equal(await reach(openPort), 'open', 'what listens everywhere can be reached from there')
  t.equal(await reach(port), 'closed', 'the panel cannot')
})

/** A computer on another network, joined to this one by a cable. */
function network(t: Test): (port: number) => Promise<string> {
  const number = (process.pid % 250) + 1
  const name = `faccinas${number}`
  run('ip', 'netns', 'add', name)
  t.teardown(() => run('ip', 'netns', 'del', name))
  run('ip', 'link', 'add', `${name}n`, 'type', 'veth', 'peer', 'name', `${name}f`, 'netns', name)
  run('ip', 'addr', 'add', `10.214.${number}.1/24`, 'dev', `${name}n`)
  run('ip', 'link', 'set', `${name}n`, 'up')
  run('ip', 'netns', 'exec', name, 'ip', 'addr', 'add', `10.214.${number}.2/24`, 'dev', `${name}f`)
  run('ip', 'netns', 'exec', name, 'ip', 'link', 'set', `${name}f`, 'up')
  const script = `fetch(process.argv[1], { signal: AbortSignal.timeout(5000) })
    .then((answer) => answer.text(), () => 'closed').then((text) => process.stdout.write(text.slice(0, 10)))`
  return (port) =>
    new Promise((resolve) => {
      const words = [
        'netns',
        'exec',
        name,
        process.execPath,
        '-e',
        script,
        `http://10.214.${number}.1:${port}/`,
      ]
      execFile('ip', words, { timeout: 20_000 }, (error, stdout) => resolve(error ? String(error) : stdout))
    })
}
