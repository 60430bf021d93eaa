import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Finding } from '../../src/system/doctor/finding.ts'
import { freePort } from '../contracts/free-port.ts'
import { plainly } from '../plainly.ts'
import { Authority } from './certificates.ts'
import { mountTmpfs, run } from './file-systems.ts'
import { folder } from './folder.ts'
import { openMosquitto } from './mosquitto.ts'
import { program, TerminalChild } from './terminal-child.ts'

/** The built program on this computer, in good and in bad days. Debian: mosquitto, openssl. */

const isRoot = process.getuid?.() === 0
const rootOnly = { skip: !isRoot && 'only root can mount' }

interface Said {
  code: number
  text: string
  ms: number
}

function doctor(...args: string[]): Promise<Said> {
  const began = performance.now()
  return new Promise((resolve) => {
    const options = { timeout: 60_000 }
    execFile(...plainly(process.execPath, [program, 'doctor', ...args]), options, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), text: stdout + stderr, ms: performance.now() - began }),
    )
  })
}

/** Settings of a terminal that is well, unless told otherwise; its folder is there. */
function settings(t: Test, more: Record<string, unknown> = {}): string {
  const directory = t.testdir()
  const store = join(directory, 'store')
  mkdirSync(store)
  const file = join(directory, 'faccina.yaml')
  const all = {
    terminal: { municipality: 'c_e506', office: 'anagrafe', counter: '3' },
    panel: 'browser',
    browser: { listen: '127.0.0.1:0' },
    storage: { directory: store },
    clock: { source: 'system' },
    ...more,
  }
  writeFileSync(file, JSON.stringify(all))
  return file
}

async function look(t: Test, more: Record<string, unknown> = {}) {
  const { code, text, ms } = await doctor('--json', '--settings', settings(t, more))
  const { ok, checks } = JSON.parse(text) as { ok: boolean; checks: Finding[] }
  t.equal(code, ok ? 0 : 1)
  t.ok(ms < 40_000)
  const of = (name: string) => checks.find((check) => check.name === name)
  return { ok, checks, of, text }
}

/** Exactly one thing has failed: this, with that to do. */
async function failsBy(t: Test, more: Record<string, unknown>, name: string, next: RegExp) {
  const said = await look(t, more)
  const failures = said.checks.filter(({ result }) => result === 'failed')
  t.match(failures, [{ name, next }])
  t.equal(failures.length, 1)
  for (const failure of failures) t.comment(`${failure.name}: ${failure.found} → ${failure.next}`)
  return said
}

t.test('all is well, with a broker; nothing is left behind', async (t) => {
  await using broker = await openMosquitto()
  const file = settings(t, { broker: { url: `mqtt://127.0.0.1:${broker.port}` } })
  const { code, text } = await doctor('--settings', file)
  t.equal(code, 0, text)
  t.match(text, /✓ MQTT {10}MQTT 5, let in/)
  t.match(text, /All is well: [^\n]*\n$/)
  t.notMatch(text, '\u001b', 'no colours into a pipe')
  t.same(readdirSync(join(file, '../store')), [])
})

t.test('no settings; wrong settings', async (t) => {
  const none = await doctor('--settings', join(t.testdir(), 'none.yaml'))
  t.equal(none.code, 1)
  t.match(none.text, /✗ settings[^\n]*no such file\.\n\s+→ Make one with: faccina settings example/)
  const file = join(t.testdirName, 'wrong.yaml')
  writeFileSync(file, 'terminal:\n  municipality: c_e506\n  office: anagrafe\n  counter: "3"\nstorag: {}\n')
  const wrong = await doctor('--settings', file)
  t.equal(wrong.code, 1)
  t.match(wrong.text, /wrong\.yaml:5: .*storag/)
  t.match(wrong.text, /→ Mend line 5 of /)
  t.equal((await doctor('--nothing')).code, 2)
  t.match(await doctor('--help'), { code: 0, text: /^Usage: faccina doctor/ })
})

t.test('nothing listens at the port', async (t) => {
  const url = `mqtt://127.0.0.1:${await freePort()}`
  const { of } = await failsBy(t, { broker: { url } }, 'broker', /whether the broker is running/)
  t.match(of('MQTT'), { result: 'skipped', found: 'comes after broker' })
})

t.test('another port, where MQTT is not spoken', async (t) => {
  const server = createServer((socket) => void socket.on('error', () => {}).end('220 mail\r\n')).listen(
    0,
    '127.0.0.1',
  )
  t.teardown(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  await failsBy(t, { broker: { url: `mqtt://127.0.0.1:${port}` } }, 'MQTT', /MQTT port/)
})

t.test('a broker that says nothing at all', async (t) => {
  const server = createServer((socket) => void socket.on('error', () => {})).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  await failsBy(t, { broker: { url: `mqtt://127.0.0.1:${port}` } }, 'MQTT', /MQTT port/)
})

t.test('a port where no TLS is spoken', async (t) => {
  await using broker = await openMosquitto()
  const url = `mqtts://127.0.0.1:${broker.port}`
  await failsBy(t, { broker: { url } }, 'TLS', /port for mqtts/)
})

t.test('a name that nobody knows', async (t) => {
  // RFC 6761 keeps .invalid free for ever; without a name server the answer is that there is none.
  const { of } = await look(t, { broker: { url: 'mqtt://broker.invalid' } })
  t.match(of('name'), { result: 'failed', next: /name server/ })
  t.match(of('broker'), { result: 'skipped' })
})

t.test('TLS', async (t) => {
  await using authority = await Authority.open('Municipal CA')
  await using stranger = await Authority.open('Another CA')
  const server = await authority.issue('broker', 'IP:127.0.0.1', 90)
  await using broker = await openMosquitto([
    ...['allow_anonymous true', `cafile ${authority.ca}`, `certfile ${server.certificate}`],
    ...[`keyfile ${server.key}`, 'require_certificate true'],
  ])
  const url = `mqtts://127.0.0.1:${broker.port}`
  const { ca } = authority
  const own = await authority.issue('terminal', 'DNS:terminal', 90)
  const soon = await authority.issue('soon', 'DNS:terminal', 10)
  const old = await authority.issue('old', 'DNS:terminal', -1)

  await t.test('verified, by both', async (t) => {
    const { ok, of } = await look(t, { broker: { url, ca, ...own } })
    t.ok(ok)
    t.match(of('TLS'), { result: 'good', found: /^TLS 1\.3, verified; .*(89|90) days more/ })
    t.match(of('certificate'), { result: 'good', found: /(89|90) days more/ })
    t.match(of('MQTT'), { result: 'good' })
  })
  await t.test('a certificate that expires within 30 days is told of', async (t) => {
    const { ok, of } = await look(t, { broker: { url, ca, ...soon } })
    t.ok(ok)
    t.match(of('certificate'), { result: 'warning', next: /Have a new .*soon\.pem issued/ })
  })
  await t.test('an unknown CA', (t) =>
    failsBy(t, { broker: { url, ca: stranger.ca, ...own } }, 'TLS', /name the file in broker\.ca/),
  )
  await t.test('a certificate that has expired', async (t) => {
    const { of } = await look(t, { broker: { url, ca, ...old } })
    t.match(of('certificate'), {
      result: 'failed',
      found: /has expired/,
      next: /Have a new .*old\.pem issued/,
    })
    t.match(of('MQTT'), { result: 'failed' })
  })
  await t.test('a key of another one', async (t) => {
    const { of } = await look(t, { broker: { url, ca, certificate: own.certificate, key: soon.key } })
    t.match(of('certificate'), { result: 'failed', next: /Take the key/ })
  })
  await t.test('no certificate where one is wanted', (t) =>
    failsBy(t, { broker: { url, ca } }, 'MQTT', /client certificate/),
  )
})

t.test('a wrong password, which is nowhere to be seen', async (t) => {
  const files = { passwords: '' }
  await using broker = await openMosquitto(['allow_anonymous false', 'password_file $DIR/passwords'], files)
  const url = `mqtt://127.0.0.1:${broker.port}`
  const { text } = await failsBy(
    t,
    { broker: { url, username: 'terminal', password: 'Hush-42' } },
    'MQTT',
    /user name|username/,
  )
  t.notMatch(text, 'Hush-42')
})

t.test('the storage is read-only', rootOnly, async (t) => {
  const directory = await folder(t)
  const ro = join(directory, 'ro')
  mkdirSync(ro)
  mountTmpfs(t, ro, '1m')
  run('mount', '-o', 'remount,ro', ro)
  const file = join(directory, 'faccina.yaml')
  await storageFails(t, file, ro, /card is read-only/)
})

t.test('the storage is full', rootOnly, async (t) => {
  const directory = await folder(t)
  const full = join(directory, 'full')
  mkdirSync(full)
  mountTmpfs(t, full, '64k')
  try {
    writeFileSync(join(full, 'others'), Buffer.alloc(128 * 1024))
  } catch {
    // Full is what it was to become.
  }
  await storageFails(t, join(directory, 'faccina.yaml'), full, /Free some space/)
  t.same(readdirSync(full), ['others'], 'what was tried is removed')
})

async function storageFails(t: Test, file: string, directory: string, next: RegExp) {
  const terminal = { municipality: 'c_e506', office: 'anagrafe', counter: '3' }
  const browser = { listen: '127.0.0.1:0' }
  writeFileSync(file, JSON.stringify({ terminal, panel: 'browser', browser, storage: { directory } }))
  const { text } = await doctor('--json', '--settings', file)
  const { checks } = JSON.parse(text) as { checks: Finding[] }
  t.match(
    checks.find(({ name }) => name === 'storage'),
    { result: 'failed', next },
  )
}

t.test('the storage is not there yet, and is not made', async (t) => {
  const directory = join(t.testdir(), 'later')
  const { ok, of } = await look(t, { storage: { directory } })
  t.ok(ok)
  t.match(of('storage'), { result: 'warning', next: /systemctl start faccina/ })
  t.notOk(readdirSync(t.testdirName).includes('later'))
})

t.test('nobody has set the clock', async (t) => {
  const { of } = await look(t, { clock: { source: 'auto' } })
  const clock = of('clock')
  // A computer that keeps the time, as some are on which this runs, is well.
  if (clock?.result === 'good') return t.match(clock.found, /synchronised/)
  t.match(clock, { found: /not synchronised/, next: /time server|time service/ })
})

t.test('the device of the panel is not there', async (t) => {
  const profile = join(t.testdir(), 'mine.yaml')
  const keys =
    'keys: {driver: linux, device: /dev/input/by-path/nothing-event, codes: {satisfied: BTN_0, neutral: BTN_1, dissatisfied: BTN_2}}'
  writeFileSync(profile, `title: Mine\n${keys}\nlights: {driver: none}\ndisplay: {driver: none}\n`)
  const directory = join(t.testdirName, 'store')
  const file = join(t.testdirName, 'faccina.yaml')
  mkdirSync(directory)
  const terminal = { municipality: 'c_e506', office: 'anagrafe', counter: '3' }
  writeFileSync(file, JSON.stringify({ terminal, panel: profile, storage: { directory } }))
  const { code, text } = await doctor('--settings', file)
  t.equal(code, 1)
  t.match(
    text,
    /✗ panel {9}"[^"]+mine\.yaml"\n\s+keys: .*nothing-event is not there[^\n]*\n\s+→ Look at its plug and cable\./,
  )
})

t.test('beside a terminal that runs', async (t) => {
  const directory = t.testdir()
  await using terminal = await TerminalChild.start({ directory })
  await terminal.vote('satisfied')
  const { code, text } = await doctor('--settings', join(directory, 'faccina.yaml'))
  t.equal(code, 0, text)
  const held = `process ${terminal.process.pid}`
  t.match(text, new RegExp(`✓ journal {7}held by the terminal that runs \\(${held}\\)`))
  t.match(
    text,
    new RegExp(`– panel {9}the terminal that runs \\(${held}\\) has it\n\\s+→ .*systemctl stop faccina`),
  )
  await terminal.vote('neutral')
})
