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
    const subscribed = Promise.all(kinds.map((kind) => this.#subscribe(connection, kind)))
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

  async #subscribe(connection: Connection, kind: Kind): Promise<void> {
    const { topicRoot, where, share, log } = this.#options
    const filter = filterOf(topicRoot, kind, where)
    const receive = (message: Incoming) => this.#receive(message)
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
