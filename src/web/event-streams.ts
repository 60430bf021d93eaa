import type { ServerResponse } from 'node:http'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import { type Answer, refusal, type Send } from './route.ts'

/** Clients of one path at the same time. */
const maxClients = 16
/** A client that has not read this much of what was sent is dropped; it comes again by itself. */
const maxWaitingBytes = 1024 * 1024
const heartbeatMs = 15_000

/**
 * The clients of one path that gives server-sent events. A heartbeat comment keeps the connections alive
 * and finds the dead ones.
 */
export class EventStreams implements Disposable {
  readonly #clients = new Map<ServerResponse, Disposable>()
  readonly #open: (send: Send) => Disposable
  readonly #clock: Clock
  readonly #log: Log
  #heartbeat: Disposable | undefined

  constructor(options: { open: (send: Send) => Disposable; clock: Clock; log: Log }) {
    this.#open = options.open
    this.#clock = options.clock
    this.#log = options.log
  }

  /** Begins a stream on this response, or says why not. */
  accept(response: ServerResponse, headers: Record<string, string>): Answer | undefined {
    if (this.#clients.size >= maxClients) {
      const sentence = `There are ${this.#clients.size} viewers already, and ${maxClients} are allowed; close a page.`
      return refusal(503, sentence, { 'retry-after': '5' })
    }
    response.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      connection: 'close',
    })
    // Told at once that it is connected, and to come back a second after a loss.
    response.write('retry: 1000\n\n')
    response.on('close', () => this.#forget(response))
    response.on('error', () => this.#forget(response))
    // Known before it opens, so that a client that is dropped on its first event is let go as any other.
    this.#clients.set(response, { [Symbol.dispose]: () => {} })
    const subscription = this.#open((event) => this.#write(response, `data: ${JSON.stringify(event)}\n\n`))
    if (this.#clients.has(response)) this.#clients.set(response, subscription)
    else subscription[Symbol.dispose]()
    this.#heartbeat ??= this.#nextHeartbeat()
    return undefined
  }

  /** Ends every stream; the clients see it at once. */
  [Symbol.dispose](): void {
    this.#heartbeat?.[Symbol.dispose]()
    this.#heartbeat = undefined
    for (const response of [...this.#clients.keys()]) {
      this.#forget(response)
      response.end()
    }
  }

  #nextHeartbeat(): Disposable {
    return this.#clock.alarm(this.#clock.now().mono + heartbeatMs, () => {
      for (const response of [...this.#clients.keys()]) this.#write(response, ': still here\n\n')
      this.#heartbeat = this.#clients.size > 0 ? this.#nextHeartbeat() : undefined
    })
  }

  #write(response: ServerResponse, text: string): void {
    if (!this.#clients.has(response)) return
    response.write(text)
    if (response.writableLength <= maxWaitingBytes) return
    this.#log.warn('slow viewer dropped', { waitingBytes: response.writableLength })
    this.#forget(response)
    response.destroy()
  }

  #forget(response: ServerResponse): void {
    const subscription = this.#clients.get(response)
    this.#clients.delete(response)
    subscription?.[Symbol.dispose]()
  }
}
