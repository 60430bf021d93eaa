import type { Instant, WallMs } from '../../src/domain/time.ts'
import { begin, giveUp, reckon, synchronise, type Timeline } from '../../src/domain/timeline.ts'
import {
  applyChange,
  type Change,
  count,
  type Gap,
  initialOutcome,
  noVotes,
  type Press,
  type Summary,
  type ToldVote,
  type Totals,
  type Vote,
} from '../../src/domain/vote.ts'
import type { Held, Item, Journal, JournalCondition, Position, Reader } from '../../src/ports/journal.ts'

export interface FakeJournalOptions {
  epoch?: string
  source?: string
  survey?: string
  boot?: number
  bootId?: string
  /** Epochs that came before, by their last sequences. */
  ends?: Record<string, number>
}

/** What the journal was asked, in order. */
export type Asked =
  | { to: 'record'; press: Press }
  | { to: 'amend'; sequence: number; change: Change }
  | { to: 'withdraw'; sequence: number }
  | { to: 'settle'; sequence: number }
  | { to: 'done'; item: Item }
  | { to: 'giveUpTime' }
  | { to: 'kept'; from: { epoch: string; sequence: number } | undefined }

/** A vote as it was recorded; its time is reckoned when it is read. */
type Kept = Item | { is: 'untimed'; vote: Vote; position: Position }

/** A journal in memory: as fast as it gets, and slow or broken when a test wants it so. */
export class FakeJournal implements Journal {
  readonly epoch: string
  readonly source: string
  readonly #ends: Readonly<Record<string, number>>
  readonly asked: Asked[] = []
  readonly #described: Pick<Vote, 'survey' | 'boot' | 'bootId'>
  readonly #items: Kept[] = []
  #timeline: Timeline
  readonly #listeners = new Set<() => void>()
  #totals: Totals = noVotes()
  #open: Vote | undefined
  #sequence = 0
  #settled = 0
  #cursor: Position
  #failures: Error[] = []
  #problem: string | undefined
  #stalled: Promise<void> | undefined
  /** Writes happen one after the other. */
  #last: Promise<unknown> = Promise.resolve()
  #disposed = false

  constructor({
    epoch = 'k3f9x2',
    source = 'faccina://c_e506/anagrafe/3',
    ends = {},
    ...rest
  }: FakeJournalOptions = {}) {
    this.epoch = epoch
    this.source = source
    this.#ends = ends
    this.#described = { survey: 'it-2009/1', boot: 1, bootId: 'boot', ...rest }
    this.#timeline = begin([], this.#described.bootId)
    this.#cursor = this.#position(0)
  }

  endOf(epoch: string): number | undefined {
    return this.#ends[epoch]
  }

  /** The next write is refused with this error. */
  failNext(error: Error): void {
    this.#failures.push(error)
  }

  /** Writes that begin from now on wait until the returned function is called. */
  stall(): () => void {
    let release = () => {}
    this.#stalled = new Promise((resolve) => {
      release = () => {
        this.#stalled = undefined
        resolve()
      }
    })
    return release
  }

  record(press: Press): Promise<number> {
    this.asked.push({ to: 'record', press })
    return this.#write(() => {
      this.#settleOpen()
      const sequence = ++this.#sequence
      this.#open = this.#voteOf(press, sequence)
      return sequence
    })
  }

  amend(sequence: number, change: Change, at: Instant): Promise<void> {
    this.asked.push({ to: 'amend', sequence, change })
    return this.#write(() => {
      if (this.#open?.sequence !== sequence) {
        throw new Error(`vote ${sequence} is settled and cannot change`)
      }
      this.#open = applyChange(this.#open, change, at)
    })
  }

  withdraw(sequence: number): Promise<void> {
    this.asked.push({ to: 'withdraw', sequence })
    return this.#write(() => {
      if (this.#open?.sequence !== sequence)
        throw new Error(`vote ${sequence} is settled and cannot be withdrawn`)
      const at = this.#open.at.wall
      this.#open = undefined
      this.#sequence = sequence - 1
      this.lose(1, at, 'withdrawn')
    })
  }

  settle(sequence: number): void {
    this.asked.push({ to: 'settle', sequence })
    void this.#inTurn(async () => {
      if (this.#open?.sequence === sequence) this.#settleOpen()
    })
  }

  /** Puts a gap behind all votes so far: the test's own, the real one finds it when it is opened. */
  lose(length: number, at: WallMs, cause: Gap['cause'] = 'damaged'): void {
    this.#settleOpen()
    const [from, to] = [this.#sequence + 1, this.#sequence + length]
    this.#sequence = to
    this.#totals = { ...this.#totals, sequence: to }
    const gap = { epoch: this.epoch, source: this.source, from, to, cause, at }
    this.#add({ is: 'gap', gap, position: this.#position(to) })
  }

  onReadable(listener: () => void): Disposable {
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) }
  }

  /** Puts a summary in place of all items so far: the real one does it at its bound. */
  fold(summary: Summary): void {
    const position = this.#position(summary.to)
    this.#items.length = 0
    this.#add({ is: 'summary', summary, position })
  }

  /** The clock of this boot is synchronised: votes that wait for it get their time. */
  synchronise(at: Instant): void {
    this.#timeline = synchronise(this.#timeline, at)
    this.#tell()
  }

  /** Items are held until then, as privacy may want it. */
  holdUntil: WallMs | undefined

  reader(): Reader {
    return this.#readerFrom(this.#cursor.sequence)
  }

  async kept(from?: { epoch: string; sequence: number }): Promise<Reader> {
    this.asked.push({ to: 'kept', from })
    return this.#readerFrom(from?.epoch === this.epoch ? from.sequence - 1 : 0)
  }

  done(item: Item): void {
    this.asked.push({ to: 'done', item })
    if (item.position.sequence > this.#cursor.sequence) this.#cursor = item.position
  }

  giveUpTime(): Promise<void> {
    this.asked.push({ to: 'giveUpTime' })
    return this.#write(() => {
      this.#timeline = giveUp(this.#timeline, Number.MAX_SAFE_INTEGER)
      this.#tell()
    })
  }

  totals(): Totals {
    return this.#totals
  }

  condition(): JournalCondition {
    return {
      writable: this.#problem === undefined,
      ...(this.#problem !== undefined && { problem: this.#problem }),
      waiting: this.#settled - this.#cursor.votes,
      bytes: 0,
      maxBytes: 2 ** 28,
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true
    await this.#last
  }

  async #write<T>(act: () => T): Promise<T> {
    if (this.#disposed) throw new Error('the journal is closed')
    return this.#inTurn(async () => {
      await this.#stalled
      const failure = this.#failures.shift()
      this.#problem = failure?.message
      if (failure) throw failure
      return act()
    })
  }

  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#last.then(act)
    this.#last = result.catch(() => {})
    return result
  }

  #settleOpen(): void {
    const vote = this.#open
    if (!vote) return
    this.#open = undefined
    this.#settled++
    this.#totals = count(this.#totals, vote)
    this.#add({ is: 'untimed', vote, position: this.#position(vote.sequence) })
  }

  #add(item: Kept): void {
    this.#items.push(item)
    this.#tell()
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }

  #readerFrom(sequence: number): Reader {
    let read = sequence
    const next = async (): Promise<Item | Held | undefined> => {
      const kept = this.#items.find(({ position }) => position.sequence > read)
      if (!kept) return undefined
      if (this.holdUntil !== undefined) return { is: 'held', for: 'period', until: this.holdUntil }
      const item = kept.is === 'untimed' ? this.#told(kept) : kept
      if (item.is !== 'held') read = item.position.sequence
      return item
    }
    return { next }
  }

  #told({ vote, position }: { vote: Vote; position: Position }): Item | Held {
    const { at, recordedAt, ...said } = vote
    const time = reckon(this.#timeline, vote.bootId, at)
    const recorded = reckon(this.#timeline, vote.bootId, recordedAt)
    if (!time || !recorded) return { is: 'held', for: 'clock' }
    const told: ToldVote = { ...said, time, recordedAt: recorded.wall }
    return { is: 'vote', vote: told, position }
  }

  #position(sequence: number): Position {
    const { epoch } = this
    return { segment: 1, offset: sequence, record: sequence, votes: this.#settled, epoch, sequence }
  }

  #voteOf({ face, asks, language, withinHours, at }: Press, sequence: number): Vote {
    return {
      epoch: this.epoch,
      sequence,
      source: this.source,
      face,
      outcome: initialOutcome({ asks }),
      language,
      suppressed: 0,
      corrected: false,
      ...(withinHours !== undefined && { withinHours }),
      at,
      recordedAt: at,
      ...this.#described,
    }
  }
}
