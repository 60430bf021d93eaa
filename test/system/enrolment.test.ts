import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { IClientOptions, MqttClient } from 'mqtt'
import t from 'tap'
import { access } from '../../src/contract/access.ts'
import { topicsOf } from '../../src/contract/topics.ts'
import { plainly } from '../plainly.ts'
import { Arrivals } from './arrivals.ts'
import { Municipality } from './certificate-recipe.ts'
import { folder } from './folder.ts'
import { type Received, Subscriber } from './subscriber.ts'
import { program, TerminalChild } from './terminal-child.ts'

/**
 * A municipality as hardware/image/certificates.md has it, with Debian's mosquitto and openssl: two terminals are
 * enrolled, a certificate is stolen and revoked, another one is renewed with no hand at the terminal.
 */

const root = 'faccina/1'
const [a, b] = ['c_e506/anagrafe/3', 'c_e506/anagrafe/4'] as const
const fileOf = (name: string) => `${name.replaceAll('/', '-')}.pem`

interface Counter {
  name: string
  directory: string
  more: Record<string, unknown>
}

async function counterOf(t: Parameters<typeof folder>[0], name: string, municipality: Municipality) {
  const [code = '', office = '', counter = ''] = name.split('/')
  const broker = { url: municipality.url, ca: municipality.ca }
  const more = { terminal: { municipality: code, office, counter }, broker, health: { periodSeconds: 10 } }
  return { name, directory: await folder(t), more } satisfies Counter
}

/** `faccina certificate …` at a counter; rejects with what it said. */
function certificate({ directory, more }: Counter, ...args: string[]): string {
  const settings = join(directory, 'settings.yaml')
  const own = { ...more, storage: { directory: join(directory, 'store') }, clock: { source: 'system' } }
  writeFileSync(settings, JSON.stringify(own))
  const words = [program, 'certificate', ...args, '--settings', settings]
  return execFileSync(...plainly(process.execPath, words), {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** As the recipe signs all requests that are there; with so many days where it is said. */
function enrol(counter: Counter, municipality: Municipality, days?: number): void {
  const requests = join(municipality.authority, 'requests/terminals')
  execFileSync('bash', ['-c', `rm -f ${requests}/*`])
  certificate(counter, 'request', '--output', join(requests, fileOf(counter.name)))
  municipality.follow('sign', '.', (lines) =>
    days === undefined ? lines : lines.replace('-batch', `-batch -days ${days}`),
  )
  certificate(counter, 'import', join(municipality.authority, 'signed', fileOf(counter.name)))
}

const identityFile = ({ directory }: Counter, name: string) => join(directory, 'store/identity', name)

/** What the thief has: the files of a terminal's card. */
function stolen(counter: Counter, municipality: Municipality): IClientOptions {
  return {
    ca: readFileSync(municipality.ca),
    cert: readFileSync(identityFile(counter, 'certificate.pem')),
    key: readFileSync(identityFile(counter, 'key.pem')),
  }
}

/** Every topic that a counter has, and some that nobody has. */
function topicsAt(name: string): string[] {
  const topics = topicsOf(root, name)
  const last: Record<string, string[]> = {
    alert: ['silent'],
    commands: ['identify', 'health', 'certificate'],
    reply: ['replay', 'certificate'],
  }
  const all = Object.entries(access).flatMap(([kind, { topic }]) =>
    (last[kind] ?? ['']).map((level) => topic(topics).replace('+', level)),
  )
  return [...all, `${root}/${name}`, `${root}/${name}/other`, `${root}/${name}/vote/more`]
}

function mayWrite(topic: string): boolean {
  const topics = topicsOf(root, a)
  return Object.values(access).some(({ topic: of, write }) => {
    const pattern = new RegExp(`^${of(topics).replaceAll('+', '[^/]+')}$`)
    return write.includes('terminal') && pattern.test(topic)
  })
}

/** What a publisher gets for it: nothing, or a refusal where MQTT has words for it. */
const tries = (client: MqttClient, topic: string, retain: boolean, payload: string) =>
  client.publishAsync(topic, payload, { qos: 1, retain }).then(
    () => {},
    () => {},
  )

/** Broken off, so that the broker says the will. */
async function diesWithWill(connect: () => Promise<MqttClient>): Promise<void> {
  const client = await connect().catch(() => undefined)
  if (!client) return
  const closed = new Promise<void>((resolve) => void client.once('close', () => resolve()))
  client.stream.destroy()
  await closed
}

/** Everything that a thief can think of, over one version of MQTT; each message carries a mark. */
async function attack(municipality: Municipality, loot: IClientOptions, version: 4 | 5, mark: string) {
  const others = [b, 'c_e506/tributi/3', 'c_h501/anagrafe/3', 'terminal', 'collector']
  const targets = [
    ...[a, ...others].flatMap(topicsAt),
    `${root}/${a}/../4/vote`,
    'faccina/2/x/y/1/vote',
    'vote',
  ]
  const options = { ...loot, protocolVersion: version, clientId: `thief-${version}` } as const
  const thief = await municipality.connect(options)
  const heard: string[] = []
  thief.on('message', (topic) => void heard.push(topic))
  const filters = [
    '#',
    '+/+/+/+/+/+',
    `${root}/#`,
    `${root}/${b}/#`,
    `${root}/${b}/vote`,
    `$share/g/${root}/#`,
  ]
  for (const filter of [...filters, `$share/g/${root}/${b}/vote`, '$SYS/#', `${root}/${a}/committed`])
    await thief.subscribeAsync(filter, { qos: 1 }).catch(() => {})
  for (const topic of targets)
    for (const retain of [true, false]) await tries(thief, topic, retain, JSON.stringify({ mark, topic }))
  for (const topic of targets) {
    const will = {
      topic,
      payload: Buffer.from(JSON.stringify({ mark, topic, will: true })),
      qos: 1,
      retain: true,
    } as const
    await diesWithWill(() => municipality.connect({ ...options, clientId: `will-${version}`, will }))
  }
  return { thief, heard, tried: targets.length * 3 }
}

t.test('a municipality', { timeout: 500_000 }, async (t) => {
  await using municipality = await Municipality.open()
  const [first, second] = [await counterOf(t, a, municipality), await counterOf(t, b, municipality)]
  const eyes = {
    ...municipality.who('eye'),
    host: '127.0.0.1',
    protocol: 'mqtts',
    port: municipality.port,
  } as const
  const see = () =>
    Subscriber.open(municipality.port, {
      ...eyes,
      clientId: `eye-${Math.random()}`,
      clean: true,
      properties: {},
    })
  const outputs: string[] = []
  const received: Received[] = []
  /** Keys that there ever were: their lines stand nowhere. */
  const keys = new Set<string>()
  const rememberKeys = () => {
    for (const counter of [first, second])
      for (const name of readdirSync(join(counter.directory, 'store/identity')))
        if (name.includes('key'))
          keys.add(readFileSync(identityFile(counter, name), 'utf8').split('\n')[1] ?? '')
  }

  await t.test('two terminals are enrolled by the lines of the recipe', async (t) => {
    t.throws(() => certificate(first, 'show'), 'none yet')
    enrol(first, municipality)
    enrol(second, municipality, 20)
    t.match(certificate(first, 'show'), /subject +CN=c_e506\/anagrafe\/3, O=c_e506\n[\s\S]*39[67] days more/)
    const { certificate: shown, renewal } = JSON.parse(certificate(second, 'show', '--json'))
    t.match(shown, { subject: 'CN=c_e506/anagrafe/4, O=c_e506', daysLeft: 19 })
    t.equal(renewal, false)
    const doctor = [program, 'doctor', '--json', '--settings', join(second.directory, 'settings.yaml')]
    const { stdout } = spawnSync(...plainly(process.execPath, doctor), {
      encoding: 'utf8',
      timeout: 60_000,
    })
    const findings = JSON.stringify(JSON.parse(stdout))
    t.match(findings, /this terminal’s certificate is valid until [^"]* 19 days more/)
    t.match(findings, /MQTT 5, let in/)
    rememberKeys()
  })

  await using one = await TerminalChild.start(first)
  await using two = await TerminalChild.start(second)

  await t.test('their votes go over TLS, each by its certificate', async (t) => {
    await using eye = await see()
    await Promise.all([one.vote('satisfied'), two.vote('dissatisfied').catch(() => 0)])
    await eye.until(() => eye.of('3/vote').length === 1)
    t.match(eye.of('3/vote')[0], { source: `faccina://${a}` })
    received.push(...eye.received)
  })

  await t.test('health and topic say 30 days ahead that it ends, and ask for the next one', async (t) => {
    await using eye = await see()
    await eye.until(() => eye.of('4/health').length > 0 && eye.of('4/certificate').length > 0)
    t.match(eye.of('4/health')[0], { certificate: { state: 'expiring', daysLeft: 19 } })
    t.match(eye.of('4/certificate')[0], { state: 'expiring', request: /BEGIN CERTIFICATE REQUEST/ })
    t.match(eye.of('3/certificate')[0], { state: 'good', request: undefined })
    received.push(...eye.received)
    rememberKeys()
  })

  for (const version of [5, 4] as const)
    await t.test(`a stolen certificate writes and reads one counter only (MQTT ${version})`, async (t) => {
      await using eye = await see()
      const mark = `mark-${version}`
      const { thief, heard, tried } = await attack(municipality, stolen(first, municipality), version, mark)
      const last = `${root}/${a}/vote`
      await thief.publishAsync(last, JSON.stringify({ mark, topic: last, last: true }), { qos: 1 })
      const marked = () =>
        eye.received.flatMap(({ topic, payload }) => {
          const said = payload as { mark?: string; will?: true; last?: true }
          return said?.mark === mark ? [{ topic, ...said }] : []
        })
      await eye.until(() => marked().some(({ last }) => last))
      t.same(
        [...new Set(marked().map(({ topic }) => topic))].filter((topic) => !mayWrite(topic)),
        [],
        'nothing elsewhere',
      )
      const own = topicsAt(a).filter(mayWrite)
      for (const topic of own) {
        t.equal(marked().filter((said) => said.topic === topic && !said.will && !said.last).length, 2, topic)
        t.ok(
          marked().some((said) => said.topic === topic && said.will),
          `its will on ${topic}`,
        )
      }
      t.ok(tried > 200, `${tried} were tried`)
      // What others say meanwhile: a vote, retained reports, a collector's word for each.
      const collector = await municipality.connect({
        ...municipality.who('collector'),
        clientId: `collector-${version}`,
      })
      for (const name of [b, a])
        await collector.publishAsync(topicsOf(root, name).committed, '{}', { qos: 1 })
      await thief.subscribeAsync(`${root}/${a}/command/replay`, { qos: 1 }).catch(() => {})
      t.same(
        heard.filter((topic) => !topic.startsWith(`${root}/${a}/`)),
        [],
        'nothing of others is heard',
      )
      t.ok(heard.includes(topicsOf(root, a).committed), 'what is meant for it, is')
      await Promise.all([thief.endAsync(true), collector.endAsync(true)])
    })

  await t.test('a revoked certificate gets no connection, and the terminal says so', async (t) => {
    const from = one.output.length
    municipality.follow('revoke')
    await municipality.restartBroker()
    const [said] = await one.said(/not connected .*revoked.*/, 60_000, from)
    t.match(said, /this terminal’s certificate was revoked; ask the authority, and have a new one signed/)
    await t.rejects(
      municipality.connect({ ...stolen(first, municipality), clientId: 'thief' }),
      'nor the thief',
    )
    t.match(await one.vote('neutral'), Number, 'votes are thanked')
    outputs.push(one.output)
  })

  const renew = () => {
    try {
      return municipality.follow('renew', 'ca')
    } catch (error) {
      return `failed: ${(error as { stdout?: string }).stdout}${(error as { stderr?: string }).stderr}`
    }
  }

  await t.test('renewal with no hand at the terminal, and no vote lost', async (t) => {
    await using eye = await see()
    const arrivals = new Arrivals()
    const present = () => eye.of<{ state: string; request?: string }>('4/certificate').at(-1)
    await eye.until(() => present()?.request !== undefined, 60_000)
    const before = readFileSync(identityFile(second, 'key.pem'), 'utf8')
    const voting = (async () => {
      for (const face of ['satisfied', 'neutral', 'satisfied']) await two.vote(face)
    })()
    const said = renew()
    await voting
    t.match(said, /c_e506\/anagrafe\/4: renewed until 20\d\d-/)
    await eye.until(() => present()?.state === 'good', 60_000)
    t.notOk(present()?.request)
    t.not(readFileSync(identityFile(second, 'key.pem'), 'utf8'), before, 'a new key')
    t.same(readdirSync(join(second.directory, 'store/identity')).sort(), ['certificate.pem', 'key.pem'])
    await two.vote('neutral')
    await eye.until(() => {
      arrivals.see(eye)
      return arrivals.votes >= 4
    }, 60_000)
    t.equal(arrivals.lost, 0)
    t.match(two.output, /connecting anew, with the new certificate/)
    t.equal(renew(), '', 'there is nothing more to sign')
    received.push(...eye.received)
    rememberKeys()
  })

  await t.test('a certificate that the broker does not take changes nothing', async (t) => {
    const next = join(municipality.directory, 'next.pem')
    certificate(second, 'request', '--output', next)
    rememberKeys()
    const openssl = (...args: string[]) =>
      execFileSync('openssl', ['ca', '-config', 'openssl.cnf', '-batch', '-notext', ...args], {
        cwd: municipality.authority,
        stdio: 'pipe',
      })
    openssl('-in', next, '-out', 'signed/next.pem')
    // Revoked before it is sent.
    municipality.follow('revoke', '.', (lines) =>
      lines.replace('signed/c_e506-anagrafe-3.pem', 'signed/next.pem'),
    )
    await municipality.restartBroker()
    await two.said(/connected protocol/, 60_000, two.output.lastIndexOf('not connected'))
    await using eye = await see()
    const technician = await municipality.connect({
      ...municipality.who('technician'),
      clientId: 'technician',
    })
    const ask = async (pem: string) => {
      eye.take('certificate/reply')
      await technician.publishAsync(
        topicsOf(root, b).command('certificate'),
        JSON.stringify({ id: 'x', certificate: pem }),
        { qos: 1 },
      )
      await eye.until(() => eye.of('certificate/reply').length > 0, 60_000)
      return eye.of('certificate/reply')[0]
    }
    const before = readFileSync(identityFile(second, 'certificate.pem'), 'utf8')
    await eye.until(() => eye.of('4/health').length > 0, 60_000)
    const refused = await ask(readFileSync(join(municipality.authority, 'signed/next.pem'), 'utf8'))
    t.match(refused, {
      ok: false,
      problem: /the broker does not take it, so the one before stays: .*revoked/,
    })
    t.match(await ask(readFileSync(join(municipality.authority, 'technician.pem'), 'utf8')), {
      ok: false,
      problem: /for another key/,
    })
    t.match(await ask('hello'), { ok: false, problem: /no certificate in PEM/ })
    eye.take('4/health')
    await technician.publishAsync(topicsOf(root, b).command('health'), '{}', { qos: 1 })
    await eye.until(() => eye.of('4/health').length > 0)
    t.match(eye.of('4/health').at(-1), { certificate: { state: 'good', problem: /no certificate in PEM/ } })
    t.equal(readFileSync(identityFile(second, 'certificate.pem'), 'utf8'), before)
    await two.vote('satisfied')
    await eye.until(() => eye.of('4/vote').length > 0, 60_000)
    received.push(...eye.received)
    await technician.endAsync(true)
  })

  await t.test('no key stands in any log, message or health', async (t) => {
    outputs.push(one.output, two.output)
    t.ok(keys.size >= 4, `${keys.size} keys there were`)
    const all = `${outputs.join('\n')}${JSON.stringify(received)}`
    t.match(all, /DEBUG|debug|connected/, 'there is something to look through')
    for (const key of keys) t.notOk(all.includes(key))
    t.notMatch(all, /PRIVATE KEY/)
  })
})
