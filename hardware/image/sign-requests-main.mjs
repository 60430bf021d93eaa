/** `sign-requests`: what it reads, runs and says. What is signed decides `sign-requests-lib.mjs`. */
import { execFile } from 'node:child_process'
import { createPublicKey } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { judge, keyOf, known, readLine, validSerials } from './sign-requests-lib.mjs'

const usage = `Usage: node hardware/image/sign-requests --authority DIR --broker HOST [OPTIONS]

Signs the certificate requests that terminals publish before their certificates end, and sends the answers.
Only for terminals whose present certificate is one of the authority's that holds.

  --authority DIR    the folder of openssl.cnf, index.txt, issued/ and ca.pem, as certificates.md has it
  --broker HOST      the broker, by the name in its certificate
  --port PORT        its port (default 8883)
  --certificate FILE the technician's certificate, and
  --key FILE         its key; in the folder of the authority unless there is a / in the name
  --root TOPIC       what all topics begin with (default faccina/1)
  --days DAYS        how long the certificates are to hold (default 397)
  --dry-run          say what would be done, and do nothing
  --help             this text

Not twice at the same time: run it under flock. Exit codes: 0 fine, 1 something was refused or failed, 2 used wrongly.
`

/** The broker sends what it retains at once; a terminal tries a new certificate before it answers. */
const listenSeconds = 5
const answerSeconds = 60

export async function main(args) {
  let line
  try {
    line = commandLine(args)
  } catch (error) {
    process.stderr.write(`sign-requests: ${error.message}\n\n${usage}`)
    process.exitCode = 2
    return
  }
  if (line.help) process.stdout.write(usage)
  else process.exitCode = await signAll(line)
}

function commandLine(args) {
  const text = { type: 'string' }
  const { values } = parseArgs({
    args,
    options: {
      authority: text,
      broker: text,
      port: { ...text, default: '8883' },
      certificate: { ...text, default: 'technician.pem' },
      key: { ...text, default: 'technician.key' },
      root: { ...text, default: 'faccina/1' },
      days: { ...text, default: '397' },
      'dry-run': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) return { help: true }
  for (const name of ['authority', 'broker']) if (!values[name]) throw new Error(`--${name} is missing`)
  for (const name of ['port', 'days'])
    if (!/^[1-9]\d{0,4}$/.test(values[name]))
      throw new Error(`--${name}: found ${JSON.stringify(values[name])}`)
  if (!/^[A-Za-z0-9_/-]+$/.test(values.root)) throw new Error(`--root: found ${JSON.stringify(values.root)}`)
  return values
}

async function signAll(line) {
  const file = (name) => (name.includes('/') ? name : join(line.authority, name))
  const connection = [
    ...['-h', line.broker, '-p', line.port, '-V', '5'],
    ...['--cafile', file('ca.pem'), '--cert', file(line.certificate), '--key', file(line.key)],
  ]
  let heard
  try {
    heard = await listen(connection, line.root)
  } catch (error) {
    say(`nothing could be read from the broker: ${error.message}`)
    return 1
  }
  let failures = 0
  for (const asked of heard) {
    try {
      failures += (await answer(asked, connection, line)) ? 0 : 1
    } catch (error) {
      failures++
      say(`${asked.terminal}: failed: ${error.message}`)
    }
  }
  return failures === 0 ? 0 : 1
}

/** What the broker retains of all terminals. */
async function listen(connection, root) {
  const topic = ['-t', `${root}/+/+/+/certificate`, '-q', '1', '--retained-only', '-F', '%t %p']
  // 27: it listened for as long as it was told.
  const said = await run('mosquitto_sub', [...connection, ...topic, '-W', String(listenSeconds)], {
    fine: [0, 27],
  })
  return said.split('\n').flatMap((line) => readLine(line, root) ?? [])
}

/** @returns whether all is well */
async function answer(asked, connection, { authority, days, root, 'dry-run': dry }) {
  const certificates = await issued(authority)
  const { request } = asked.message
  const read = typeof request === 'string' ? await readRequest(request) : undefined
  const verdict = judge(asked, read, certificates)
  if (verdict.is === 'nothing') return true
  if (verdict.is === 'refused' || dry) {
    say(`${asked.terminal}: ${verdict.is === 'refused' ? `refused: ${verdict.why}` : `would ${verdict.is}`}`)
    return verdict.is !== 'refused'
  }
  const pem = verdict.is === 'again' ? verdict.pem : await sign(authority, asked.terminal, request, days)
  const issuing = await readFile(join(authority, 'issuing.pem'), 'utf8')
  const reply = await send(asked.terminal, `${pem}${issuing}`, connection, root)
  if (!reply.ok)
    say(`${asked.terminal}: the terminal does not take it: ${reply.problem ?? 'it does not say why'}`)
  else say(`${asked.terminal}: renewed until ${reply.notAfter}`)
  return reply.ok === true
}

async function issued(authority) {
  const serials = validSerials(await readFile(join(authority, 'index.txt'), 'utf8'), Date.now())
  const names = (await readdir(join(authority, 'issued'))).filter((name) => name.endsWith('.pem'))
  const files = names.map((name) => readFile(join(authority, 'issued', name), 'utf8'))
  return known(await Promise.all(files), serials)
}

/** Undefined where its signature does not hold. */
async function readRequest(request) {
  try {
    const args = ['req', '-noout', '-verify', '-subject', '-nameopt', 'RFC2253', '-pubkey']
    const said = await run('openssl', args, { input: request })
    const [subject = ''] = /^subject=.*$/m.exec(said) ?? []
    const [pem = ''] = /-----BEGIN PUBLIC KEY-----[\s\S]+-----END PUBLIC KEY-----/.exec(said) ?? []
    return { subject, key: keyOf(createPublicKey(pem).export({ type: 'spki', format: 'der' })) }
  } catch {
    return undefined
  }
}

async function sign(authority, terminal, request, days) {
  const file = join(authority, 'requests', `renewal-${terminal.replaceAll('/', '~')}.pem`)
  await writeFile(file, request)
  const args = ['ca', '-config', join(authority, 'openssl.cnf'), '-batch', '-notext', '-days', days]
  const said = await run('openssl', [...args, '-in', file])
  const [pem] = /-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----\n/.exec(said) ?? []
  if (!pem) throw new Error('openssl signed nothing')
  return pem
}

async function send(terminal, certificate, connection, root) {
  const topic = `${root}/${terminal}/command/certificate`
  // A certificate is no secret. From its standard input mosquitto_rr 2.0.11 sends nothing.
  const message = JSON.stringify({ id: `renewal-${Date.now()}`, certificate })
  const args = ['-t', topic, '-e', `${topic}/reply`, '-q', '1', '-W', String(answerSeconds), '-m', message]
  const said = await run('mosquitto_rr', [...connection, ...args], { fine: [0, 27] })
  return said.trim() === '' ? { ok: false, problem: 'no answer; is it switched on?' } : JSON.parse(said)
}

function run(command, args, { input = '', fine = [0] } = {}) {
  return new Promise((resolve, reject) => {
    const limits = { maxBuffer: 64 * 1024 * 1024, timeout: 2 * answerSeconds * 1000 }
    const child = execFile(command, args, limits, (error, stdout, stderr) => {
      if (!error || fine.includes(error.code)) resolve(stdout)
      else if (error.code === 'ENOENT') reject(new Error(`${command} is missing; install it`))
      else reject(new Error(`${command}: ${stderr.trim().split('\n').at(-1) || error.message}`))
    })
    child.stdin?.on('error', () => {}).end(input)
  })
}

function say(text) {
  process.stdout.write(`${text}\n`)
}
