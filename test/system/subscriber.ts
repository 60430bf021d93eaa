import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'

export interface Received {
  topic: string
  retained: boolean
  payload: unknown
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** What of MQTT.js it wants otherwise, and the root of the topics. */
export type SubscriberOptions = IClientOptions & { root?: string }

/** A subscriber that knows nothing of ours but the topics. */
export class Subscriber implements AsyncDisposable {
  readonly received: Received[] = []
  /** Resolves when the connection has ended, and all that came before is received. */
  readonly closed: Promise<void>
  readonly #client: MqttClient
  readonly #listeners = new Set<() => void>()

  private constructor(client: MqttClient) {
    this.#client = client
    this.closed = new Promise((resolve) => void client.once('close', () => resolve()))
    client.on('message', (topic, payload, { retain }) => {
      this.received.push({ topic, retained: retain, payload: parsed(payload.toString()) })
      for (const listener of this.#listeners) listener()
    })
  }

  /** With the session that the broker keeps for it while either of them is away. */
  static async open(
    port: number,
    { root = 'faccina/1', ...more }: SubscriberOptions = {},
  ): Promise<Subscriber> {
    const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, {
      protocolVersion: 5,
      clientId: 'subscriber',
      clean: false,
      properties: { sessionExpiryInterval: 3600 },
      manualConnect: true,
      reconnectPeriod: 0,
      ...more,
    })
    // Listens before it connects: what waits for it comes at once.
    const subscriber = new Subscriber(client)
    client.connect()
    await new Promise<unknown>((resolve, reject) => client.once('connect', resolve).once('error', reject))
    await client.subscribeAsync(`${root}/#`, { qos: 1 })
    return subscriber
  }

  /** The payloads of one kind of topic, in the order in which they came. */
  of<T = Record<string, unknown>>(kind: string): T[] {
    return this.received.filter(({ topic }) => topic.endsWith(`/${kind}`)).map(({ payload }) => payload as T)
  }

  /** The same, and removes them: for those who count thousands. */
  take(...endings: string[]): Received[] {
    const taken: Received[] = []
    const left: Received[] = []
    for (const message of this.received.splice(0))
      (endings.some((ending) => message.topic.endsWith(ending)) ? taken : left).push(message)
    this.received.push(...left)
    return taken
  }

  until(condition: () => boolean, ms = 30_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!condition()) return
        clearTimeout(timer)
        this.#listeners.delete(look)
        resolve()
      }
      const timer = setTimeout(() => {
        this.#listeners.delete(look)
        reject(new Error(`not received within ${ms} ms; so far ${JSON.stringify(this.received.slice(-5))}`))
      }, ms)
      this.#listeners.add(look)
      look()
    })
  }

  async publish(topic: string, payload: string, retain = false): Promise<void> {
    await this.#client.publishAsync(topic, payload, { qos: 1, retain })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.endAsync(true)
  }
}
