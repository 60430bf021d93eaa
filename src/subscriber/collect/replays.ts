import * as v from 'valibot'
import { type ReplyMessage, replySchema } from '../../contract/schemas.ts'
import { topicsOf } from '../../contract/topics.ts'
import type { MonoMs } from '../../domain/time.ts'
import { type Clock, pause } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import { type Connection, type Incoming, UplinkError } from '../../ports/uplink.ts'
import { type Database, mostMissingListed, type Progress } from '../database/database.ts'
import { rangesText } from '../ranges.ts'

export interface ReplaysOptions {
  database: Pick<Database, 'claimReplay'>
  topicRoot: string
  where?: string
  clock: Clock
  log: Log
}

/** How long something must be missing before it is asked for: most of it is only on its way. */
const settleMs = 10_000
/** After that the terminal is asked again, ever more seldom. */
const firstPauseMs = 30_000
const longestPauseMs = 3_600_000
const tickMs = 1_000
/** How many terminals are asked in one tick: a collector that comes back must not wake a whole region at once. */
const mostPerTick = 50

/** An epoch of which something is missing. */
interface Wanted {
  progress: Progress
  /** When to ask next. */
  at: MonoMs
  asked: number
}

/** Asks terminals for the sequences that are missing, as long as they are. */
export class Replays {
  readonly #options: ReplaysOptions
  readonly #wanted = new Map<string, Wanted>()
  /** Whoever is not known to be away may be there: a broker that was restarted knows nothing of anybody. */
  readonly #away = new Set<string>()
  #next = 1

  constructor(options: ReplaysOptions) {
    this.#options = options
  }

  /** How many epochs lack something now. */
  get waiting(): number {
    return this.#wanted.size
  }

  /** Whether a terminal is there to be asked. */
  knows(source: string, online: boolean): void {
    if (online) this.#away.delete(source)
    else this.#away.add(source)
  }

  /** How far the database is. What becomes less gets time to become nothing. */
  stored(progress: readonly Progress[]): void {
    const now = this.#options.clock.now().mono
    for (const one of progress) {
      const key = keyOf(one)
      if (one.missing.length === 0) {
        this.#wanted.delete(key)
        continue
      }
      const before = this.#wanted.get(key)
      const moved = before === undefined || one.complete > before.progress.complete
      this.#wanted.set(key, {
        progress: one,
        at: moved ? now + settleMs : before.at,
        asked: moved ? 0 : before.asked,
      })
    }
  }

  /** Asks for what is missing, for as long as the connection lasts. */
  async run(connection: Connection, signal: AbortSignal): Promise<void> {
    const { topicRoot, where = '+/+/+', clock } = this.#options
    await connection.subscribe(`${topicRoot}/${where}/command/replay/reply`, (message) => this.#hear(message))
    while (!signal.aborted) {
      await pause(clock, tickMs, signal)
      if (!signal.aborted) await this.#askDue(connection)
    }
  }

  async #askDue(connection: Connection): Promise<void> {
    const now = this.#options.clock.now().mono
    let asked = 0
    for (const wanted of this.#wanted.values()) {
      if (wanted.at > now || this.#away.has(wanted.progress.source)) continue
      if (++asked > mostPerTick) return
      await this.#ask(connection, wanted)
    }
  }

  async #ask(connection: Connection, wanted: Wanted): Promise<void> {
    const { clock, database, topicRoot, log } = this.#options
    const { source, epoch, missing, highest } = wanted.progress
    const { wall, mono } = clock.now()
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** wanted.asked)
    wanted.at = mono + pauseMs
    wanted.asked++
    if (!(await database.claimReplay(source, epoch, wall, wall + pauseMs))) return
    const from = missing[0]!.from
    // Where more is missing than is listed, all that follows is asked for: what comes twice is stored once.
    const to = missing.length < mostMissingListed ? missing.at(-1)!.to : highest
    const request = { id: `collect-${this.#next++}`, epoch, from, to }
    log.info('replay asked for', { source, epoch, missing: rangesText(missing) })
    try {
      const topic = topicsOf(topicRoot, source).command('replay')
      await connection.publish({ topic, payload: JSON.stringify(request), retain: false })
    } catch (error) {
      if (!(error instanceof UplinkError && error.kind === 'refused')) throw error
      log.warn('replay refused by the broker', { source, problem: error })
    }
  }

  #hear({ topic, payload }: Incoming): void {
    const reply = parseReply(payload)
    if (!reply?.id?.startsWith('collect-')) return
    const { log } = this.#options
    if (!reply.ok) log.warn('replay not possible', { topic, why: reply.problem })
    else log.info('replay promised', { topic, votes: reply.votes, from: reply.from, to: reply.to })
  }
}

function keyOf({ source, epoch }: Progress): string {
  return `${source}#${epoch}`
}

function parseReply(payload: Uint8Array): ReplyMessage | undefined {
  if (payload.length > 4_096) return undefined
  try {
    const checked = v.safeParse(replySchema, JSON.parse(new TextDecoder().decode(payload)))
    return checked.success ? checked.output : undefined
  } catch {
    return undefined
  }
}
