import { parseCommitted } from '../../contract/incoming.ts'
import type { Committed } from '../../contract/schemas.ts'
import { nameOf, sourceOf, topicsOf } from '../../contract/topics.ts'
import { type Clock, pause } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import { type Connection, type Incoming, UplinkError } from '../../ports/uplink.ts'
import type { Database, Progress } from '../database/database.ts'
import { filterOf } from '../messages.ts'

export interface CommitterOptions {
  database: Pick<Database, 'progress'>
  topicRoot: string
  where?: string
  /** How often a terminal is told at most. */
  everyMs: number
  clock: Clock
  log: Log
}

/**
 * Tells each terminal, retained, how far its votes are in the database. It says only what the database has
 * said after its commit; what others said (another collector, or this one before the database was put back to
 * an older copy) is compared with the database, never with a memory.
 */
export class Committer {
  readonly #options: CommitterOptions
  /** What stands on the `committed` topic of each terminal, as far as we know. */
  readonly #said = new Map<string, Committed>()
  readonly #current = new Map<string, string>()
  /** What is to be said, by source and epoch. */
  readonly #due = new Map<string, Map<string, number>>()
  /** Whose topic is to be compared with the database. */
  readonly #doubted = new Set<string>()
  /** What we published and the broker has not yet given back to us. */
  readonly #echoes = new Map<string, string[]>()
  readonly #refused = new Set<string>()

  constructor(options: CommitterOptions) {
    this.#options = options
  }

  /** Which epoch a terminal is in, as its totals or its state tell: what stands on its topic is about that one. */
  knows(source: string, epoch: string): void {
    if (this.#current.get(source) === epoch) return
    this.#current.set(source, epoch)
    this.#doubted.add(source)
  }

  /** How far the database is, after a commit. */
  stored(progress: readonly Progress[]): void {
    for (const { source, epoch, complete } of progress) this.#isDue(source, epoch, complete)
  }

  #isDue(source: string, epoch: string, complete: number): void {
    const said = this.#said.get(source)
    if (said?.epoch === epoch && said.sequence === complete) return
    const epochs = this.#due.get(source) ?? new Map<string, number>()
    epochs.set(epoch, complete)
    this.#due.set(source, epochs)
  }

  /** Says what is due, and looks after what others say, for as long as the connection lasts. */
  async run(connection: Connection, signal: AbortSignal): Promise<void> {
    const { topicRoot, where, everyMs, clock } = this.#options
    this.#said.clear()
    this.#echoes.clear()
    await connection.subscribe(filterOf(topicRoot, 'committed', where), (message) => this.#hear(message))
    // What was said before this connection is not known yet: all that the database has is compared.
    for (const { source } of await this.#options.database.progress()) this.#doubted.add(source)
    while (!signal.aborted) {
      await pause(clock, everyMs, signal)
      if (signal.aborted) return
      await this.#compare()
      await this.#say(connection)
    }
  }

  #hear({ topic, payload }: Incoming): void {
    const [municipality = '', office = '', counter = ''] = topic
      .slice(this.#options.topicRoot.length + 1)
      .split('/')
    const source = sourceOf({ municipality, office, counter })
    if (this.#isEcho(source, payload)) return
    const committed = parseCommitted(payload)
    if (committed) this.#said.set(source, committed)
    else this.#said.delete(source)
    this.#doubted.add(source)
  }

  #isEcho(source: string, payload: Uint8Array): boolean {
    const echoes = this.#echoes.get(source)
    const place = echoes?.indexOf(new TextDecoder().decode(payload)) ?? -1
    if (!echoes || place < 0) return false
    echoes.splice(0, place + 1)
    if (echoes.length === 0) this.#echoes.delete(source)
    return true
  }

  /**
   * What others said is right if the database says the same. Only one epoch can stand on a topic: that which the
   * terminal is in, or the only one that there is.
   */
  async #compare(): Promise<void> {
    const doubted = [...this.#doubted]
    this.#doubted.clear()
    for (const source of doubted) {
      const progress = await this.#options.database.progress(source)
      const current = this.#current.get(source) ?? (progress.length === 1 ? progress[0]!.epoch : undefined)
      this.stored(progress.filter(({ epoch }) => epoch === current))
    }
  }

  async #say(connection: Connection): Promise<void> {
    const due = [...this.#due]
    this.#due.clear()
    await Promise.all(due.map(([source, epochs]) => this.#sayTo(connection, source, epochs)))
  }

  /** The present epoch last: it is what the broker keeps. */
  async #sayTo(connection: Connection, source: string, epochs: Map<string, number>): Promise<void> {
    const current = this.#current.get(source)
    for (const [epoch, sequence] of epochs)
      if (epoch !== current) await this.#publish(connection, source, { epoch, sequence })
    const last =
      current === undefined ? undefined : (epochs.get(current) ?? (await this.#complete(source, current)))
    if (current !== undefined && last !== undefined)
      await this.#publish(connection, source, { epoch: current, sequence: last })
  }

  async #complete(source: string, epoch: string): Promise<number | undefined> {
    const progress = await this.#options.database.progress(source)
    return progress.find((one) => one.epoch === epoch)?.complete
  }

  async #publish(connection: Connection, source: string, committed: Committed): Promise<void> {
    const topic = topicsOf(this.#options.topicRoot, source).committed
    const payload = JSON.stringify(committed)
    // Before it is sent: the broker gives it back to us at once.
    this.#said.set(source, committed)
    this.#echoes.set(source, [...(this.#echoes.get(source) ?? []), payload])
    try {
      await connection.publish({ topic, payload, retain: true })
    } catch (error) {
      this.#said.delete(source)
      this.#echoes.delete(source)
      this.#isDue(source, committed.epoch, committed.sequence)
      if (!(error instanceof UplinkError && error.kind === 'refused')) throw error
      if (!this.#refused.has(topic))
        this.#options.log.warn('committed refused', { ...nameOf(source), problem: error })
      this.#refused.add(topic)
    }
  }
}
