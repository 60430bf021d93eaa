import { eventContentType, totalsMessage } from '../contract/events.ts'
import type { HealthMessage, StateMessage, SurveyMessage } from '../contract/schemas.ts'
import type { Topics } from '../contract/topics.ts'
import { iso, type WallMs } from '../domain/time.ts'
import { type Clock, pause } from '../ports/clock.ts'
import type { Journal } from '../ports/journal.ts'
import type { Log } from '../ports/log.ts'
import { type Connection, type Message, UplinkError } from '../ports/uplink.ts'
import { exchangedGap } from './exchanged.ts'

export interface ReporterOptions {
  topics: Topics
  journal: Journal
  survey: SurveyMessage
  version: string
  boot: number
  healthPeriodMs: number
  /** All of the health but what the reporter knows itself. */
  health: (connection: Connection) => Promise<Omit<HealthMessage, 'at'>>
  /** The signed record of the last commissioning, if there was one here. */
  commissioning?: () => string | undefined
  clock: Clock
  log: Log
}

/** A health message is forgotten by the broker after this many periods without a new one. */
const healthExpiryPeriods = 3

/** Says what is not a vote: birth and death, health, survey, totals. All of it retained. */
export class Reporter {
  readonly #options: ReporterOptions
  #connection: Connection | undefined
  /** The totals that this connection has; undefined until it may have them. */
  #totalsSent: string | undefined
  readonly #refused = new Set<string>()

  constructor(options: ReporterOptions) {
    this.#options = options
  }

  /** What the broker says for us when the connection dies. */
  will(): Message {
    const now = this.#options.clock.now().wall
    return this.#state({ state: 'offline', since: iso(now), will: true })
  }

  /** Introduces the terminal, then reports its health every period until the connection ends. */
  async run(connection: Connection, signal: AbortSignal): Promise<void> {
    const { clock, topics, survey } = this.#options
    this.#connection = connection
    this.#totalsSent = undefined
    await this.#say(connection, this.#state({ state: 'online', since: iso(clock.now().wall) }))
    await this.#say(connection, { topic: topics.survey, payload: JSON.stringify(survey), retain: true })
    await this.commissioning()
    await Promise.all([this.#firstTotals(connection, signal), this.#everyPeriod(signal)])
  }

  /** The totals that the broker retains are read before ours take their place. */
  async #firstTotals(connection: Connection, signal: AbortSignal): Promise<void> {
    const gap = await exchangedGap(this.#options, connection, signal)
    if (signal.aborted) return
    if (gap) {
      this.#options.log.warn('another journal was here before: its votes that nobody has are lost', {
        gap: gap.payload,
      })
      await this.#say(connection, gap)
    }
    if (this.#connection !== connection) return
    this.#totalsSent = ''
    await this.totals()
  }

  async #everyPeriod(signal: AbortSignal): Promise<void> {
    const { clock, healthPeriodMs } = this.#options
    while (!signal.aborted) {
      await this.health()
      await pause(clock, healthPeriodMs, signal)
    }
  }

  /** The last word before a connection is closed on purpose. */
  async goodbye(): Promise<void> {
    const { clock } = this.#options
    if (!this.#connection) return
    await this.#say(this.#connection, this.#state({ state: 'offline', since: iso(clock.now().wall) }))
  }

  disconnected(): void {
    this.#connection = undefined
  }

  /** Publishes the health now. */
  async health(): Promise<void> {
    const connection = this.#connection
    if (!connection) return
    const { topics, clock, healthPeriodMs, health } = this.#options
    const message: HealthMessage = { at: iso(clock.now().wall), ...(await health(connection)) }
    const expirySeconds = Math.ceil((healthExpiryPeriods * healthPeriodMs) / 1000)
    await this.#say(connection, {
      topic: topics.health,
      payload: JSON.stringify(message),
      retain: true,
      expirySeconds,
    })
  }

  /** Publishes the record of the last commissioning: on each connection, as a broker may have lost it. */
  async commissioning(): Promise<void> {
    const payload = this.#options.commissioning?.()
    if (!this.#connection || payload === undefined) return
    const { topics } = this.#options
    const message = { topic: topics.commissioning, payload, retain: true, contentType: eventContentType }
    await this.#say(this.#connection, message)
  }

  /** Publishes the totals, unless this connection has them already, or must not have them yet. */
  async totals(): Promise<void> {
    const { journal, topics } = this.#options
    if (!this.#connection || this.#totalsSent === undefined) return
    const payload = JSON.stringify(totalsMessage(journal.epoch, journal.totals()))
    if (payload === this.#totalsSent) return
    this.#totalsSent = payload
    await this.#say(this.#connection, { topic: topics.totals, payload, retain: true })
  }

  /** What the broker does not let us say is no reason to keep the votes back. */
  async #say(connection: Connection, message: Message): Promise<void> {
    try {
      await connection.publish(message)
    } catch (error) {
      if (!(error instanceof UplinkError && error.kind === 'refused')) throw error
      if (!this.#refused.has(message.topic)) this.#options.log.warn('report refused', { problem: error })
      this.#refused.add(message.topic)
    }
  }

  #state(state: Pick<StateMessage, 'state' | 'since' | 'will'>): Message {
    const { journal, version, boot, topics } = this.#options
    const message: StateMessage = { ...state, version, epoch: journal.epoch, boot }
    return { topic: topics.state, payload: JSON.stringify(message), retain: true }
  }
}

/** Seconds since a moment, for people; never negative, as clocks step. */
export function ageSeconds(since: WallMs, now: WallMs): number {
  return Math.max(0, Math.round((now - since) / 1000))
}
