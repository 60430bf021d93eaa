import { parseCommitted } from '../contract/incoming.ts'
import type { Committed } from '../contract/schemas.ts'
import { topicsOf } from '../contract/topics.ts'
import type { Journal } from '../ports/journal.ts'
import type { Log } from '../ports/log.ts'
import { type Connection, type Incoming, UplinkError } from '../ports/uplink.ts'
import type { Published } from './published.ts'

export interface CommittedOptions {
  journal: Pick<Journal, 'epoch' | 'source' | 'totals'>
  topicRoot: string
  published: Published
  log: Log
}

/** So that a flood of nonsense does not become a flood of log lines. */
const mostLogged = 32

/**
 * Hears how far a collector has the votes, and believes only what can be: a value that names what was never
 * published is counted and ignored.
 */
export class CommittedTopics {
  readonly #options: CommittedOptions
  /** Up to here anything may have been published before the start. */
  readonly #earlier: number
  readonly #logged = new Set<string>()
  #ignored = 0

  constructor(options: CommittedOptions) {
    this.#options = options
    this.#earlier = options.journal.totals().sequence
  }

  get ignored(): number {
    return this.#ignored
  }

  /** Listens to the collectors of a terminal for as long as the connection lasts. */
  async listen(connection: Connection, source: string, hear: (committed: Committed) => void): Promise<void> {
    const topic = topicsOf(this.#options.topicRoot, source).committed
    try {
      await connection.subscribe(topic, (message) => {
        const committed = this.#believe(message, source)
        if (committed) hear(committed)
      })
    } catch (error) {
      if (error instanceof UplinkError && error.kind === 'refused')
        this.#warn('the collector cannot be heard', topic, { problem: error })
    }
  }

  #believe({ payload, retained }: Incoming, source: string): Committed | undefined {
    // Where the retained one is taken away nobody says anything.
    if (payload.length === 0) return undefined
    const committed = parseCommitted(payload)
    const why = committed ? this.#doubt(committed, source) : 'not what the schema says'
    if (why === undefined) return committed
    this.#ignored++
    const value = new TextDecoder().decode(payload.subarray(0, 200))
    this.#warn('committed ignored', `${source} ${value}`, { why, value, source })
    // It may be about what comes further on in the journal, or was published before a restart: what stood
    // there when we came counts once that has been published.
    return retained ? committed : undefined
  }

  #doubt({ epoch, sequence }: Committed, source: string): string | undefined {
    const { journal, published } = this.#options
    const own = epoch === journal.epoch && source === journal.source
    if (!own && published.sourceOf(epoch) !== source) return unknownEpoch
    // Nobody knows any more where an older epoch ended.
    if (!own) return undefined
    const highest = Math.max(this.#earlier, published.sequenceOf(epoch))
    return sequence > highest ? `beyond ${highest}, which is all that was published` : undefined
  }

  #warn(event: string, key: string, fields: Record<string, unknown>): void {
    if (this.#logged.has(key) || this.#logged.size >= mostLogged) return
    this.#logged.add(key)
    this.#options.log.warn(event, fields)
  }
}

const unknownEpoch = 'an epoch that this terminal does not know'
