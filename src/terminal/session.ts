import { type Clock, pause } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import { type Connection, type Message, type Uplink, UplinkError } from '../ports/uplink.ts'

export interface SessionOptions {
  uplink: Uplink
  /** Of a terminal; those who only listen have none. */
  will?: () => Message
  /** Works on one connection until it ends or the signal aborts. A rejection ends the connection. */
  work: (connection: Connection, signal: AbortSignal) => Promise<void>
  clock: Clock
  log: Log
  /** From 0 to below 1. */
  random: () => number
}

const firstPauseMs = 1_000
const longestPauseMs = 300_000
/** A connection that lasted this long was a good one: the next trouble is a new trouble. */
const goodMs = 30_000
/** Where a broker comes back, forty terminals must not come back in the same instant. */
const leastShare = 0.1

/** Why a connection ended, or could not be had, and how long it lasted. */
interface Ended {
  problem: unknown
  lastedMs: number
}

/** Stays connected, with ever longer pauses between the attempts, for ever. Being offline is normal. */
export class Session {
  readonly #options: SessionOptions

  constructor(options: SessionOptions) {
    this.#options = options
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, random } = this.#options
    let last: unknown
    for (let failures = 0; !signal.aborted; failures++) {
      const { problem, lastedMs } = await this.#once(signal)
      if (signal.aborted) return
      if (lastedMs >= goodMs) failures = 0
      const waitMs = backOff(failures, random())
      const why = problem instanceof Error ? problem.message : problem
      // A broker that stays away is not news; that it stays away for another reason is.
      log[failures === 0 || why !== last ? 'warn' : 'debug']('not connected', {
        why,
        againInSeconds: Math.round(waitMs / 1000),
      })
      last = why
      await pause(clock, waitMs, signal)
    }
  }

  /** One connection from its beginning to its end. */
  async #once(signal: AbortSignal): Promise<Ended> {
    const { uplink, will, work, clock, log } = this.#options
    let connection: Connection
    try {
      connection = await uplink.connect(will?.(), signal)
    } catch (problem) {
      return { problem, lastedMs: 0 }
    }
    const begun = clock.now().mono
    log.info('connected', { protocol: `MQTT ${connection.protocol}` })
    const over = new AbortController()
    const stop = () => over.abort()
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    const closed = connection.closed.finally(stop)
    let problem: unknown
    try {
      await work(connection, over.signal)
    } catch (error) {
      problem = error
      if (!(error instanceof UplinkError)) log.error('connection given up', { problem: error })
    } finally {
      signal.removeEventListener('abort', stop)
      await connection[Symbol.asyncDispose]()
    }
    return { problem: (await closed) ?? problem, lastedMs: clock.now().mono - begun }
  }
}

/** Exponential with full jitter, from 1 s up to 5 minutes. */
export function backOff(failures: number, random: number): number {
  const most = Math.min(longestPauseMs, firstPauseMs * 2 ** failures)
  return most * (leastShare + (1 - leastShare) * random)
}
