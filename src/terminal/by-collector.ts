import type { Committed } from '../contract/schemas.ts'
import type { WallMs } from '../domain/time.ts'
import type { Clock } from '../ports/clock.ts'
import type { Item, Journal, Reader } from '../ports/journal.ts'
import type { Log } from '../ports/log.ts'
import type { Connection } from '../ports/uplink.ts'
import type { CommittedTopics } from './committed.ts'
import type { Confirmation } from './confirmation.ts'
import { type About, aboutOf } from './items.ts'
import type { Published } from './published.ts'
import { Recommit } from './recommit.ts'

export interface ByCollectorOptions {
  journal: Journal
  connection: Connection
  topics: CommittedTopics
  published: Published
  clock: Clock
  log: Log
  recommitMs: number
  /** What was published is not with the collector: go on publishing from here. */
  goBack: (reader: Reader) => void
  /** The cursor has moved. */
  onDone: () => void
  /** The journal cannot be read any more. */
  fail: (problem: unknown) => void
}

/** The cursor is moved at least every so many items. */
const step = 256
/** More epochs, or more ways back, than this within one connection are nonsense. */
const bound = 64

/**
 * Done is what a collector says that it has in its database. Nothing is kept in memory until then: a second
 * reader follows the first one from the cursor on, as far as `committed` goes.
 */
export class ByCollector implements Confirmation {
  readonly #options: ByCollectorOptions
  readonly #recommit: Recommit
  readonly #follower: Reader
  /** The first item that is not done; undefined until it has been looked for. */
  #front: Item | 'none' | undefined
  /** The latest word on each epoch, and the highest sequence of it that the broker has acknowledged. */
  readonly #committed = new Map<string, number>()
  readonly #acknowledged = new Map<string, number>()
  readonly #listening = new Set<string>()
  /** A value that is lower than the one before it, or the first of this connection. */
  #fallen: Committed | undefined
  readonly #wentBack = new Set<string>()
  #late = false
  #at: 'rest' | 'following' | 'again' | 'over' = 'rest'

  constructor(options: ByCollectorOptions) {
    this.#options = options
    this.#follower = options.journal.reader()
    this.#recommit = new Recommit(options.clock, options.recommitMs, () => {
      this.#late = true
      this.#follow()
    })
  }

  begin(): void {
    this.#listenTo(this.#options.journal.source)
    this.#follow()
  }

  get oldest(): WallMs | undefined {
    return typeof this.#front === 'object' ? aboutOf(this.#front).at : undefined
  }

  covers(item: Item): boolean {
    const about = aboutOf(item)
    return about.to <= this.#believed(about)
  }

  sent(item: Item): void {
    this.#listenTo(aboutOf(item).source)
  }

  acknowledged(item: Item): void {
    const about = aboutOf(item)
    const highest = this.#acknowledged.get(keyOf(about)) ?? 0
    this.#acknowledged.set(keyOf(about), Math.max(highest, about.to))
    if (typeof this.#front !== 'object' || this.covers(this.#front)) this.#follow()
    else this.#watch()
  }

  acknowledgedUpTo(): void {}

  /** How far the collector is, where it can be there; else 0. */
  #believed({ source, epoch }: Pick<About, 'source' | 'epoch'>): number {
    const value = this.#committed.get(keyOf({ source, epoch })) ?? 0
    // After a restart nobody knows what was published before, and the value waits until it has been again.
    const most = Math.max(this.#options.published.sequenceOf(epoch), this.#doneOf(epoch))
    return value <= most ? value : 0
  }

  /** How far an epoch is done, as far as that is known. */
  #doneOf(epoch: string): number {
    const { journal } = this.#options
    if (typeof this.#front === 'object') {
      const { from, epoch: front } = aboutOf(this.#front)
      return front === epoch ? from - 1 : 0
    }
    if (this.#front === undefined || epoch !== journal.epoch) return 0
    return Math.max(0, journal.totals().sequence - journal.condition().waiting)
  }

  #listenTo(source: string): void {
    if (this.#listening.has(source)) return
    this.#listening.add(source)
    const { topics, connection } = this.#options
    void topics.listen(connection, source, (committed) => this.#hear(source, committed))
  }

  #hear(source: string, { epoch, sequence }: Committed): void {
    const key = keyOf({ source, epoch })
    const before = this.#committed.get(key)
    if (this.#at === 'over' || (before === undefined && this.#committed.size === bound)) return
    this.#committed.set(key, sequence)
    if (before === undefined || sequence > before) this.#recommit.progress()
    if (before === undefined || sequence < before) this.#fallen = { epoch, sequence }
    this.#follow()
  }

  #follow(): void {
    if (this.#at === 'following') this.#at = 'again'
    if (this.#at !== 'rest') return
    this.#at = 'following'
    this.#followAll().catch((problem) => this.#options.fail(problem))
  }

  async #followAll(): Promise<void> {
    for (let more = true; more; more = this.#next()) {
      await this.#walk()
      await this.#fallBack()
      await this.#sendAgain()
    }
    this.#watch()
  }

  #next(): boolean {
    const again = this.#at === 'again'
    if (this.#at !== 'over') this.#at = again ? 'following' : 'rest'
    return again
  }

  /** Moves the cursor over all that is committed. */
  async #walk(): Promise<void> {
    const { journal } = this.#options
    let last: Item | undefined
    for (let count = 1; this.#at !== 'over'; count++) {
      if (typeof this.#front !== 'object') this.#front = await this.#read()
      if (this.#front === 'none' || !this.covers(this.#front)) break
      last = this.#front
      this.#front = undefined
      if (count % step === 0) journal.done(last)
    }
    if (!last) return
    journal.done(last)
    this.#options.onDone()
  }

  async #read(): Promise<Item | 'none'> {
    const item = await this.#follower.next()
    return item && item.is !== 'held' ? item : 'none'
  }

  /** The collector has less than it had: it lost its database, or got an older one back. */
  async #fallBack(): Promise<void> {
    const fallen = this.#fallen
    this.#fallen = undefined
    if (!fallen || fallen.sequence >= this.#doneOf(fallen.epoch)) return
    const { epoch, sequence } = fallen
    const value = `${epoch} ${sequence}`
    if (this.#wentBack.has(value) || this.#wentBack.size === bound) return
    this.#wentBack.add(value)
    this.#options.log.warn('the collector has less than it had: sending again', {
      epoch,
      committed: sequence,
      done: this.#doneOf(epoch),
    })
    await this.#goBackTo(epoch, sequence)
  }

  /** The collector has been behind for too long. */
  async #sendAgain(): Promise<void> {
    if (!this.#late) return
    this.#late = false
    const { journal, log } = this.#options
    const behind = this.#behind()
    if (!behind) return
    if (!this.#recommit.repeated) log.warn('the collector stays behind: sending again', behind)
    const committed = this.#committed.get(keyOf(journal)) ?? Number.POSITIVE_INFINITY
    if (committed < this.#doneOf(journal.epoch)) return this.#goBackTo(journal.epoch, committed)
    this.#acknowledged.clear()
    this.#options.goBack(journal.reader())
  }

  async #goBackTo(epoch: string, committed: number): Promise<void> {
    const reader = await this.#options.journal.kept({ epoch, sequence: committed + 1 })
    this.#acknowledged.clear()
    if (this.#at !== 'over') this.#options.goBack(beginningAt(reader, epoch, committed + 1))
  }

  /** What the broker has acknowledged and the collector does not have. */
  #behind(): { epoch: string; acknowledged: number; committed: number } | undefined {
    for (const [key, acknowledged] of this.#acknowledged) {
      const [source = '', epoch = ''] = key.split(' ')
      const committed = this.#believed({ source, epoch })
      if (acknowledged > committed) return { epoch, acknowledged, committed }
    }
    return undefined
  }

  /** Its time runs while the collector is behind. */
  #watch(): void {
    if (this.#at === 'over') return
    if (this.#behind()) this.#recommit.start()
    else this.#recommit.stop()
  }

  [Symbol.dispose](): void {
    this.#at = 'over'
    this.#recommit[Symbol.dispose]()
  }
}

/** What is kept is read from some way in front of the place that is wanted. */
function beginningAt(reader: Reader, epoch: string, sequence: number): Reader {
  let begun = false
  return {
    async next() {
      for (;;) {
        const item = await reader.next()
        if (!item || item.is === 'held' || begun) return item
        const about = aboutOf(item)
        begun = about.epoch === epoch && about.to >= sequence
        if (begun) return item
      }
    },
  }
}

function keyOf({ source, epoch }: Pick<About, 'source' | 'epoch'>): string {
  return `${source} ${epoch}`
}
