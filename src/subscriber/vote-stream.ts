import type { VoteEvent } from '../contract/schemas.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Uplink } from '../ports/uplink.ts'
import type { Completeness, Ledger } from './completeness.ts'
import { Feed } from './feed.ts'
import type { Item, Rejected } from './item.ts'
import type { PositionFile } from './position-file.ts'

export interface VoteStreamOptions {
  uplink: Uplink
  topicRoot: string
  where?: string
  /** Where the position is kept over a restart; nowhere unless given. */
  position?: PositionFile
  /** Told of each message that is not what the contract says. */
  onRejected?: (rejected: Rejected) => void
  clock: Clock
  log: Log
  random: () => number
}

/** So many votes wait for the consumer; then the broker waits. */
const mostWaiting = 256
const saveEveryMs = 1_000

/**
 * The votes of any number of terminals, each once, in the order of their sequence as far as the broker keeps
 * it. A vote counts as had when the consumer comes back for the next one: what it was working on when it died
 * comes again.
 */
export class VoteStream implements AsyncIterableIterator<VoteEvent>, AsyncDisposable {
  readonly #options: VoteStreamOptions
  readonly #ledger: Ledger
  readonly #waiting: VoteEvent[] = []
  /** What is in the hands of the consumer, or waits for it: not had yet, and not to be taken twice. */
  readonly #promised = new Set<string>()
  readonly #stop = new AbortController()
  #running: Promise<void> | undefined
  #inHand: VoteEvent | undefined
  #wake: (() => void) | undefined
  #room: (() => void)[] = []
  #saving: Promise<void> = Promise.resolve()
  #saveAlarm: Disposable | undefined

  constructor(options: VoteStreamOptions, ledger: Ledger) {
    this.#options = options
    this.#ledger = ledger
  }

  /** Connects in the background, and again whenever it must. */
  start(): void {
    const { uplink, topicRoot, where, clock, log, random } = this.#options
    const feed = new Feed({
      uplink,
      topicRoot,
      ...(where !== undefined && { where }),
      kinds: ['vote', 'gap', 'summary', 'totals'],
      receive: (item) => this.#receive(item),
      clock,
      log,
      random,
    })
    this.#running = feed.run(this.#stop.signal)
  }

  #receive(item: Item | Rejected): undefined | Promise<void> {
    if (item.is === 'rejected') {
      this.#options.onRejected?.(item)
      return undefined
    }
    if (item.is !== 'vote') {
      if (this.#ledger.take(item)) this.#saveSoon()
      return undefined
    }
    const { source, event } = item
    if (this.#promised.has(keyOf(event)) || this.#ledger.has(source, event.data.epoch, event.data.sequence))
      return undefined
    this.#promised.add(keyOf(event))
    this.#waiting.push(event)
    this.#wake?.()
    if (this.#waiting.length < mostWaiting) return undefined
    return new Promise((resolve) => this.#room.push(resolve))
  }

  /** How complete each epoch is, of all terminals or of one (`faccina://municipality/office/counter`). */
  completeness(source?: string): Completeness[] {
    return this.#ledger.completeness(source)
  }

  /** The next vote, as soon as there is one; the one before counts as had now. */
  async next(): Promise<IteratorResult<VoteEvent, undefined>> {
    this.#had()
    while (this.#waiting.length === 0 && !this.#stop.signal.aborted)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    this.#wake = undefined
    const value = this.#stop.signal.aborted ? undefined : this.#waiting.shift()
    this.#makeRoom()
    if (value === undefined) return { value, done: true }
    this.#inHand = value
    return { value, done: false }
  }

  #had(): void {
    const event = this.#inHand
    if (!event) return
    this.#inHand = undefined
    this.#ledger.take({ is: 'vote', source: event.source, event })
    this.#promised.delete(keyOf(event))
    this.#saveSoon()
  }

  #makeRoom(): void {
    if (this.#waiting.length >= mostWaiting) return
    const room = this.#room
    this.#room = []
    for (const resolve of room) resolve()
  }

  #saveSoon(): void {
    const { position, clock } = this.#options
    if (!position || this.#saveAlarm) return
    this.#saveAlarm = clock.alarm(clock.now().mono + saveEveryMs, () => {
      this.#saveAlarm = undefined
      this.#save()
    })
  }

  #save(): void {
    const { position, log } = this.#options
    this.#saving = this.#saving.then(async () => {
      try {
        await position?.save(this.#ledger.records())
      } catch (error) {
        log.warn('position not saved', { problem: error })
      }
    })
  }

  /** What `for await` calls when the loop is left; what was in hand then is not had. */
  async return(): Promise<IteratorResult<VoteEvent, undefined>> {
    await this[Symbol.asyncDispose]()
    return { value: undefined, done: true }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#stop.signal.aborted) return
    this.#stop.abort()
    this.#wake?.()
    for (const resolve of this.#room.splice(0)) resolve()
    await this.#running
    this.#saveAlarm?.[Symbol.dispose]()
    this.#save()
    await this.#saving
  }
}

function keyOf({ source, id }: VoteEvent): string {
  return `${source}#${id}`
}
