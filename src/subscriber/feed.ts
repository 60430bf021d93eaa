import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import { type Connection, type Incoming, type Uplink, UplinkError } from '../ports/uplink.ts'
import { Session } from '../terminal/session.ts'
import type { Item, Rejected } from './item.ts'
import { filterOf, type Kind, readMessage } from './messages.ts'

export interface FeedOptions {
  uplink: Uplink
  topicRoot: string
  /** The terminals, as three levels of a topic filter: `+/+/+` is all, `c_e506/anagrafe/+` an office. */
  where?: string
  kinds: readonly Kind[]
  /** Of several that share this name each event reaches one only; what is retained reaches all. */
  share?: string
  /** What came. The broker is answered, and the next read, once what it returns has resolved. */
  receive: (item: Item | Rejected) => void | Promise<void>
  /** Further work on each connection, beside the reading. */
  work?: (connection: Connection, signal: AbortSignal) => Promise<void>
  /** The connection began, or ended. */
  onLink?: (online: boolean) => void
  clock: Clock
  log: Log
  /** From 0 to below 1. */
  random: () => number
}

type Receive = (message: Incoming) => void | Promise<void>

/** Of these a shared subscription brings each message to one of those who share. */
const events: readonly Kind[] = ['vote', 'gap', 'summary', 'served']

/** Reads what terminals say, over any number of connections, one after the other, until it is told to stop. */
export class Feed {
  readonly #options: FeedOptions

  constructor(options: FeedOptions) {
    this.#options = options
  }

  async run(signal: AbortSignal): Promise<void> {
    const { uplink, clock, log, random } = this.#options
    const work = (connection: Connection, signal: AbortSignal) => this.#read(connection, signal)
    await new Session({ uplink, clock, log, random, work }).run(signal)
  }

  async #read(connection: Connection, signal: AbortSignal): Promise<void> {
    const { kinds, work, onLink } = this.#options
    const over = new Promise<void>((resolve) => {
      if (signal.aborted) resolve()
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
    // At one go: what an earlier connection left behind in a session comes as soon as the first is there.
    const single = new SingleTopics(connection, this.#options)
    const receive = (message: Incoming) => {
      single.heard(message)
      return this.#receive(message)
    }
    const subscribed = Promise.all(kinds.map((kind) => this.#subscribe(connection, kind, receive)))
    const working = work?.(connection, signal)
    working?.catch(() => {})
    await Promise.race([subscribed, over])
    onLink?.(true)
    try {
      await Promise.race([Promise.all([working, over]), over])
    } finally {
      onLink?.(false)
    }
    await working
  }

  async #subscribe(connection: Connection, kind: Kind, receive: Receive): Promise<void> {
    const { topicRoot, where, share, log } = this.#options
    const filter = filterOf(topicRoot, kind, where)
    if (share === undefined || !events.includes(kind))
      return void (await connection.subscribe(filter, receive))
    if (connection.protocol === '5') {
      try {
        return void (await connection.subscribe(`$share/${share}/${filter}`, receive))
      } catch (error) {
        if (!(error instanceof UplinkError && error.kind === 'refused')) throw error
      }
    }
    log.warn('not shared', {
      why: 'this broker knows no shared subscriptions: each collector receives everything, and stores it once',
      filter,
    })
    await connection.subscribe(filter, receive)
  }

  #receive(message: Incoming): void | Promise<void> {
    const item = readMessage(this.#options.topicRoot, message)
    return item && this.#options.receive(item)
  }
}

/**
 * Some brokers give what they retain only to whoever names the whole topic (RabbitMQ). Where an event comes
 * from a terminal and nothing retained has come from anybody, its retained topics are subscribed to by name.
 */
class SingleTopics {
  readonly #connection: Connection
  readonly #options: Pick<FeedOptions, 'topicRoot' | 'kinds' | 'receive' | 'log'>
  readonly #known = new Set<string>()
  #isNeeded: boolean

  constructor(connection: Connection, options: FeedOptions) {
    this.#connection = connection
    this.#options = options
    // Whoever speaks MQTT 5 can do it.
    this.#isNeeded = connection.protocol === '3.1.1'
  }

  heard({ topic, retained }: Incoming): void {
    if (!this.#isNeeded) return
    if (retained) {
      this.#isNeeded = false
      return
    }
    const { topicRoot } = this.#options
    const [kind, where] = [
      topic.slice(topic.lastIndexOf('/') + 1),
      topic.slice(topicRoot.length + 1, topic.lastIndexOf('/')),
    ]
    if (!(events as readonly string[]).includes(kind) || this.#known.has(where) || !aTerminal.test(where))
      return
    this.#known.add(where)
    void this.#subscribe(where)
  }

  async #subscribe(where: string): Promise<void> {
    const { kinds, topicRoot, receive, log } = this.#options
    const take = (message: Incoming) => {
      const item = message.retained ? readMessage(topicRoot, message) : undefined
      return item && receive(item)
    }
    const retained = kinds.filter((kind) => !events.includes(kind))
    try {
      await Promise.all(
        retained.map((kind) => this.#connection.subscribe(filterOf(topicRoot, kind, where), take)),
      )
    } catch (problem) {
      log.debug('not subscribed by name', { where, problem })
    }
  }
}

const aTerminal = /^[a-z0-9_-]{1,64}(\/[a-z0-9_-]{1,64}){2}$/
