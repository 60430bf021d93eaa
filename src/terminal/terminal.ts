import { surveyMessage } from '../contract/events.ts'
import type { HealthMessage } from '../contract/schemas.ts'
import { topicsOf } from '../contract/topics.ts'
import type { Board } from '../ports/board.ts'
import type { Certificates } from '../ports/certificates.ts'
import { pause } from '../ports/clock.ts'
import type { Journal } from '../ports/journal.ts'
import type { Panel } from '../ports/panel.ts'
import type { Connection, Uplink } from '../ports/uplink.ts'
import { Commands } from './commands.ts'
import { Commissioner, type CommissionerParts } from './commissioner.ts'
import type { Condition } from './diagnosis.ts'
import { Enrolment } from './enrolment.ts'
import { Kiosk, type KioskOptions } from './kiosk.ts'
import { Publisher } from './publisher.ts'
import { Replay } from './replay.ts'
import { ageSeconds, Reporter } from './reporter.ts'
import { backOff, Session } from './session.ts'
import { aborted, within } from './within.ts'

export interface TerminalOptions extends Omit<KioskOptions, 'panel' | 'onGesture'> {
  source: string
  version: string
  topicRoot: string
  window: number
  /** Who says that a vote is done. */
  confirmation: 'broker' | 'collector'
  recommitMs: number
  clockWaitMs: number
  healthPeriodMs: number
  panel: Panel
  /** Tried again for as long as it takes. */
  openStore: () => Promise<Store>
  /** Absent when there is no broker: votes are kept all the same. */
  uplink?: Uplink
  /** Where the broker is spoken to over TLS. */
  certificates?: Certificates
  board: Board
  /** Why the settings on the card are not in force, where they are not. */
  refused?: string
  random: () => number
  /** What the terminal needs to look at itself when a technician wants it. */
  commissioning: CommissionerParts
}

/** The journal, and which boot of this computer it was opened in. */
export interface Store extends AsyncDisposable {
  journal: Journal
  boot: number
}

/** How long a terminal that is asked to identify itself shows it. */
const identifyMs = 10_000

/** How long a stop waits for acknowledgements, and again for the broker to take the last word. */
const goodbyeMs = 2_000

/** How long a stop waits for the journal to finish what it is writing. */
const closeMs = 5_000

/** The whole terminal: the kiosk at once, the journal as soon as it can be had, the broker whenever it is there. */
export class Terminal implements AsyncDisposable {
  readonly #options: TerminalOptions
  readonly #kiosk: Kiosk
  readonly #commissioner: Commissioner
  readonly #stop = new AbortController()
  readonly #stopping = aborted(this.#stop.signal)
  #running: Promise<void> | undefined
  #store: Store | undefined
  /** Why there is no journal, once that was tried. */
  #problem: string | undefined
  #tried = () => {}
  #stopped: Promise<void> | undefined

  constructor(options: TerminalOptions) {
    this.#options = options
    this.#kiosk = new Kiosk({ ...options, onGesture: () => this.#commissioner.begin('keys') })
    const { visitRules: rules, board, commissioning, ...rest } = options
    this.#commissioner = new Commissioner({
      ...rest,
      ...commissioning,
      rules,
      board: board.model,
      kiosk: this.#kiosk,
      signal: this.#stop.signal,
    })
  }

  /**
   * Takes presses from now on. `ready` resolves when votes can be kept; `tried` when it is first known
   * whether they can: a terminal that is out of service has started, too.
   */
  start(): { ready: Promise<void>; tried: Promise<void> } {
    this.#kiosk.start()
    this.#commissioner.start()
    let ready: () => void
    const opened = new Promise<void>((resolve) => {
      ready = resolve
    })
    const tried = new Promise<void>((resolve) => {
      this.#tried = resolve
    })
    this.#running = this.#run(() => ready())
    return { ready: opened, tried }
  }

  /** How it is now. */
  get condition(): Condition {
    return {
      journal: this.#journalCondition(),
      kiosk: this.#kiosk.condition,
      broker: this.#options.uplink !== undefined,
    }
  }

  #journalCondition(): Condition['journal'] {
    if (this.#store) return { is: 'open', ...this.#store.journal.condition() }
    return this.#problem === undefined ? { is: 'opening' } : { is: 'missing', problem: this.#problem }
  }

  async #run(ready: () => void): Promise<void> {
    const store = await this.#openStore()
    if (!store) return
    this.#store = store
    this.#kiosk.attach(store.journal)
    this.#tried()
    ready()
    const { uplink } = this.#options
    if (uplink) await this.#online(store, uplink)
  }

  async #openStore(): Promise<Store | undefined> {
    const { openStore, clock, log, random } = this.#options
    const { signal } = this.#stop
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        const opening = openStore()
        const store = await Promise.race([opening, this.#stopping])
        // A store that comes after the stop is closed again, whenever that is.
        if (!store) quietly(opening.then((late) => late[Symbol.asyncDispose]()))
        return store
      } catch (error) {
        this.#problem = error instanceof Error ? error.message : String(error)
        this.#tried()
        const waitMs = Math.min(60_000, backOff(failures, random()))
        log.error('no journal: votes cannot be taken', {
          problem: error,
          againInSeconds: Math.round(waitMs / 1000),
        })
        await pause(clock, waitMs, signal)
      }
    }
    return undefined
  }

  async #online({ journal, boot }: Store, uplink: Uplink): Promise<void> {
    const { topicRoot, source, window, clock, log, random, version, healthPeriodMs } = this.#options
    const { survey, visitRules, confirmation, recommitMs, clockWaitMs, certificates } = this.#options
    const topics = topicsOf(topicRoot, source)
    const enrolment = certificates && new Enrolment({ topics, certificates, clock, log })
    const commands: Commands = new Commands({
      topics,
      topicRoot,
      log,
      handlers: {
        identify: () => this.#kiosk.identify(identifyMs),
        health: () => reporter.health(),
        replay: (request) => replay.ask(request),
        ...(enrolment && { certificate: (request) => enrolment.take(request) }),
      },
    })
    const publisher: Publisher = new Publisher({
      journal,
      topicRoot,
      window,
      confirmation,
      recommitMs,
      clockWaitMs,
      clock,
      log,
      onDrained: () => quietly(reporter.totals()),
    })
    const replay = new Replay({ journal, publisher, topicRoot, clock, log })
    const reporter = new Reporter({
      topics,
      journal,
      survey: surveyMessage(survey, visitRules.asks, visitRules.languages),
      version,
      boot,
      healthPeriodMs,
      commissioning: () => this.#commissioner.record,
      clock,
      log,
      health: async (connection) => ({
        ...(await this.#health(journal, publisher, commands, connection)),
        ...(enrolment && { certificate: await enrolment.health() }),
      }),
    })
    const parts = [publisher, reporter, replay, ...(enrolment ? [enrolment] : [])]
    using _ = this.#kiosk.onCondition(() => quietly(reporter.health()))
    this.#commissioner.onRecord = () => quietly(reporter.commissioning())
    const work = async (connection: Connection, signal: AbortSignal) => {
      try {
        // A broker that does not let us hear commands still takes votes.
        commands.run(connection).catch((error) => log.warn('no commands', { problem: error }))
        const all = Promise.all(parts.map((part) => part.run(connection, signal)))
        const ended = Promise.race([all, connection.closed])
        await Promise.race([ended, aborted(signal)])
        await within(clock, goodbyeMs, ended)
      } finally {
        await within(clock, goodbyeMs, reporter.goodbye()).catch(() => {})
        reporter.disconnected()
      }
    }
    await new Session({ uplink, will: () => reporter.will(), work, clock, log, random }).run(
      this.#stop.signal,
    )
  }

  async #health(
    journal: Journal,
    publisher: Publisher,
    commands: Commands,
    connection: Connection,
  ): Promise<Omit<HealthMessage, 'at'>> {
    const { panel, clock, board, refused } = this.#options
    const { writable, problem, waiting, bytes, maxBytes } = journal.condition()
    const { freeBytes, ...sensors } = await board.read()
    const now = clock.now()
    const { oldest } = publisher
    return {
      panel: panel.name,
      board: board.model,
      queue: {
        votes: waiting,
        ...(oldest !== undefined && { oldestAgeSeconds: ageSeconds(oldest, now.wall) }),
      },
      clock: now.synchronised ? 'synchronised' : 'unknown',
      disk: {
        writable,
        ...(problem !== undefined && { problem }),
        journalBytes: bytes,
        journalMaxBytes: maxBytes,
        ...(freeBytes !== undefined && { freeBytes }),
      },
      keys: { ...panel.keys.condition(), stuck: this.#kiosk.stuck, ignored: this.#kiosk.ignored },
      lights: panel.lights.condition(),
      display: panel.display.condition(),
      broker: {
        protocol: connection.protocol,
        unheard: publisher.unheard,
        committedIgnored: publisher.committedIgnored,
      },
      commands: { ignored: commands.ignored },
      ...(refused !== undefined && { settings: { refused } }),
      ...sensors,
    }
  }

  /** Takes no more presses, finishes what is in flight, says goodbye. Idempotent. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#stopped ??= this.#stopAll()
    return this.#stopped
  }

  async #stopAll(): Promise<void> {
    const { clock, log } = this.#options
    this.#stop.abort()
    this.#kiosk[Symbol.dispose]()
    await within(clock, goodbyeMs, this.#commissioner.ended)
    await this.#running
    const closed = async () => this.#store?.[Symbol.asyncDispose]()
    if (!(await within(clock, closeMs, closed())))
      log.error('the journal did not close', { afterMs: closeMs })
  }
}

/** What fails here fails because the connection is gone, which the session knows. */
function quietly(work: Promise<void>): void {
  work.catch(() => {})
}
