import { gapEvent, voteEvent } from '../contract/events.ts'
import { topicsOf } from '../contract/topics.ts'
import type { WallMs } from '../domain/time.ts'
import type { Item, Journal, Reader } from '../ports/journal.ts'
import type { Log } from '../ports/log.ts'
import type { Connection, Message } from '../ports/uplink.ts'

export interface PublisherOptions {
  journal: Journal
  topicRoot: string
  /** How many votes may be on their way unacknowledged. */
  window: number
  log: Log
  /** Called when everything there is has been acknowledged. */
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
  wake: () => void
  /** Set once the connection is of no more use. */
  over?: { problem: unknown }
}

/**
 * Reads on from the journal's cursor and publishes in order of sequence, a window of votes at a time.
 * Nothing is handed to MQTT while there is no connection; what was under way when one is lost is read
 * again from the journal, with the same ids.
 */
export class Publisher {
  readonly #options: PublisherOptions
  #inFlight: readonly InFlight[] = []
  #unheard = 0

  constructor(options: PublisherOptions) {
    this.#options = options
  }

  /** Votes that a broker took though nobody had subscribed. */
  get unheard(): number {
    return this.#unheard
  }

  /** When the oldest vote under way was pressed. */
  get oldest(): WallMs | undefined {
    return this.#inFlight.map(({ item }) => (item.is === 'vote' ? item.vote.at.wall : item.gap.at))[0]
  }

  /**
   * Publishes until the connection ends. When the signal aborts it sends no more, and waits for what is
   * under way. Rejects when the broker refuses, or with what ended the connection.
   */
  async run(connection: Connection, signal: AbortSignal): Promise<void> {
    const { journal, onDrained } = this.#options
    const run: Run = { connection, signal, reader: journal.reader(), inFlight: [], wake: () => {} }
    this.#inFlight = run.inFlight
    using _ = journal.onSettled(() => run.wake())
    signal.addEventListener('abort', () => run.wake())
    connection.closed.then((problem) => end(run, problem))
    while (!run.over && !(signal.aborted && run.inFlight.length === 0)) {
      const woken = new Promise<void>((resolve) => {
        run.wake = resolve
      })
      if (await this.#fill(run)) onDrained()
      await woken
    }
    if (run.over?.problem) throw run.over.problem
  }

  /** Sends as much as the window lets; true when nothing is left and nothing under way. */
  async #fill(run: Run): Promise<boolean> {
    while (run.inFlight.length < this.#options.window) {
      const item = await run.reader.next()
      if (!sending(run)) return false
      if (!item) return run.inFlight.length === 0
      this.#send(item, run)
    }
    return false
  }

  #send(item: Item, run: Run): void {
    const entry: InFlight = { item, acknowledged: false }
    run.inFlight.push(entry)
    run.connection.publish(this.#message(item)).then(
      ({ heard }) => {
        if (run.over) return
        if (!heard) this.#notHeard(item)
        entry.acknowledged = true
        this.#advance(run)
      },
      (problem) => end(run, problem),
    )
  }

  /** The cursor moves over what is acknowledged without a hole. */
  #advance({ inFlight, wake }: Run): void {
    let last: Item | undefined
    while (inFlight[0]?.acknowledged) last = inFlight.shift()!.item
    if (last) this.#options.journal.done(last)
    wake()
  }

  #message(item: Item): Message {
    const { topicRoot } = this.#options
    const [source, event] =
      item.is === 'vote' ? [item.vote.source, voteEvent(item.vote)] : [item.gap.source, gapEvent(item.gap)]
    const topics = topicsOf(topicRoot, source)
    return {
      topic: item.is === 'vote' ? topics.vote : topics.gap,
      payload: JSON.stringify(event),
      retain: false,
    }
  }

  #notHeard(item: Item): void {
    if (item.is !== 'vote') return
    if (this.#unheard === 0)
      this.#options.log.warn('the broker took a vote, but nobody has subscribed', {
        topic: this.#message(item).topic,
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
