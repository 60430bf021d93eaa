import { parseReplay, type ReplayRequest } from '../contract/incoming.ts'
import { type Clock, pause } from '../ports/clock.ts'
import type { Item, Journal, Reader } from '../ports/journal.ts'
import type { Log } from '../ports/log.ts'
import { type Connection, UplinkError } from '../ports/uplink.ts'
import type { Answer, Request } from './commands.ts'
import { aboutOf, messageOf } from './items.ts'
import { Matching } from './matching.ts'
import type { Publisher } from './publisher.ts'

export interface ReplayOptions {
  journal: Pick<Journal, 'epoch' | 'kept' | 'reader'>
  publisher: Pick<Publisher, 'idle' | 'publishedVotes'>
  topicRoot: string
  clock: Clock
  log: Log
}

/** What is there of what was asked for. */
interface Found {
  epoch: string
  from: number
  to: number
  votes: number
}

interface Job {
  id: string | undefined
  wanted: ReplayRequest
  found: Found
}

/** Besides the one that is under way. */
const mostQueued = 8
/** At most a hundred a second: live votes come first, and others share the line. */
const betweenMs = 10
/** After so many items of looking others get their turn. */
const breath = 500

/**
 * Publishes again what was published before and is still kept: the same topics and bytes, marked by a
 * property, one at a time, while nothing live waits. What was not finished ends with its connection.
 */
export class Replay {
  readonly #options: ReplayOptions
  #queue: Job[] = []
  /** Asked for on this connection and not finished. */
  #open = 0
  #wake = () => {}
  #signal = AbortSignal.abort()

  constructor(options: ReplayOptions) {
    this.#options = options
  }

  /** Answers with what is there; it is sent afterwards. */
  async ask(request: Request): Promise<Answer> {
    const wanted = parseReplay(request)
    if ('problem' in wanted) return { reply: { ok: false, problem: wanted.problem } }
    if (this.#open > mostQueued) {
      const problem = `${this.#open} replays are waiting already; ask again when they are over`
      return { reply: { ok: false, problem } }
    }
    const signal = this.#signal
    this.#open++
    const close = () => {
      if (signal === this.#signal) this.#open--
    }
    try {
      const found = await this.#find(wanted, signal)
      const epoch = wanted.epoch ?? this.#options.journal.epoch
      if (!found) {
        close()
        return { reply: { epoch, votes: 0 } }
      }
      const afterwards = () => {
        if (signal !== this.#signal) return
        this.#queue.push({ id: request.id, wanted, found })
        this.#wake()
      }
      return { reply: { ...found }, afterwards }
    } catch (error) {
      close()
      throw error
    }
  }

  /** Sends what is asked for until the connection ends. */
  async run(connection: Connection, signal: AbortSignal): Promise<void> {
    const over = new AbortController()
    this.#signal = over.signal
    this.#queue = []
    this.#open = 0
    const stop = () => {
      over.abort()
      this.#wake()
    }
    signal.addEventListener('abort', stop)
    connection.closed.then(stop)
    if (signal.aborted) stop()
    try {
      while (!over.signal.aborted) {
        const woken = new Promise<void>((resolve) => {
          this.#wake = resolve
        })
        const job = this.#queue.shift()
        if (!job) await woken
        else if (await this.#attempt(job, connection, over.signal)) this.#open--
      }
    } finally {
      over.abort()
      if (this.#open > 0)
        this.#options.log.info('replay ended with its connection', { unfinished: this.#open })
      this.#open = 0
    }
  }

  /** Looks for what is there, without keeping it. */
  async #find(wanted: ReplayRequest, signal: AbortSignal): Promise<Found | undefined> {
    const { clock } = this.#options
    const matching = this.#matching(wanted)
    const most = await this.#publishedVotes()
    const reader = await this.#readerOf(wanted)
    let found: Found | undefined
    for (let count = 1; !signal.aborted; count++) {
      const item = await nextOf(reader)
      if (!item || item.position.votes > most) break
      const matches = matching.of(item)
      if (matches === 'past') break
      if (matches === 'yes') found = joined(found, item)
      if (count % breath === 0) await pause(clock, 1, signal)
    }
    return found && matching.within(found)
  }

  /** A broker that refuses it is no reason to end the connection. */
  async #attempt(job: Job, connection: Connection, signal: AbortSignal): Promise<boolean> {
    try {
      return await this.#send(job, connection, signal)
    } catch (error) {
      if (!(error instanceof UplinkError && error.kind === 'refused')) throw error
      this.#options.log.warn('replay refused', { problem: error })
      return true
    }
  }

  /** Says whether it was finished. */
  async #send({ id, wanted, found }: Job, connection: Connection, signal: AbortSignal): Promise<boolean> {
    const { publisher, topicRoot, clock, log } = this.#options
    const matching = this.#matching(wanted)
    const reader = await this.#readerOf({ by: 'sequence', ...found })
    const properties = { replay: id ?? 'true' }
    for (let count = 1; !signal.aborted; count++) {
      const item = await nextOf(reader)
      const place = item && placeOf(item, found)
      if (!item || place === 'behind') {
        log.info('replayed', { ...(id !== undefined && { id }), ...found })
        return true
      }
      if (count % breath === 0) await pause(clock, 1, signal)
      if (matching.of(item) !== 'yes' || place === 'in front') continue
      await publisher.idle(signal)
      if (signal.aborted) break
      await connection.publish({ ...messageOf(topicRoot, item), properties })
      await pause(clock, betweenMs, signal)
    }
    return false
  }

  #matching(wanted: ReplayRequest): Matching {
    return new Matching(wanted, wanted.epoch ?? this.#options.journal.epoch)
  }

  #readerOf(wanted: ReplayRequest): Promise<Reader> {
    const { journal } = this.#options
    const sequence = wanted.by === 'sequence' ? wanted.from : 1
    return journal.kept({ epoch: wanted.epoch ?? journal.epoch, sequence })
  }

  /** Up to where the journal was published; where nothing was since the start, up to the cursor. */
  async #publishedVotes(): Promise<number> {
    const { journal, publisher } = this.#options
    if (publisher.publishedVotes !== undefined) return publisher.publishedVotes
    const first = await nextOf(journal.reader())
    if (!first) return Number.POSITIVE_INFINITY
    return first.position.votes - (first.is === 'vote' ? 1 : 0)
  }
}

async function nextOf(reader: Reader): Promise<Item | undefined> {
  const item = await reader.next()
  return item?.is === 'held' ? undefined : item
}

function joined(found: Found | undefined, item: Item): Found {
  const { epoch, from, to } = aboutOf(item)
  const votes = (found?.votes ?? 0) + (item.is === 'vote' ? 1 : 0)
  return { epoch, from: Math.min(from, found?.from ?? from), to: Math.max(to, found?.to ?? to), votes }
}

function placeOf(item: Item, { epoch, from, to }: Found): 'in front' | 'within' | 'behind' {
  const about = aboutOf(item)
  if (about.epoch !== epoch || about.to < from) return 'in front'
  return about.from > to ? 'behind' : 'within'
}
