import { type Clock, pause } from '../../ports/clock.ts'
import { type Connection, type Incoming, type Message, type Uplink, UplinkError } from '../../ports/uplink.ts'

export interface LaneOptions {
  uplink: Uplink
  /** At most so many messages are without their acknowledgement. */
  window: number
  will?: Message
  /** What is subscribed to on each connection. */
  filters: readonly string[]
  hear: (message: Incoming) => void
  clock: Clock
  /** From 0 to below 1. */
  random: () => number
}

interface Sent {
  message: Message
  done: boolean
}

const firstPauseMs = 500
const longestPauseMs = 30_000

/**
 * One connection after the other, and what is on its way. Messages leave in their order, and what was not
 * acknowledged when a connection ended goes out again on the next one, in the same order.
 */
export class Lane {
  readonly #options: LaneOptions
  #window: Sent[] = []
  /** What stands, or should stand, on each topic: a broker that was restarted has forgotten it. */
  readonly #retained = new Map<string, Message>()
  #connection: Connection | undefined
  #wakers: (() => void)[] = []
  #over = false
  #waiting = 0
  #turn: Promise<void> = Promise.resolve()
  /** How many a broker did not let us publish, and the latest of its reasons. */
  refused = 0
  refusal: UplinkError | undefined
  reconnects = 0

  constructor(options: LaneOptions) {
    this.#options = options
  }

  /**
   * Connects, and rejects when that was not possible in so many attempts; from then on it comes back by itself.
   * @returns what resolves when the signal has aborted and the connection is closed
   */
  async open(signal: AbortSignal, attempts: number): Promise<{ ended: Promise<void> }> {
    for (let failures = 1; ; failures++) {
      try {
        const first = await this.#connect(signal)
        return { ended: this.#stay(first, signal) }
      } catch (error) {
        if (failures === attempts || signal.aborted) throw error
        await this.#backOff(failures, signal)
      }
    }
  }

  /** Sends it now, or, where what it returns is awaited, as soon as there is room. */
  put(message: Message): Promise<void> | undefined {
    if (this.#waiting > 0 || this.#window.length >= this.#options.window) return this.#later(message)
    this.#add(message)
    return undefined
  }

  /** Resolves when everything is acknowledged. */
  async drained(): Promise<void> {
    while ((this.#window.length > 0 || this.#waiting > 0) && !this.#over) await this.#change()
  }

  /** Whoever came first goes first. */
  async #later(message: Message): Promise<void> {
    this.#waiting++
    const turn = this.#turn
    this.#turn = turn.then(async () => {
      while (this.#window.length >= this.#options.window && !this.#over) await this.#change()
      this.#waiting--
      this.#add(message)
    })
    await this.#turn
  }

  #add(message: Message): void {
    if (this.#over) return
    if (message.retain) this.#retained.set(message.topic, message)
    const sent = { message, done: false }
    this.#window.push(sent)
    if (this.#connection) this.#send(sent, this.#connection)
  }

  async #stay(first: Connection, signal: AbortSignal): Promise<void> {
    let connection: Connection | undefined = first
    const abandon = () => void connection?.[Symbol.asyncDispose]()
    signal.addEventListener('abort', abandon)
    if (signal.aborted) abandon()
    while (connection) {
      await connection.closed
      this.#connection = undefined
      connection = await this.#reconnect(signal)
    }
    signal.removeEventListener('abort', abandon)
    this.#over = true
    this.#wake()
  }

  async #reconnect(signal: AbortSignal): Promise<Connection | undefined> {
    for (let failures = 0; !signal.aborted; failures++) {
      await this.#backOff(failures, signal)
      const connection = await this.#connect(signal).catch(() => undefined)
      if (connection) this.reconnects++
      if (connection && !signal.aborted) return connection
      await connection?.[Symbol.asyncDispose]()
    }
    return undefined
  }

  #backOff(failures: number, signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#options
    const most = Math.min(longestPauseMs, firstPauseMs * 2 ** failures)
    return pause(clock, most * (0.2 + 0.8 * random()), signal)
  }

  async #connect(signal: AbortSignal): Promise<Connection> {
    const { uplink, will, filters, hear } = this.#options
    const connection = await uplink.connect(will, signal)
    try {
      await Promise.all(filters.map((filter) => connection.subscribe(filter, hear)))
    } catch (error) {
      await connection[Symbol.asyncDispose]()
      throw error
    }
    this.#connection = connection
    // A terminal introduces itself on each connection; whatever is refused is counted where it was first sent.
    for (const message of this.#retained.values()) connection.publish(message).catch(() => {})
    for (const sent of [...this.#window]) this.#send(sent, connection)
    return connection
  }

  #send(sent: Sent, connection: Connection): void {
    connection.publish(sent.message).then(
      () => this.#done(sent),
      (error: unknown) => {
        // Whatever else went wrong ends the connection; then it is sent again.
        if (!(error instanceof UplinkError && error.kind === 'refused')) return
        this.refused++
        this.refusal = error
        this.#done(sent)
      },
    )
  }

  #done(sent: Sent): void {
    sent.done = true
    while (this.#window[0]?.done) this.#window.shift()
    this.#wake()
  }

  #change(): Promise<void> {
    return new Promise((resolve) => void this.#wakers.push(resolve))
  }

  #wake(): void {
    const wakers = this.#wakers
    this.#wakers = []
    for (const wake of wakers) wake()
  }
}
