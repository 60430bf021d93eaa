import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import { readBody } from './body.ts'
import { EventStreams } from './event-streams.ts'
import { bracketed, refuseForeign } from './guard.ts'
import { ListenError, type Words } from './listen-error.ts'
import { type Answer, methodOf, type Route, refusal } from './route.ts'

export interface Listen {
  host: string
  /** 0: any that is free; see `address`. */
  port: number
}

export interface WebServerOptions {
  listen: Listen
  /** Of two routes with the same path and method, the first is taken. */
  routes: readonly Route[]
  words: Words
  clock: Clock
  log: Log
}

/** How long open answers may take to end when the server is disposed. */
const closeMs = 2000

const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
    "connect-src 'self'; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'; " +
    "require-trusted-types-for 'script'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
}

/** Listens. Rejects with a `ListenError` when the address cannot be had. */
export async function openWebServer(options: WebServerOptions): Promise<WebServer> {
  const server = new WebServer(options)
  await server.open()
  return server
}

/** An HTTP server for pages of our own: finds the route, keeps strangers out, and bounds what anybody can use up. */
export class WebServer implements AsyncDisposable {
  readonly #options: WebServerOptions
  readonly #server: Server
  readonly #paths = new Map<string, Route[]>()
  readonly #streams = new Map<Route, EventStreams>()
  #problem: string | undefined
  #closed: Promise<void> | undefined

  constructor(options: WebServerOptions) {
    this.#options = options
    this.#server = createServer(
      { headersTimeout: 5000, requestTimeout: 10_000, keepAliveTimeout: 5000, maxHeaderSize: 8192 },
      (request, response) => void this.#serve(request, response),
    )
    this.#server.maxConnections = 96
  }

  async open(): Promise<void> {
    const { listen, routes, words, clock, log } = this.#options
    for (const route of routes) {
      this.#paths.set(route.path, [...(this.#paths.get(route.path) ?? []), route])
      if ('stream' in route) this.#streams.set(route, new EventStreams({ open: route.stream, clock, log }))
    }
    try {
      this.#server.listen({ host: listen.host, port: listen.port })
      await once(this.#server, 'listening')
    } catch (cause) {
      throw new ListenError(listen, words, cause)
    }
    this.#server.on('error', (error) => {
      this.#problem = `The server of the ${words.name} at ${this.address} failed: ${error.message}`
      log.error('server failed', { server: words.name, error })
    })
  }

  /** The URL of what is at `/`, with the real port. */
  get address(): string {
    const { port = this.#options.listen.port } = (this.#server.address() as AddressInfo | null) ?? {}
    return `http://${bracketed(this.#options.listen.host)}:${port}/`
  }

  /** What keeps it from serving, if anything. */
  get problem(): string | undefined {
    const { name } = this.#options.words
    return this.#closed ? `The server of the ${name} has been closed.` : this.#problem
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    const { clock } = this.#options
    for (const streams of this.#streams.values()) streams[Symbol.dispose]()
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    using _limit = clock.alarm(clock.now().mono + closeMs, () => this.#server.closeAllConnections())
    await closed
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const answer = await this.#answer(request, response)
      if (answer) send(request, response, answer)
    } catch (error) {
      this.#options.log.error('request failed', { path: request.url, error })
      if (!response.headersSent) send(request, response, refusal(500, 'It failed; the log says why.'))
    }
  }

  /** Nothing, when the response has become a stream or its client is gone. */
  async #answer(request: IncomingMessage, response: ServerResponse): Promise<Answer | undefined> {
    const foreign = refuseForeign(request, this.#options.listen.host)
    if (foreign) return this.#refuse(request, 403, foreign)
    const path = (request.url ?? '/').split('?', 1)[0]!
    const here = this.#paths.get(path)
    if (!here) return refusal(404, `There is nothing at ${path.slice(0, 100)}; begin at /.`)
    const route = here.find((route) => methodOf(route) === request.method)
    if (!route) {
      const allow = [...new Set(here.map(methodOf))].join(', ')
      return refusal(405, `${request.method} is not for ${path}; allowed is ${allow}.`, { allow })
    }
    if ('get' in route) return await route.get()
    if ('stream' in route) return this.#streams.get(route)?.accept(response, securityHeaders)
    const body = await readBody(request)
    if (body.is === 'aborted') return undefined
    return body.is === 'text' ? route.post(body.text) : this.#refuse(request, 413, body.sentence)
  }

  #refuse(request: IncomingMessage, status: number, sentence: string): Answer {
    this.#options.log.debug('request refused', { path: request.url, status, why: sentence })
    return refusal(status, sentence)
  }
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const { status, type = 'text/plain; charset=utf-8', body = '', headers } = answer
  const all = { ...securityHeaders, 'cache-control': 'no-store', ...headers }
  if (headers?.etag !== undefined && request.headers['if-none-match'] === headers.etag) {
    response.writeHead(304, all).end()
  } else if (status === 204) {
    response.writeHead(204, all).end()
  } else {
    // What of a refused request has not been read is not waited for.
    const close = request.complete ? {} : { connection: 'close' }
    response.writeHead(status, { ...all, ...close, 'content-type': type }).end(body)
  }
  if (!request.complete) request.resume()
}
