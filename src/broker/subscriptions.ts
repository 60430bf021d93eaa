import type { IPublishPacket, MqttClient } from 'mqtt'
import { type Incoming, UplinkError } from '../ports/uplink.ts'

interface Subscription {
  filter: string
  receive: (message: Incoming) => void
}

/** What one client has subscribed to. Several may share a filter: the broker is told of the first and of the last. */
export class Subscriptions {
  readonly #client: MqttClient
  readonly #all = new Set<Subscription>()

  constructor(client: MqttClient) {
    this.#client = client
    client.on('message', (topic, payload, packet) => {
      const incoming = incomingOf(topic, payload, packet)
      for (const { filter, receive } of [...this.#all]) if (matches(filter, topic)) receive(incoming)
    })
  }

  async add(filter: string, receive: (message: Incoming) => void): Promise<AsyncDisposable> {
    const subscription = { filter, receive }
    this.#all.add(subscription)
    try {
      await this.#client.subscribeAsync(filter, { qos: 1 })
    } catch (error) {
      this.#all.delete(subscription)
      const { packet, message } = error as Error & { packet?: { granted: number[] } }
      throw refusal(Object.assign(new Error(message, { cause: error }), { code: packet?.granted[0] }), filter)
    }
    return { [Symbol.asyncDispose]: () => this.#remove(subscription) }
  }

  /** Nothing more is received from now on, whether the broker has been told yet or not. */
  async #remove(subscription: Subscription): Promise<void> {
    const { filter } = subscription
    if (!this.#all.delete(subscription)) return
    if ([...this.#all].some((other) => other.filter === filter)) return
    // Where the connection has gone the subscription has, too.
    if (this.#client.connected) await this.#client.unsubscribeAsync(filter).catch(() => {})
  }
}

function incomingOf(
  topic: string,
  payload: Uint8Array,
  { retain, properties }: Pick<IPublishPacket, 'retain' | 'properties'>,
): Incoming {
  const { responseTopic, correlationData, userProperties } = properties ?? {}
  return {
    topic,
    payload,
    retained: retain,
    ...(responseTopic !== undefined && { responseTopic }),
    ...(correlationData && { correlationData }),
    ...(userProperties && { properties: single(userProperties) }),
  }
}

/** A name may come more than once; the last one counts. */
function single(properties: Record<string, string | string[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [name, [value].flat().at(-1) ?? '']),
  )
}

export function refusal(error: Error, topic: string): UplinkError {
  const { code } = error as { code?: number }
  if (code === undefined || code < 128) return new UplinkError('lost', error.message, { cause: error })
  return new UplinkError(
    'refused',
    `the broker refused ${topic}: ${error.message} (${code}); see its access rules`,
    { cause: error },
  )
}

/** A filter with `+` for one level. */
function matches(filter: string, topic: string): boolean {
  const levels = topic.split('/')
  const wanted = filter.split('/')
  return wanted.length === levels.length && wanted.every((level, i) => level === '+' || level === levels[i])
}
