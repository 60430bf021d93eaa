import type { Socket } from 'node:net'
import type { IConnackPacket, IPublishPacket, MqttClient, Packet } from 'mqtt'
import type { MonoMs } from '../domain/time.ts'
import type { Clock } from '../ports/clock.ts'
import {
  type Acknowledgement,
  type Connection,
  type Incoming,
  type Message,
  UplinkError,
} from '../ports/uplink.ts'
import { explain, NoConnack } from './explain.ts'
import { refusal, Subscriptions } from './subscriptions.ts'

export interface MqttConnectionOptions {
  protocol: 5 | 4
  clock: Clock
  acknowledgementMs: number
  signal: AbortSignal
}

/** PUBACK reason: the broker took it, and nobody has subscribed (MQTT 5, 3.4.2.1). */
const noMatchingSubscribers = 16
/** How many messages a broker takes unacknowledged that does not say (MQTT 5, 3.2.2.3.3). */
const defaultReceiveMaximum = 65_535
/** What MQTT.js says when the broker did not answer in time. */
const connackTimeout = 'connack timeout'
/** How long saying goodbye may take. */
const closeMs = 2_000

/** A message on its way to its acknowledgement. */
interface Pending {
  message: Message
  resolve: (acknowledgement: Acknowledgement) => void
  reject: (error: UplinkError) => void
  /** Until when it is waited for. */
  due: MonoMs
}

/** One MQTT.js client, for one connection. */
export class MqttConnection implements Connection {
  readonly protocol: '5' | '3.1.1'
  readonly closed: Promise<UplinkError | undefined>
  readonly #client: MqttClient
  readonly #options: MqttConnectionOptions
  readonly #receiveMaximum: number
  readonly #subscriptions: Subscriptions
  /** Waits until the broker takes more: it hangs up on who sends more than it asked for. */
  #queue: Pending[] = []
  readonly #sent = new Set<Pending>()
  /** Rings for the oldest message: one timer for all, since they go out by the thousand. */
  #alarm: Disposable | undefined
  readonly #unheard = new Set<number>()
  #close!: (reason: UplinkError | undefined) => void
  #disposed: Promise<void> | undefined
  #ended = false

  private constructor(client: MqttClient, options: MqttConnectionOptions, connack: IConnackPacket) {
    this.#client = client
    this.#options = options
    this.#subscriptions = new Subscriptions(client, connack.sessionPresent)
    this.#receiveMaximum = connack.properties?.receiveMaximum ?? defaultReceiveMaximum
    this.protocol = options.protocol === 5 ? '5' : '3.1.1'
    this.closed = new Promise((resolve) => {
      this.#close = resolve
    })
    // Else the kernel keeps all but the first of a window until the broker's side has acknowledged that one.
    if ('setNoDelay' in client.stream) (client.stream as Socket).setNoDelay()
    this.#attend()
  }

  /** Connects a client made with `manualConnect`, and rejects with what the broker or the network said. */
  static async open(client: MqttClient, options: MqttConnectionOptions): Promise<MqttConnection> {
    const { signal } = options
    if (signal.aborted) throw new UplinkError('lost', 'given up')
    try {
      return await connected(client, signal, (connack) => new MqttConnection(client, options, connack))
    } catch (error) {
      // There is no stream where it could not even be made, e.g. for want of a readable certificate.
      if (client.stream) client.end(true)
      throw error
    }
  }

  #attend(): void {
    const client = this.#client
    let reason: UplinkError | undefined
    client.on('error', (error) => {
      reason ??= explain(error, 'broker')
    })
    client.on('packetreceive', (packet: Packet) => {
      if (packet.cmd === 'puback' && packet.reasonCode === noMatchingSubscribers)
        this.#unheard.add(packet.messageId!)
      if (packet.cmd === 'disconnect')
        reason ??= explain(
          { code: packet.reasonCode, message: `the broker said goodbye, reason ${packet.reasonCode}` },
          'broker',
        )
    })
    client.on('close', () => {
      const lost = reason ?? new UplinkError('lost', 'the connection to the broker was lost')
      this.#end(this.#disposed ? undefined : lost)
    })
  }

  publish(message: Message): Promise<Acknowledgement> {
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(new UplinkError('lost', 'the connection is closed'))
      const { clock, acknowledgementMs } = this.#options
      this.#queue.push({ message, resolve, reject, due: clock.now().mono + acknowledgementMs })
      this.#sendMore()
      this.#watch()
    })
  }

  /** Sees to it that the oldest message is not waited for without end. */
  #watch(): void {
    const oldest = this.#sent.values().next().value ?? this.#queue[0]
    if (this.#alarm || !oldest) return
    const { clock, acknowledgementMs } = this.#options
    this.#alarm = clock.alarm(oldest.due, () => {
      this.#alarm = undefined
      if (!this.#sent.has(oldest) && !this.#queue.includes(oldest)) this.#watch()
      else this.#end(new UplinkError('timeout', `no acknowledgement within ${acknowledgementMs / 1000} s`))
    })
  }

  #sendMore(): void {
    while (this.#sent.size < this.#receiveMaximum) {
      const pending = this.#queue.shift()
      if (!pending) return
      this.#sent.add(pending)
      this.#send(pending)
    }
  }

  #send(pending: Pending): void {
    const {
      topic,
      payload,
      retain,
      contentType,
      expirySeconds,
      correlationData,
      properties: user,
    } = pending.message
    const properties = {
      contentType: contentType ?? 'application/json',
      payloadFormatIndicator: true,
      ...(expirySeconds !== undefined && { messageExpiryInterval: expirySeconds }),
      ...(correlationData && { correlationData: Buffer.from(correlationData) }),
      ...(user && { userProperties: user }),
    }
    const options = { qos: 1 as const, retain, ...(this.protocol === '5' && { properties }) }
    this.#client.publish(topic, payload, options, (error, packet) => {
      if (!this.#sent.delete(pending)) return
      if (error) {
        pending.reject(refusal(error, topic))
      } else {
        const { messageId } = packet as IPublishPacket
        pending.resolve({ heard: !(messageId !== undefined && this.#unheard.delete(messageId)) })
      }
      this.#sendMore()
    })
  }

  subscribe(filter: string, receive: (message: Incoming) => void | Promise<void>): Promise<AsyncDisposable> {
    return this.#subscriptions.add(filter, receive)
  }

  #end(reason: UplinkError | undefined): void {
    if (this.#ended) return
    this.#ended = true
    const left = [...this.#sent, ...this.#queue]
    this.#sent.clear()
    this.#queue = []
    this.#alarm?.[Symbol.dispose]()
    for (const { reject } of left) reject(reason ?? new UplinkError('lost', 'the connection is closed'))
    this.#client.end(true)
    // A goodbye that is still waiting for its turn would keep the socket open.
    this.#client.stream.destroy()
    this.#close(reason)
  }

  /** Says goodbye, so that the broker does not publish the will. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.#sayGoodbye()
    return this.#disposed
  }

  async #sayGoodbye(): Promise<void> {
    if (this.#ended) return
    const { clock } = this.#options
    using _ = clock.alarm(clock.now().mono + closeMs, () => this.#end(undefined))
    this.#client.end(false)
    await this.closed
  }
}

function connected<T>(
  client: MqttClient,
  signal: AbortSignal,
  take: (connack: IConnackPacket) => T,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let problem: unknown
    const finish = (settle: () => void) => {
      client.off('connect', onConnect).off('close', onClose).off('error', onError)
      // A client that has been told to end may still complain about its socket.
      client.on('error', () => {})
      signal.removeEventListener('abort', onAbort)
      settle()
    }
    const onConnect = (connack: IConnackPacket) => finish(() => resolve(take(connack)))
    const onError = (error: Error & { code?: unknown }) => {
      // What MQTT.js cannot read comes without a code.
      const unread = error.code === undefined && error.message !== connackTimeout
      problem ??= unread ? new NoConnack(error.message, { cause: error }) : error
    }
    const onClose = () => finish(() => reject(problem ?? new NoConnack('closed before CONNACK')))
    const onAbort = () => finish(() => reject(new UplinkError('lost', 'given up')))
    client.on('connect', onConnect).on('close', onClose).on('error', onError)
    signal.addEventListener('abort', onAbort)
    client.connect()
  })
}
