import { type Clock, pause } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Connection, Uplink } from '../../ports/uplink.ts'
import { backOff } from '../../terminal/session.ts'
import { type Database, DatabaseError, type Stored } from '../database/database.ts'
import { Feed } from '../feed.ts'
import type { Item, Rejected } from '../item.ts'
import { kinds } from '../messages.ts'
import { Batches } from './batches.ts'
import { Committer } from './committer.ts'
import { Replays } from './replays.ts'

export interface CollectorOptions {
  database: Database
  uplink: Uplink
  topicRoot: string
  /** The terminals, as three levels of a topic filter; all unless given. */
  where?: string
  /** The name under which several collectors share the votes. */
  share?: string
  /** What has been stored, after each commit. */
  onStored?: (items: readonly (Item | Rejected)[], stored: Stored) => void
  clock: Clock
  log: Log
  random: () => number
}

/** Measured: larger batches win nothing, smaller ones pay for more flushes. */
const mostInBatch = 1_000
const lingerMs = 50
const committedEveryMs = 1_000
/** So that a flood of nonsense does not become a flood of log lines. */
const rejectedLogMs = 60_000

/** What a collector did since its start. */
export interface Collected {
  votes: number
  duplicates: number
  conflicts: number
  rejected: number
}

/**
 * Puts what comes into the database, batch by batch, and says how far it is. The broker's acknowledgement is
 * given before the commit, as MQTT.js gives them one by one: what dies with us in between is noticed as missing,
 * and asked for.
 */
export class Collector {
  readonly #options: CollectorOptions
  readonly #batches: Batches<Item | Rejected>
  readonly #committer: Committer
  readonly #replays: Replays
  readonly #feed: Feed
  readonly collected: Collected = { votes: 0, duplicates: 0, conflicts: 0, rejected: 0 }
  #rejectedLogged = Number.NEGATIVE_INFINITY
  #rejectedSince = 0

  constructor(options: CollectorOptions) {
    this.#options = options
    const { clock, log, topicRoot, where, share, database, uplink, random } = options
    const some = { topicRoot, clock, log, ...(where !== undefined && { where }) }
    this.#batches = new Batches({ most: mostInBatch, lingerMs, clock })
    this.#committer = new Committer({ ...some, database, everyMs: committedEveryMs })
    this.#replays = new Replays({ ...some, database })
    this.#feed = new Feed({
      ...some,
      uplink,
      // Whether a terminal looked at itself is nothing that votes hang on.
      kinds: kinds.filter((kind) => kind !== 'commissioning'),
      random,
      ...(share !== undefined && { share }),
      receive: (item) => this.#batches.put(item),
      work: (connection, signal) => this.#work(connection, signal),
    })
  }

  /** How many epochs lack something now. */
  get incomplete(): number {
    return this.#replays.waiting
  }

  /**
   * Works until the signal aborts; then what has come is stored, and it resolves. Rejects with a `DatabaseError`
   * of kind `wrong`: somebody must change something.
   */
  async run(signal: AbortSignal): Promise<void> {
    const stop = new AbortController()
    const end = () => stop.abort()
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
    const reading = this.#feed.run(stop.signal)
    try {
      await this.#store(signal)
    } finally {
      signal.removeEventListener('abort', end)
      end()
      await reading
    }
  }

  async #work(connection: Connection, signal: AbortSignal): Promise<void> {
    this.#replays.stored(await this.#options.database.progress())
    await Promise.all([this.#committer.run(connection, signal), this.#replays.run(connection, signal)])
  }

  async #store(signal: AbortSignal): Promise<void> {
    for (;;) {
      const batch = await this.#batches.next(signal)
      if (batch) await this.#storeBatch(batch, signal)
      else if (signal.aborted) return
    }
  }

  async #storeBatch(batch: readonly (Item | Rejected)[], signal: AbortSignal): Promise<void> {
    const { database, clock, log, random, onStored } = this.#options
    for (let failures = 0; ; failures++) {
      try {
        const stored = await database.store(batch, clock.now().wall)
        if (failures > 0) log.info('database is back', { afterAttempts: failures })
        this.#told(batch, stored)
        onStored?.(batch, stored)
        return
      } catch (error) {
        if (!(error instanceof DatabaseError) || error.kind === 'wrong') throw error
        const waitMs = backOff(failures, random())
        log.warn('not stored', { problem: error, againInSeconds: Math.round(waitMs / 1000) })
        if (signal.aborted) return log.warn('left to the broker and the terminals', { items: batch.length })
        await pause(clock, waitMs, signal)
      }
    }
  }

  #told(batch: readonly (Item | Rejected)[], stored: Stored): void {
    const { votes, duplicates, conflicts, rejected, progress } = stored
    this.collected.votes += votes
    this.collected.duplicates += duplicates
    this.collected.conflicts += conflicts
    this.collected.rejected += rejected
    for (const item of batch) this.#look(item)
    this.#committer.stored(progress)
    this.#replays.stored(progress)
    this.#tellRejected(batch, rejected + conflicts)
  }

  #look(item: Item | Rejected): void {
    if (item.is === 'totals') this.#committer.knows(item.source, item.totals.epoch)
    if (item.is === 'state') {
      this.#committer.knows(item.source, item.state.epoch)
      this.#replays.knows(item.source, item.state.state === 'online')
    }
  }

  #tellRejected(batch: readonly (Item | Rejected)[], count: number): void {
    if (count === 0) return
    this.#rejectedSince += count
    const { mono } = this.#options.clock.now()
    if (mono - this.#rejectedLogged < rejectedLogMs) return
    const example = batch.find((item) => item.is === 'rejected')
    this.#options.log.warn('put into quarantine', {
      messages: this.#rejectedSince,
      ...(example && { topic: example.topic.slice(0, 200), why: example.why }),
    })
    this.#rejectedLogged = mono
    this.#rejectedSince = 0
  }
}
