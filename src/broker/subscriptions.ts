import type { IPublishPacket, MqttClient } from 'mqtt'
import { type Incoming, UplinkError } from '../ports/uplink.ts'

type Receive = (message: Incoming) => void | Promise<void>

interface Subscription {
  filter: string
  /** The filter's levels, without the share. */
  levels: string[]
  receive: Receive
}

/** What one client has subscribed to. Several may share a filter: the broker is told of the first and of the last. */
export class Subscriptions {
  readonly #client: MqttClient
  readonly #all = new Set<Subscription>()
  /** A session may bring messages before we have said who receives them: they wait for the first of us. */
  #begin: (() => void) | undefined
  readonly #begun: Promise<void>
  #waiting: boolean

  /** @param resumed whether the broker kept a session of an earlier connection */
  constructor(client: MqttClient, resumed: boolean) {
    this.#client = client
    this.#waiting = resumed
    this.#begun = new Promise((resolve) => {
      this.#begin = resolve
    })
    // MQTT.js acknowledges, and reads on, when this calls back.
    client.handleMessage = (packet, callback) => {
      if (this.#waiting) this.#begun.then(() => this.#receive(packet, callback))
      else this.#receive(packet, callback)
    }
  }

  #receive(packet: IPublishPacket, callback: (error?: Error) => void): void {
    const incoming = incomingOf(packet)
    const topic = packet.topic.split('/')
    const takings: Promise<void>[] = []
    for (const { levels, receive } of [...this.#all]) {
      const taking = matches(levels, topic) ? receive(incoming) : undefined
      if (taking) takings.push(taking)
    }
    if (takings.length === 0) callback()
    else
      Promise.all(takings).then(
        () => callback(),
        (error: Error) => callback(error),
      )
  }

  async add(filter: string, receive: Receive): Promise<AsyncDisposable> {
    const subscription = { filter, levels: levelsOf(filter), receive }
    this.#all.add(subscription)
    // What is subscribed to at one go is all there before the first message comes.
    queueMicrotask(() => {
      this.#waiting = false
      this.#begin?.()
    })
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

function incomingOf({ topic, payload, retain, properties }: IPublishPacket): Incoming {
  const { responseTopic, correlationData, userProperties } = properties ?? {}
  return {
    topic,
    payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
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

/** `$share/GROUP/` stands in front where several share the messages. */
function levelsOf(filter: string): string[] {
  return filter.replace(/^\$share\/[^/]+\//, '').split('/')
}

/** `+` stands for one level. */
function matches(wanted: string[], topic: string[]): boolean {
  return wanted.length === topic.length && wanted.every((level, i) => level === '+' || level === topic[i])
}
