import type { ReplyMessage } from '../contract/schemas.ts'
import type { Topics } from '../contract/topics.ts'
import type { Log } from '../ports/log.ts'
import type { Connection, Incoming } from '../ports/uplink.ts'

export interface CommandsOptions {
  topics: Topics
  /** Topics of ours that a response topic must not be, so that nobody has us forge our own messages. */
  topicRoot: string
  handlers: Record<string, Handler>
  log: Log
}

/** What a request says, read but not yet checked, but for its id. */
export type Request = { id?: string } & Record<string, unknown>

/** Does what is asked. A rejection is answered as a failure that the asker can do nothing about. */
export type Handler =
  | ((request: Request) => Promise<Answer> | Answer)
  | ((request: Request) => Promise<void> | void)

export interface Answer {
  /** What the reply says besides; `ok: false` goes with a `problem`. */
  reply: Omit<Partial<ReplyMessage>, 'command' | 'id'>
  /** What begins once the reply is out, or could not be sent. */
  afterwards?: () => void
}

/** A longer message is no request of ours. */
const maxBytes = 4096
/** Certificates come with those that vouch for them. */
const maxCertificateBytes = 16_384
/** More than this are not answered at the same time, whoever asks. */
const maxAtOnce = 8
/** So that a flood of nonsense does not become a flood of log lines. */
const loggedOf = 100

/**
 * A topic for which no broker closes the connection: not empty, no wildcard, not the broker's own (`$`),
 * no control characters or halves of characters (MQTT 5, 1.5.4 and 4.7), and not too long or deep.
 */
const publishable = /^(?!\$)[^+#\p{Cc}\p{Cs}]{1,200}$/u

/** Hears requests on `command/{name}` and answers them. Whatever is no request is counted and ignored. */
export class Commands {
  readonly #options: CommandsOptions
  #ignored = 0
  #answering = 0

  constructor(options: CommandsOptions) {
    this.#options = options
  }

  get ignored(): number {
    return this.#ignored
  }

  async run(connection: Connection): Promise<void> {
    await connection.subscribe(this.#options.topics.commands, (message) => {
      this.#hear(connection, message).catch((error) =>
        this.#options.log.warn('command not answered', { problem: error }),
      )
    })
  }

  async #hear(connection: Connection, message: Incoming): Promise<void> {
    const { handlers, log } = this.#options
    const name = message.topic.split('/').at(-1) ?? ''
    const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined
    if (!handler) return this.#ignore(name, 'unknown command')
    if (message.retained) return this.#ignore(name, 'retained: a request is for now')
    const request = parseRequest(message.payload, name === 'certificate' ? maxCertificateBytes : maxBytes)
    if (typeof request === 'string') return this.#ignore(name, request)
    if (this.#answering === maxAtOnce) return this.#ignore(name, 'too many at once')
    log.info('command', { name })
    this.#answering++
    try {
      await this.#answer(connection, message, name, await this.#obey(name, handler, request), request.id)
    } finally {
      this.#answering--
    }
  }

  async #answer(
    connection: Connection,
    { responseTopic, correlationData }: Incoming,
    name: string,
    { reply, afterwards }: Answer,
    id: string | undefined,
  ): Promise<void> {
    const message: ReplyMessage = { command: name, ...(id !== undefined && { id }), ok: true, ...reply }
    try {
      await connection.publish({
        topic: this.#replyTopic(name, responseTopic),
        payload: JSON.stringify(message),
        retain: false,
        ...(correlationData && { correlationData }),
      })
    } finally {
      afterwards?.()
    }
  }

  async #obey(name: string, handler: Handler, request: Request): Promise<Answer> {
    try {
      return (await handler(request)) ?? { reply: {} }
    } catch (error) {
      this.#options.log.warn('command failed', { name, problem: error })
      return { reply: { ok: false } }
    }
  }

  #replyTopic(name: string, wanted: string | undefined): string {
    const { topics, topicRoot } = this.#options
    const own = topics.reply(name)
    if (wanted === undefined || !publishable.test(wanted)) return own
    return wanted.startsWith(`${topicRoot}/`) && wanted !== own ? own : wanted
  }

  #ignore(name: string, why: string): void {
    this.#ignored++
    if (this.#ignored % loggedOf === 1)
      this.#options.log.warn('command ignored', { name: name.slice(0, 64), why, ignored: this.#ignored })
  }
}

/** The request, or why it is none. An empty message is an empty request. */
function parseRequest(payload: Uint8Array, maxBytes: number): Request | string {
  if (payload.length > maxBytes) return `${payload.length} bytes, at most ${maxBytes} are allowed`
  if (payload.length === 0) return {}
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
  } catch {
    return 'not JSON in UTF-8'
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not a JSON object'
  return hasId(value) ? value : '`id` must be a text of at most 64 characters'
}

function hasId(value: { id?: unknown }): value is Request {
  return !Object.hasOwn(value, 'id') || (typeof value.id === 'string' && value.id.length <= 64)
}
