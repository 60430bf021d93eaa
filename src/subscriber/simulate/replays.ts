import { parseReplay, type ReplayRequest } from '../../contract/incoming.ts'
import type { ReplyMessage } from '../../contract/schemas.ts'
import { topicsOf } from '../../contract/topics.ts'
import type { Incoming, Message } from '../../ports/uplink.ts'
import type { Item } from '../item.ts'
import { lifeOf } from './life.ts'
import type { Terminal } from './municipality.ts'
import { messageOf } from './said.ts'

export interface ReplaysOptions {
  topicRoot: string
  /** By their sources. */
  terminals: ReadonlyMap<string, Terminal>
  /** How many pieces a terminal has told so far: what is still to come is not told again. */
  told: (terminal: Terminal) => number
  publish: (terminal: Terminal, message: Message) => Promise<void>
}

interface Request {
  id?: string
  name: string
  wanted: ReplayRequest | undefined
  problem: string | undefined
  message: Incoming
}

type Event = Extract<Item, { is: 'vote' | 'gap' | 'summary' }>

const maxBytes = 4096
/** After so many pieces of a life others get their turn. */
const breath = 5_000

/**
 * Answers `command/replay` as terminals do that keep everything: what was told is made again from the seed,
 * byte for byte. Requests to one terminal that come together are answered in one reading of its life.
 */
export class Replays {
  readonly #options: ReplaysOptions
  readonly #waiting = new Map<Terminal, Request[]>()
  #working: Promise<void> | undefined
  requests = 0
  messages = 0

  constructor(options: ReplaysOptions) {
    this.#options = options
  }

  /** @returns whether the message was a request */
  hear(message: Incoming): boolean {
    const terminal = this.#terminalOf(message.topic)
    const request = terminal && requestOf(message)
    if (!terminal || !request) return false
    this.requests++
    const waiting = this.#waiting.get(terminal)
    if (waiting) waiting.push(request)
    else this.#waiting.set(terminal, [request])
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined
    })
    return true
  }

  /** Resolves when nothing is left to answer. */
  async settled(): Promise<void> {
    while (this.#working) await this.#working
  }

  #terminalOf(topic: string): Terminal | undefined {
    const [municipality, office, counter, command] = topic
      .slice(this.#options.topicRoot.length + 1)
      .split('/')
    if (command !== 'command') return undefined
    return this.#options.terminals.get(`faccina://${municipality}/${office}/${counter}`)
  }

  async #work(): Promise<void> {
    for (let [next] = this.#waiting; next; [next] = this.#waiting) {
      const [terminal, requests] = next
      this.#waiting.delete(terminal)
      await this.#answer(terminal, requests)
    }
  }

  async #answer(terminal: Terminal, requests: readonly Request[]): Promise<void> {
    const replays = requests.filter(({ wanted }) => wanted !== undefined)
    const events = replays.length > 0 ? await this.#eventsOf(terminal) : []
    const epoch = events.at(-1)?.event.data.epoch ?? ''
    for (const request of requests) {
      const { wanted } = request
      const found = wanted ? events.filter((item) => isWanted(item, wanted, wanted.epoch ?? epoch)) : []
      await this.#reply(terminal, request, wanted?.epoch ?? epoch, found)
      const properties = { replay: request.id ?? 'true' }
      for (const item of found) {
        this.messages++
        await this.#options.publish(terminal, { ...messageOf(this.#options.topicRoot, item), properties })
      }
    }
  }

  /** All that was told so far and can be told again. */
  async #eventsOf(terminal: Terminal): Promise<Event[]> {
    const events: Event[] = []
    let left = this.#options.told(terminal)
    let read = 0
    for (const piece of lifeOf(terminal)) {
      for (const { item } of piece) {
        if (left-- <= 0) return events
        if (item.is === 'vote' || item.is === 'gap' || item.is === 'summary') events.push(item)
      }
      if (++read % breath === 0) await turn()
    }
    return events
  }

  async #reply(
    terminal: Terminal,
    { id, name, problem, message, wanted }: Request,
    epoch: string,
    found: Event[],
  ): Promise<void> {
    const ranges = found.map(rangeOf)
    const reply: ReplyMessage = {
      command: name,
      ...(id !== undefined && { id }),
      ok: problem === undefined,
      ...(problem !== undefined && { problem }),
      ...(wanted && /^[a-z0-9]{6}$/.test(epoch) && { epoch }),
      ...(found.length > 0 && {
        from: ranges.reduce((least, { from }) => Math.min(least, from), Number.POSITIVE_INFINITY),
        to: ranges.reduce((most, { to }) => Math.max(most, to), 0),
      }),
      ...(wanted && { votes: found.filter(({ is }) => is === 'vote').length }),
    }
    const { topicRoot, publish } = this.#options
    const { responseTopic, correlationData } = message
    await publish(terminal, {
      topic: responseTopic ?? topicsOf(topicRoot, terminal.source).reply(name),
      payload: JSON.stringify(reply),
      retain: false,
      ...(correlationData && { correlationData }),
    })
  }
}

function requestOf(message: Incoming): Request | undefined {
  const name = message.topic.split('/').at(-1) ?? ''
  if (!['replay', 'identify', 'health'].includes(name)) return undefined
  if (message.retained || message.payload.length > maxBytes) return undefined
  let request: unknown = {}
  try {
    if (message.payload.length > 0) request = JSON.parse(new TextDecoder().decode(message.payload))
  } catch {
    return undefined
  }
  if (typeof request !== 'object' || request === null || Array.isArray(request)) return undefined
  const { id, ...rest } = request as { id?: unknown }
  if (id !== undefined && typeof id !== 'string') return undefined
  const parsed = name === 'replay' ? parseReplay(rest) : undefined
  const problem = parsed && 'problem' in parsed ? parsed.problem : undefined
  const wanted = parsed && !('problem' in parsed) ? parsed : undefined
  return { name, message, wanted, problem, ...(id !== undefined && { id }) }
}

function rangeOf({ event: { data } }: Event): { from: number; to: number } {
  return 'face' in data ? { from: data.sequence, to: data.sequence } : data
}

function isWanted(item: Event, wanted: ReplayRequest, epoch: string): boolean {
  if (item.event.data.epoch !== epoch) return false
  if (wanted.by === 'time') {
    const at = Date.parse(item.event.time)
    return wanted.since <= at && at < wanted.until
  }
  const { from, to } = rangeOf(item)
  return from <= wanted.to && to >= wanted.from
}

/** A turn of the event loop for whatever else there is to do. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
