import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import mqtt, { type MqttClient } from 'mqtt'
import t from 'tap'
import { access, type Role, roles } from '../../src/contract/access.ts'
import { topicsOf } from '../../src/contract/topics.ts'
import { freePort } from '../contracts/free-port.ts'
import { brokerFolder, runRecipe } from './brokers/rig.ts'
import { Authority } from './certificates.ts'
import { run } from './file-systems.ts'

/** The sample rules, as they are committed, on Debian's mosquitto: who can write and read what is what the table says. */

const root = 'faccina/1'
const [here, there] = ['c_e506/anagrafe/3', 'c_e506/anagrafe/4']
const samples = fileURLToPath(new URL('../../src/contract/access/', import.meta.url))

/** A certificate whose common name may hold slashes. */
async function identify(authority: Authority, commonName: string) {
  const file = (ending: string) => join(authority.directory, `${commonName.replaceAll('/', '~')}.${ending}`)
  const subject = `/CN=${commonName.replace(/[/+]/g, '\\$&')}`
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  run('openssl', 'req', ...newKey, '-keyout', file('key'), '-out', file('csr'), '-subj', subject)
  const ca = ['-CA', authority.ca, '-CAkey', join(authority.directory, 'ca.key'), '-CAcreateserial']
  run('openssl', 'x509', '-req', '-in', file('csr'), ...ca, '-out', file('pem'), '-days', '10')
  return { key: await readFile(file('key')), cert: await readFile(file('pem')) }
}

/** The sample with paths and port of the test; everything else is as it is committed. */
async function sampleBroker(authority: Authority) {
  const directory = await brokerFolder('access')
  const port = await freePort()
  const { certificate, key } = await authority.issue('broker', 'IP:127.0.0.1')
  const sample = await readFile(join(samples, 'mosquitto.conf'), 'utf8')
  const configuration = join(directory, 'mosquitto.conf')
  const own = sample
    .replace('listener 8883', `listener ${port} 127.0.0.1`)
    .replace('/etc/mosquitto/certs/broker.pem', certificate)
    .replace('/etc/mosquitto/certs/broker.key', key)
    .replace('/etc/mosquitto/certs/ca.pem', authority.ca)
    .replace('/etc/mosquitto/mosquitto.acl', join(samples, 'mosquitto.acl'))
    .replace('/var/lib/mosquitto/', `${directory}/`)
  await writeFile(configuration, `${process.getuid?.() === 0 ? 'user root\n' : ''}${own}`)
  const args = ['-c', configuration]
  return runRecipe({ name: 'mosquitto', port, directory, command: 'mosquitto', args, startMs: 10_000 })
}

/** Somebody at the broker, who wants to hear everything. */
interface Client {
  role: Role
  /** The three names of a terminal. */
  name?: string
  mqtt: MqttClient
  heard: Set<string>
}

const filters = ['#', '+/#', `${root}/+/+/+/#`, `${root}/${here}/#`, `${root}/${there}/+`, '$SYS/#']

async function enter(url: string, ca: Buffer, authority: Authority, role: Role, name?: string) {
  const identity = await identify(authority, name ?? role)
  const options = { ...identity, ca, protocolVersion: 5, reconnectPeriod: 0, clientId: name ?? role } as const
  const client: Client = {
    role,
    ...(name !== undefined && { name }),
    mqtt: await mqtt.connectAsync(url, options),
    heard: new Set(),
  }
  client.mqtt.on('message', (topic) => void client.heard.add(topic))
  // QoS 0: what was sent is in the stream in front of the answer to whatever is asked next.
  await client.mqtt.subscribeAsync([...filters, `$share/group/${root}/${here}/vote`], { qos: 0 })
  return client
}

/** Asks for something that is always granted: all that was sent before has come. */
async function settled(clients: Client[]): Promise<void> {
  for (const { mqtt } of clients) await mqtt.subscribeAsync('none', { qos: 0 })
}

/** Whether the broker took it. */
async function publishes({ mqtt }: Client, topic: string, retain = false): Promise<boolean> {
  try {
    await mqtt.publishAsync(topic, '{}', { qos: 1, retain })
    return true
  } catch (error) {
    if ((error as { code?: number }).code === 135) return false
    throw error
  }
}

/** Every topic of the contract at a counter, and what the table says of it. */
function topicsAt(name: string) {
  const topics = topicsOf(root, name)
  return Object.entries(access).map(([kind, { topic, write, read }]) => {
    const last: Record<string, string> = { alert: 'silent', commands: 'identify', reply: 'replay' }
    return { topic: topic(topics).replace('+', last[kind] ?? '+'), at: name, write, read }
  })
}

const nobodys = [
  `${root}/${here}`,
  `${root}/${here}/other`,
  `${root}/${here}/vote/more`,
  `${root}/${here}/alert`,
  `${root}/${here}/command`,
  `${root}/${here}/command/replay/other`,
  `${root}/terminal/vote`,
  `${root}/collector/vote`,
  `faccina/2/${here}/vote`,
  `${here}/vote`,
  'vote',
]

t.test('every role, topic and direction', async (t) => {
  await using authority = await Authority.open('Comune di Prova')
  const ca = await readFile(authority.ca)
  await using broker = await sampleBroker(authority)
  const url = `mqtts://127.0.0.1:${broker.port}`
  const clients: Client[] = []
  for (const name of [here, there]) clients.push(await enter(url, ca, authority, 'terminal', name))
  for (const role of roles.slice(1)) clients.push(await enter(url, ca, authority, role))
  t.teardown(() => Promise.all(clients.map(({ mqtt }) => mqtt.endAsync(true))))
  const may = ({ role, name }: Client, allowed: readonly Role[], at: string) =>
    allowed.includes(role) && (name === undefined || name === at)

  let tried = 0
  for (const { topic, at, write, read } of [...topicsAt(here), ...topicsAt(there)]) {
    for (const writer of clients) {
      for (const client of clients) client.heard.clear()
      const who = writer.name ?? writer.role
      const wanted = may(writer, write, at)
      t.equal(
        await publishes(writer, topic, true),
        wanted,
        `${who} ${wanted ? 'may' : 'may not'} write ${topic}`,
      )
      await settled(clients)
      for (const reader of clients) {
        const hears = wanted && may(reader, read, at)
        const whom = reader.name ?? reader.role
        t.equal(reader.heard.has(topic), hears, `${whom} ${hears ? 'hears' : 'does not hear'} it`)
        tried++
      }
    }
  }
  t.ok(tried >= 2 * Object.keys(access).length * 36, `${tried} were tried`)

  for (const client of clients) client.heard.clear()
  for (const topic of [...nobodys, '$SYS/broker/version', '$SYS/x'])
    for (const client of clients)
      t.equal(await publishes(client, topic), false, `${client.name ?? client.role} may not write ${topic}`)
  await settled(clients)
  for (const { name, role, heard } of clients) t.same([...heard], [], `${name ?? role} heard none of these`)

  // What is retained by now, whoever comes later hears if it may.
  for (const first of clients) {
    const { role, name } = first
    const late = await enter(url, ca, authority, role, name)
    await settled([late])
    const open = [...topicsAt(here), ...topicsAt(there)].filter(
      ({ at, read, write }) => write.length > 0 && may(first, read, at),
    )
    t.same([...late.heard].sort(), open.map(({ topic }) => topic).sort(), `retained, for ${name ?? role}`)
    await late.mqtt.endAsync(true)
  }
})

t.test('who shows no certificate, one of a stranger, or a name with wildcards', async (t) => {
  await using authority = await Authority.open('Comune di Prova')
  await using stranger = await Authority.open('Somebody else')
  const ca = await readFile(authority.ca)
  await using broker = await sampleBroker(authority)
  const url = `mqtts://127.0.0.1:${broker.port}`
  const options = { ca, protocolVersion: 5, reconnectPeriod: 0 } as const
  await t.rejects(mqtt.connectAsync(url, options), 'no certificate')
  await t.rejects(mqtt.connectAsync(url, { ...options, username: 'collector' }), 'a name alone')
  await t.rejects(
    mqtt.connectAsync(url, { ...options, ...(await identify(stranger, here)) }),
    'a certificate of another authority',
  )
  const terminal = await enter(url, ca, authority, 'terminal', here)
  for (const name of ['+/+/+', '#', 'c_e506/anagrafe/+']) {
    const odd = await enter(url, ca, authority, 'terminal', name)
    t.equal(await publishes(terminal, `${root}/${here}/totals`), true)
    await settled([odd])
    t.same([...odd.heard], [], `${name} reads nothing`)
    t.equal(await publishes(odd, `${root}/${here}/vote`), false, `${name} writes nothing`)
    await odd.mqtt.endAsync(true)
  }
  // The name is that of the certificate, whatever is said besides.
  const identity = await identify(authority, there)
  const liar = await mqtt.connectAsync(url, { ...options, ...identity, username: here, password: 'x' })
  const forged = await publishes({ role: 'terminal', mqtt: liar, heard: new Set() }, `${root}/${here}/vote`)
  t.equal(forged, false, 'a user name beside a certificate says nothing')
  await Promise.all([terminal.mqtt, liar].map((client) => client.endAsync(true)))
})
