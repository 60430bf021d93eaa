import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'

/** What a subscriber needs to see of an event. */
interface Seen {
  id: string
  sequence: number
  text: string
}

const base = 'faccina/1/c_e506/anagrafe/3'

/**
 * A collector of a hundred lines: plain MQTT.js, MQTT 5 or 3.1.1 as the broker has it, a session that the
 * broker keeps, votes by id in memory, and `committed` as far as all are there.
 */
export class PlainSubscriber implements AsyncDisposable {
  /** The votes, each id once, in the order in which they came. */
  readonly votes: Seen[] = []
  duplicates = 0
  /** Ids that came with two contents. */
  readonly faults: string[] = []
  protocol: 4 | 5 = 5
  readonly #url: string
  readonly #ids = new Map<string, string>()
  readonly #changed = new Set<() => void>()
  #client: MqttClient | undefined
  #ended = false

  private constructor(url: string) {
    this.#url = url
  }

  static async open(url: string): Promise<PlainSubscriber> {
    const subscriber = new PlainSubscriber(url)
    await subscriber.#comeBack()
    return subscriber
  }

  /** Resolves once it has subscribed, however often that has to be tried. */
  async #comeBack(): Promise<void> {
    while (!this.#ended) {
      if (await this.#attempt()) return
      // What does not speak MQTT 5 says so, or hangs up: the same as no broker, so each is tried in turn.
      if (this.#client === undefined && this.votes.length === 0) this.protocol = this.protocol === 5 ? 4 : 5
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  async #attempt(): Promise<boolean> {
    const options: IClientOptions = {
      protocolVersion: this.protocol,
      clientId: 'plain',
      clean: false,
      reconnectPeriod: 0,
      manualConnect: true,
      ...(this.protocol === 5 && { properties: { sessionExpiryInterval: 3600 } }),
    }
    const client = mqtt.connect(this.#url, options)
    client.on('error', () => {})
    client.on('message', (_, payload) => this.#take(client, payload.toString()))
    client.connect()
    const connected = await new Promise<boolean>((resolve) => {
      client.once('connect', () => resolve(true)).once('close', () => resolve(false))
    })
    if (!connected) {
      client.end(true)
      return false
    }
    this.#client = client
    try {
      await client.subscribeAsync('faccina/1/+/+/+/vote', { qos: 1 })
    } catch {
      return false
    }
    return true
  }

  /** Call after the broker was away; resolves once it has subscribed again. */
  async again(): Promise<void> {
    await this.#client?.endAsync(true)
    await this.#comeBack()
  }

  #take(client: MqttClient, text: string): void {
    const { id, data } = JSON.parse(text) as { id: string; data: { epoch: string; sequence: number } }
    const before = this.#ids.get(id)
    if (before !== undefined) {
      this.duplicates++
      if (before !== text) this.faults.push(id)
    } else {
      this.#ids.set(id, text)
      this.votes.push({ id, sequence: data.sequence, text })
    }
    const all = new Set(this.votes.map(({ sequence }) => sequence))
    let complete = 0
    while (all.has(complete + 1)) complete++
    const committed = JSON.stringify({ epoch: data.epoch, sequence: complete })
    client.publish(`${base}/committed`, committed, { qos: 1, retain: true }, () => {})
    for (const look of [...this.#changed]) look()
  }

  until(condition: () => boolean, ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer)
        this.#changed.delete(look)
        settle()
      }
      const look = () => condition() && finish(resolve)
      const late = () => new Error(`not within ${ms} ms: ${condition}; ${this.votes.length} votes`)
      const timer = setTimeout(() => finish(() => reject(late())), ms)
      this.#changed.add(look)
      look()
    })
  }

  /** What the broker retains on a topic of the terminal, once it satisfies; asks anew until it does. */
  async retained(kind: string, wanted: (message: Record<string, unknown>) => boolean, ms: number) {
    const end = performance.now() + ms
    let last: unknown
    while (performance.now() < end) {
      const client = await mqtt.connectAsync(this.#url, {
        protocolVersion: this.protocol,
        reconnectPeriod: 0,
      })
      const found = new Promise<Record<string, unknown> | undefined>((resolve) => {
        client.once('message', (_, payload) => resolve(JSON.parse(payload.toString())))
        setTimeout(() => resolve(undefined), 500)
      })
      await client.subscribeAsync(`${base}/${kind}`, { qos: 1 })
      const message = await found
      await client.endAsync(true)
      if (message && wanted(message)) return message
      last = message
    }
    throw new Error(`${kind} is ${JSON.stringify(last)}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true
    await this.#client?.endAsync(true)
  }
}
