import {
  type Acknowledgement,
  type Connection,
  type Incoming,
  type Message,
  type Uplink,
  UplinkError,
} from '../../src/ports/uplink.ts'

/** A message that the broker has taken and not yet acknowledged. */
export interface Waiting {
  message: Message
  acknowledge(): void
  refuse(): void
}

/** An uplink with its broker, in memory. A test says what the broker does, and cuts the line. */
export class FakeUplink implements Uplink {
  protocol: Connection['protocol'] = '5'
  /** Whether the broker acknowledges by itself; else a test does, in `waiting`. */
  automatic = true
  /** When set, there is no broker: every attempt to connect rejects with it. */
  away: UplinkError | undefined
  /** When set, an attempt to connect waits for it. */
  opening: Promise<void> | undefined
  /** Whether the broker's access rules deny a topic. */
  denies: (topic: string) => boolean = () => false
  /** Everything that reached the broker, in order, duplicates and all. */
  readonly messages: Message[] = []
  readonly retained = new Map<string, Message>()
  waiting: Waiting[] = []
  /** How many attempts there were, and how many connections came of them. */
  attempts = 0
  connected = 0
  /** How many connections ended with a goodbye. */
  goodbyes = 0
  readonly #connections = new Set<FakeConnection>()
  readonly #watchers = new Set<{ filter: string; receive: Receive }>()
  /** Whether it gives what it retains only to whoever names the whole topic. */
  retainedByName = false
  /** Whether subscribers hear of a message only after the acknowledgement, as over a network. */
  heardLater = false
  /** Told of what a receiver wants waited for. */
  onAnswer: ((answer: Promise<void>) => void) | undefined

  async connect(will: Message | undefined, signal: AbortSignal): Promise<Connection> {
    this.attempts++
    const given = new UplinkError('lost', 'given up')
    if (signal.aborted) throw given
    if (this.opening) await Promise.race([this.opening, rejectsOn(signal, given)])
    if (this.away) throw this.away
    this.connected++
    const connection = new FakeConnection(this, will)
    this.#connections.add(connection)
    return connection
  }

  /** The payloads that came on a topic, or on all that end like it. */
  payloads(ending: string): string[] {
    return this.messages.filter(({ topic }) => topic.endsWith(ending)).map(({ payload }) => payload)
  }

  /** The same, parsed. */
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it sent
  json(ending: string): any[] {
    return this.payloads(ending).map((payload) => JSON.parse(payload))
  }

  /** Whether a connection stands. */
  get online(): boolean {
    return this.#connections.size > 0
  }

  /** Cuts every connection: nothing more comes through, and the broker says the wills. */
  lose(problem = new UplinkError('lost', 'the connection to the broker was lost')): void {
    this.waiting = []
    for (const connection of [...this.#connections]) {
      this.forget(connection)
      if (connection.will) this.take(connection.will)
      connection.end(problem)
    }
  }

  /** Somebody else publishes. */
  deliver(message: Partial<Incoming> & { topic: string }): void {
    const incoming: Incoming = { payload: new Uint8Array(), retained: false, ...message }
    if (incoming.retained) {
      const payload = new TextDecoder().decode(incoming.payload)
      this.retained.set(incoming.topic, { topic: incoming.topic, payload, retain: true })
    }
    this.#spread({ ...incoming, retained: false })
  }

  /** Somebody else subscribes; whatever is retained comes first. */
  watch(filter: string, receive: Receive): Disposable {
    const watcher = { filter, receive }
    this.#watchers.add(watcher)
    for (const message of this.retained.values())
      if (this.retainedByName ? filter === message.topic : matches(filter, message.topic))
        receive(this.#incoming(message, true))
    return { [Symbol.dispose]: () => void this.#watchers.delete(watcher) }
  }

  /** For the connections: what the broker does with a message. Says whether anybody heard it. */
  take(message: Message): boolean {
    this.messages.push(message)
    if (message.retain && message.payload === '') this.retained.delete(message.topic)
    else if (message.retain) this.retained.set(message.topic, message)
    const incoming = this.#incoming(message, false)
    if (this.heardLater) {
      setImmediate(() => this.#spread(incoming))
      return true
    }
    return this.#spread(incoming) || this.protocol === '3.1.1'
  }

  /** For the connections: this one has gone. */
  forget(connection: FakeConnection): void {
    this.#connections.delete(connection)
  }

  #incoming({ topic, payload, correlationData, properties }: Message, retained: boolean): Incoming {
    return {
      topic,
      payload: new TextEncoder().encode(payload),
      retained,
      ...(correlationData && { correlationData }),
      ...(properties && this.protocol === '5' && { properties }),
    }
  }

  #spread(incoming: Incoming): boolean {
    const watchers = [...this.#watchers].filter(({ filter }) => matches(filter, incoming.topic))
    for (const { receive } of watchers) {
      const answer = receive(incoming)
      if (answer) this.onAnswer?.(answer)
    }
    return watchers.length > 0
  }
}

type Receive = (message: Incoming) => void | Promise<void>

class FakeConnection implements Connection {
  readonly protocol: Connection['protocol']
  readonly closed: Promise<UplinkError | undefined>
  readonly will: Message | undefined
  readonly #uplink: FakeUplink
  readonly #subscriptions: Disposable[] = []
  readonly #pending = new Set<(error: UplinkError) => void>()
  #close!: (problem: UplinkError | undefined) => void
  #over: UplinkError | undefined

  constructor(uplink: FakeUplink, will: Message | undefined) {
    this.#uplink = uplink
    this.will = will
    this.protocol = uplink.protocol
    this.closed = new Promise((resolve) => {
      this.#close = resolve
    })
  }

  publish(message: Message): Promise<Acknowledgement> {
    return new Promise((resolve, reject) => {
      if (this.#over) return reject(this.#over)
      const refused = new UplinkError('refused', `the broker refused ${message.topic}`)
      if (this.#uplink.denies(message.topic)) return reject(refused)
      const heard = this.#uplink.take(message)
      if (this.#uplink.automatic) return resolve({ heard })
      const end = (settle: () => void) => {
        this.#pending.delete(reject)
        this.#uplink.waiting = this.#uplink.waiting.filter((entry) => entry !== waiting)
        settle()
      }
      const waiting: Waiting = {
        message,
        acknowledge: () => end(() => resolve({ heard })),
        refuse: () => end(() => reject(refused)),
      }
      this.#pending.add(reject)
      this.#uplink.waiting.push(waiting)
    })
  }

  async subscribe(filter: string, receive: Receive): Promise<AsyncDisposable> {
    if (this.#over) throw this.#over
    if (this.#uplink.denies(filter)) throw new UplinkError('refused', `the broker refused ${filter}`)
    const subscription = this.#uplink.watch(filter, receive)
    this.#subscriptions.push(subscription)
    return { [Symbol.asyncDispose]: async () => subscription[Symbol.dispose]() }
  }

  end(problem: UplinkError | undefined): void {
    this.#over ??= problem ?? new UplinkError('lost', 'the connection is closed')
    for (const subscription of this.#subscriptions) subscription[Symbol.dispose]()
    for (const reject of this.#pending) reject(this.#over)
    this.#pending.clear()
    this.#close(problem)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#over) return
    this.#uplink.goodbyes++
    this.#uplink.forget(this)
    this.end(undefined)
  }
}

function matches(filter: string, topic: string): boolean {
  const pattern = filter
    .replace(/^\$share\/[^/]+\//, '')
    .replaceAll('+', '[^/]+')
    .replace(/#$/, '.*')
  return new RegExp(`^${pattern}$`).test(topic)
}

function rejectsOn(signal: AbortSignal, error: UplinkError): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(error)))
}
