import type { WallMs } from '../domain/time.ts'
import type { Clock } from '../ports/clock.ts'
import type { Held, Item, Journal, Reader } from '../ports/journal.ts'
import type { Log } from '../ports/log.ts'
import type { Connection } from '../ports/uplink.ts'
import { ByCollector } from './by-collector.ts'
import { CommittedTopics } from './committed.ts'
import { byBroker, type Confirmation } from './confirmation.ts'
import { Hold } from './hold.ts'
import { aboutOf, messageOf } from './items.ts'
import { Published } from './published.ts'

export interface PublisherOptions {
  journal: Journal
  topicRoot: string
  /** How many votes may be on their way unacknowledged. */
  window: number
  /** Who says that a vote is done. */
  confirmation: 'broker' | 'collector'
  /** How long a collector may stay behind before the votes are sent again. */
  recommitMs: number
  /** How long a connection waits for the clock before it sends votes whose time is not known. */
  clockWaitMs: number
  clock: Clock
  log: Log
  /** Called when everything that may be told has been acknowledged. */
  onDrained: () => void
}

interface InFlight {
  item: Item
  acknowledged: boolean
}

/** What belongs to one connection, and must never reach into the next one's. */
interface Run {
  connection: Connection
  signal: AbortSignal
  reader: Reader
  inFlight: InFlight[]
  hold: Hold
  confirmation: Confirmation
  wake: () => void
  /** Set once the connection is of no more use. */
  over?: { problem: unknown }
}

/** Why no more is sent: the window is full (or it is over), nothing is left, or the next one has to wait. */
type Stop = 'full' | 'empty' | Held['for']

/**
 * Reads on from the journal's cursor and publishes in order of sequence, a window of votes at a time.
 * Nothing is handed to MQTT while there is no connection; what was under way when one is lost is read
 * again from the journal, with the same ids.
 */
export class Publisher {
  readonly #options: PublisherOptions
  readonly #published = new Published()
  readonly #committed: CommittedTopics
  #run: Run | undefined
  #idle = false
  readonly #waitingForIdle = new Set<() => void>()
  #unheard = 0

  constructor(options: PublisherOptions) {
    const { journal, topicRoot, log } = options
    this.#options = options
    this.#committed = new CommittedTopics({ journal, topicRoot, log, published: this.#published })
  }

  /** Votes that a broker took though nobody had subscribed. */
  get unheard(): number {
    return this.#unheard
  }

  /** Messages on `committed` that no collector of ours can have meant. */
  get committedIgnored(): number {
    return this.#committed.ignored
  }

  /** When the oldest vote was given that is not done, as far as that is known. */
  get oldest(): WallMs | undefined {
    const underWay = this.#run?.inFlight[0]?.item
    return this.#run?.confirmation.oldest ?? (underWay && aboutOf(underWay).at)
  }

  /** How far the journal has been published since the start, in its votes; undefined if nothing was. */
  get publishedVotes(): number | undefined {
    return this.#published.votes
  }

  /** Resolves when nothing waits to be sent for the first time, or when the signal aborts. */
  async idle(signal: AbortSignal): Promise<void> {
    while (!this.#idle && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const go = () => {
          this.#waitingForIdle.delete(go)
          signal.removeEventListener('abort', go)
          resolve()
        }
        this.#waitingForIdle.add(go)
        signal.addEventListener('abort', go)
      })
    }
  }

  /**
   * Publishes until the connection ends. When the signal aborts it sends no more, and waits for what is
   * under way. Rejects when the broker refuses, or with what ended the connection.
   */
  async run(connection: Connection, signal: AbortSignal): Promise<void> {
    const run = this.#begin(connection, signal)
    using _hold = run.hold
    using confirmation = run.confirmation
    using _listening = this.#options.journal.onReadable(() => run.wake())
    confirmation.begin()
    while (!run.over && !(signal.aborted && run.inFlight.length === 0)) {
      const woken = new Promise<void>((resolve) => {
        run.wake = resolve
      })
      this.#rest(run, await this.#fill(run))
      await woken
      this.#idle = false
    }
    if (run.over?.problem) throw run.over.problem
  }

  #begin(connection: Connection, signal: AbortSignal): Run {
    const { journal, clock, clockWaitMs, log } = this.#options
    const wake = () => run.wake()
    const hold = new Hold({ journal, clock, clockWaitMs, log, wake })
    const reader = journal.reader()
    const run: Run = {
      connection,
      signal,
      reader,
      inFlight: [],
      hold,
      confirmation: byBroker(journal),
      wake: () => {},
    }
    if (this.#options.confirmation === 'collector') run.confirmation = this.#byCollector(run)
    this.#run = run
    this.#idle = false
    signal.addEventListener('abort', wake)
    connection.closed.then((problem) => end(run, problem))
    return run
  }

  #byCollector(run: Run): Confirmation {
    const { journal, clock, log, recommitMs } = this.#options
    return new ByCollector({
      journal,
      connection: run.connection,
      topics: this.#committed,
      published: this.#published,
      clock,
      log,
      recommitMs,
      goBack: (reader) => {
        run.reader = reader
        run.wake()
      },
      onDone: () => run.wake(),
      fail: (problem) => end(run, problem),
    })
  }

  /** Sends as much as the window lets. */
  async #fill(run: Run): Promise<Stop> {
    while (run.inFlight.length < this.#options.window) {
      const { reader } = run
      const item = await reader.next()
      if (!sending(run)) return 'full'
      // Meanwhile it went back, and reads this one again.
      if (reader !== run.reader) continue
      if (!item) return 'empty'
      if (item.is !== 'held') {
        run.hold.over()
        if (!run.confirmation.covers(item)) this.#send(item, run)
      } else if (!(await run.hold.on(item))) return item.for
    }
    return 'full'
  }

  /** Nothing more to send for now. */
  #rest(run: Run, stop: Stop): void {
    if (stop === 'full' || !sending(run)) return
    this.#idle = true
    for (const go of [...this.#waitingForIdle]) go()
    if (stop !== 'clock' && run.inFlight.length === 0) this.#options.onDrained()
  }

  #send(item: Item, run: Run): void {
    const entry: InFlight = { item, acknowledged: false }
    run.inFlight.push(entry)
    this.#published.add(item)
    run.confirmation.sent(item)
    run.connection.publish(messageOf(this.#options.topicRoot, item)).then(
      ({ heard }) => {
        if (run.over) return
        if (!heard) this.#notHeard(item)
        entry.acknowledged = true
        run.confirmation.acknowledged(item)
        this.#advance(run)
      },
      (problem) => end(run, problem),
    )
  }

  /** What is acknowledged without a hole is not under way any more. */
  #advance({ inFlight, confirmation, wake }: Run): void {
    let last: Item | undefined
    while (inFlight[0]?.acknowledged) last = inFlight.shift()!.item
    if (last) confirmation.acknowledgedUpTo(last)
    wake()
  }

  #notHeard(item: Item): void {
    if (item.is !== 'vote') return
    if (this.#unheard === 0)
      this.#options.log.warn('the broker took a vote, but nobody has subscribed', {
        topic: messageOf(this.#options.topicRoot, item).topic,
      })
    this.#unheard++
  }
}

function sending({ over, signal }: Run): boolean {
  return !over && !signal.aborted
}

function end(run: Run, problem: unknown): void {
  run.over ??= { problem }
  run.wake()
}
