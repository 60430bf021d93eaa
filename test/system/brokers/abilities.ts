import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import { until } from '../../fakes/until.ts'
import type { BrokerName, BrokerRig } from './rig.ts'

/**
 * What a subscriber can expect of a broker. Not among these, because it cannot be seen each time: on NATS what
 * comes of one subscription may overtake what comes of another, so that totals can be there before the votes
 * that they count.
 */
export interface Abilities {
  protocol: '5' | '3.1.1'
  /** How it answers who comes with MQTT 5: it takes it, says that it does not (code 1), or hangs up. */
  asked5: 'takes it' | 'says no' | 'hangs up'
  /** Several share a subscription (`$share`), and each message reaches one of them. */
  shared: boolean
  /** What is retained comes to who subscribes to exactly that topic, and to who subscribes with wildcards. */
  retained: boolean
  retainedForWildcards: boolean
  /** A retained message is forgotten in its time; properties go with a message. */
  expiry: boolean
  properties: boolean
  /** What comes while a subscriber is away is kept for it. */
  sessions: boolean
  /** The same, and what is retained, when the broker is killed meanwhile. */
  sessionsOutliveKill: boolean
  retainedOutlivesKill: boolean
  /** Topics with a dot arrive under the name they had. */
  dots: boolean
}

const none = { shared: false, expiry: false, properties: false }
const usual = { retained: true, retainedForWildcards: true, sessions: true, dots: true }

/** Debian 12's mosquitto 2.0.11, RabbitMQ 3.10.8 and NATS server 2.9.10; aedes 1. */
export const abilities: Readonly<Record<BrokerName, Abilities>> = {
  mosquitto: {
    ...{ protocol: '5', asked5: 'takes it', ...usual, shared: true, expiry: true, properties: true },
    ...{ sessionsOutliveKill: true, retainedOutlivesKill: true },
  },
  rabbitmq: {
    ...{ protocol: '3.1.1', asked5: 'hangs up', ...usual, ...none, retainedForWildcards: false },
    ...{ sessionsOutliveKill: true, retainedOutlivesKill: false, dots: false },
  },
  nats: {
    ...{ protocol: '3.1.1', asked5: 'says no', ...usual, ...none },
    ...{ sessionsOutliveKill: true, retainedOutlivesKill: true, dots: false },
  },
  aedes: {
    ...{ protocol: '3.1.1', asked5: 'says no', ...usual, ...none },
    ...{ sessionsOutliveKill: false, retainedOutlivesKill: false },
  },
}

/** Tries it all with plain MQTT.js. Kills the broker in the end, and starts it again. */
export async function findOut(rig: BrokerRig): Promise<Abilities> {
  const asked5 = await askFor5(rig.url)
  const version = asked5 === 'takes it' ? 5 : 4
  const enter = (options: IClientOptions = {}) =>
    Visitor.open(rig.url, { protocolVersion: version, ...options })
  return {
    protocol: version === 5 ? '5' : '3.1.1',
    asked5,
    shared: await shares(enter),
    ...(await retains(enter, version)),
    properties: await keepsProperties(enter, version),
    dots: await keepsDots(enter),
    ...(await remembers(rig, enter, version)),
  }
}

type Enter = (options?: IClientOptions) => Promise<Visitor>

/** A client that notes what it hears. */
class Visitor implements AsyncDisposable {
  readonly client: MqttClient
  readonly heard: { topic: string; payload: string; replay?: unknown }[] = []
  resumed = false

  private constructor(client: MqttClient) {
    this.client = client
    client.on('message', (topic, payload, { properties }) => {
      const { replay } = properties?.userProperties ?? {}
      this.heard.push({ topic, payload: payload.toString(), ...(replay !== undefined && { replay }) })
    })
    client.on('error', () => {})
  }

  static async open(url: string, options: IClientOptions): Promise<Visitor> {
    const client = mqtt.connect(url, { reconnectPeriod: 0, manualConnect: true, ...options })
    const visitor = new Visitor(client)
    client.connect()
    await new Promise<void>((resolve, reject) => {
      client.once('connect', ({ sessionPresent }) => {
        visitor.resumed = sessionPresent
        resolve()
      })
      client.once('close', () => reject(new Error('closed')))
    })
    return visitor
  }

  /** Whether a message came on a topic; by then something that was sent later has come. */
  async hears(topic: string): Promise<boolean> {
    const last = `last/${Math.random().toString(36).slice(2)}`
    await this.client.subscribeAsync(last, { qos: 1 })
    await this.client.publishAsync(last, 'last', { qos: 1 })
    await until(() => this.heard.some((message) => message.topic === last))
    return this.heard.some((message) => message.topic === topic)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.endAsync(true)
  }
}

async function askFor5(url: string): Promise<Abilities['asked5']> {
  const client = mqtt.connect(url, { protocolVersion: 5, reconnectPeriod: 0, manualConnect: true })
  let answer: Abilities['asked5'] = 'hangs up'
  client.on('error', () => {})
  client.on('packetreceive', (packet) => {
    if (packet.cmd === 'connack') answer = packet.reasonCode === 0 ? 'takes it' : 'says no'
  })
  client.connect()
  await new Promise<void>((resolve) => {
    client.once('connect', () => resolve()).once('close', () => resolve())
  })
  await client.endAsync(true)
  return answer
}

async function shares(enter: Enter): Promise<boolean> {
  await using one = await enter()
  await using other = await enter()
  for (const { client } of [one, other]) await client.subscribeAsync('$share/group/s/+/vote', { qos: 1 })
  for (let i = 0; i < 10; i++) await one.client.publishAsync('s/a/vote', `${i}`, { qos: 1 })
  const [a, b] = [await one.hears('s/a/vote'), await other.hears('s/a/vote')]
  const count = [one, other].flatMap(({ heard }) => heard.filter(({ topic }) => topic === 's/a/vote')).length
  return a && b && count === 10
}

async function retains(enter: Enter, version: 4 | 5) {
  await using writer = await enter()
  const properties = { messageExpiryInterval: 2 }
  const options = { qos: 1, retain: true, ...(version === 5 && { properties }) } as const
  await writer.client.publishAsync('r/lasting/totals', '1', { qos: 1, retain: true })
  await writer.client.publishAsync('r/passing/health', '1', options)
  const finds = async (filter: string, topic = filter) => {
    await using reader = await enter()
    await reader.client.subscribeAsync(filter, { qos: 1 })
    return await reader.hears(topic)
  }
  let expiry = false
  const wasThere = await finds('r/passing/health')
  // MQTT 3.1.1 has no word for it.
  for (let tries = 0; version === 5 && wasThere && tries < 5_000 && !expiry; tries++)
    expiry = !(await finds('r/passing/health'))
  return {
    retained: await finds('r/lasting/totals'),
    retainedForWildcards: await finds('r/+/totals', 'r/lasting/totals'),
    expiry,
  }
}

async function keepsProperties(enter: Enter, version: 4 | 5): Promise<boolean> {
  await using visitor = await enter()
  await visitor.client.subscribeAsync('p/a', { qos: 1 })
  const properties = { userProperties: { replay: 'true' } }
  await visitor.client.publishAsync('p/a', '{}', { qos: 1, ...(version === 5 && { properties }) })
  return (await visitor.hears('p/a')) && visitor.heard.some(({ replay }) => replay === 'true')
}

/** One hangs up at a dot, another makes a slash of it. */
async function keepsDots(enter: Enter): Promise<boolean> {
  await using visitor = await enter()
  const gone = new Promise<false>((resolve) => visitor.client.once('close', () => resolve(false)))
  const tried = visitor.client
    .subscribeAsync('d/a.b', { qos: 1 })
    .then(() => visitor.client.publishAsync('d/a.b', '{}', { qos: 1 }))
    .then(() => visitor.hears('d/a.b'))
    .catch(() => false)
  return await Promise.race([tried, gone])
}

async function remembers(rig: BrokerRig, enter: Enter, version: 4 | 5) {
  const session = {
    clean: false,
    clientId: 'remembered',
    ...(version === 5 && { properties: { sessionExpiryInterval: 3600 } }),
  }
  const away = async (payload: string, meanwhile: () => Promise<void>) => {
    {
      await using writer = await enter()
      await writer.client.publishAsync('k/a/vote', payload, { qos: 1 })
      await writer.client.publishAsync('k/a/totals', payload, { qos: 1, retain: true })
    }
    await meanwhile()
    await using back = await enter(session)
    await back.hears('k/a/vote')
    return back.resumed && back.heard.some((message) => message.payload === payload)
  }
  {
    await using first = await enter(session)
    await first.client.subscribeAsync('k/+/vote', { qos: 1 })
  }
  const sessions = await away('1', async () => {})
  const sessionsOutliveKill = await away('2', async () => {
    await rig.kill()
    await rig.start()
  })
  await using reader = await enter()
  await reader.client.subscribeAsync('k/a/totals', { qos: 1 })
  return { sessions, sessionsOutliveKill, retainedOutlivesKill: await reader.hears('k/a/totals') }
}
