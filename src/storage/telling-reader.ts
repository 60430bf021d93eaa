import { createHmac } from 'node:crypto'
import { coarse, discloseBatch, discloseOne, heldUntil } from '../domain/privacy.ts'
import type { WallMs } from '../domain/time.ts'
import { type Reckoned, reckon, type Timeline } from '../domain/timeline.ts'
import { addToCounts, copyOf, type Gap, noVotes, type ToldVote, type Vote } from '../domain/vote.ts'
import type { Held, Item, Position, Reader } from '../ports/journal.ts'
import type { RawItem } from './reader.ts'
import type { Block } from './rows.ts'

export interface TellingOptions {
  timeline: () => Timeline
  /** What the wall clock says; absent for those who hold nothing back. */
  now?: () => WallMs
}

/** The votes and the lost sequences of one batch, as far as they have been read. */
interface Collected {
  block: Block
  secret: string | undefined
  epoch: string
  /** Whether its first sequence has been read: a batch of which only the end is kept cannot be told. */
  whole: boolean
  votes: Vote[]
  lost: Gap[]
  /** In front of the batch, and behind what has been read of it. */
  before: Position
  behind: Position
}

/**
 * Makes of what stands in the journal what may be told: gives votes their time, holds them back as long as
 * they must be, and gives those of a batch their sequences in an order that says nothing. The order comes
 * from a secret of the epoch, and is the same whenever the batch is read again.
 */
export class TellingReader implements Reader {
  readonly #raw: { next(): Promise<RawItem | undefined> }
  readonly #from: Position
  readonly #options: TellingOptions
  /** Behind the last batch that was told, or the place that we began at. */
  #before: Position
  #collected: Collected | undefined
  #complete: Collected | undefined
  #unread: RawItem | undefined
  readonly #told: Item[] = []

  constructor(raw: { next(): Promise<RawItem | undefined> }, from: Position, options: TellingOptions) {
    this.#raw = raw
    this.#from = from
    this.#options = options
    this.#before = from
  }

  async next(): Promise<Item | Held | undefined> {
    for (;;) {
      const item = this.#told.shift()
      if (item) return item
      if (this.#complete) {
        const held = this.#tell(this.#complete)
        if (held) return held
        this.#before = this.#complete.behind
        this.#complete = undefined
      } else {
        const raw = this.#unread ?? (await this.#raw.next())
        this.#unread = undefined
        if (!raw) return undefined
        this.#take(raw)
      }
    }
  }

  #take(raw: RawItem): void {
    const collected = this.#collected
    if (collected && collected.epoch !== raw.position.epoch) {
      // Nothing more will come of that epoch.
      this.#unread = raw
      this.#finish(collected)
    } else if (raw.is === 'summary') {
      // It counts what has been read of a batch, too.
      this.#collected = undefined
      this.#before = raw.position
      this.#told.push({ is: 'summary', summary: raw.summary, position: raw.position })
    } else if (raw.is === 'vote') {
      const { votes } = this.#collect(raw, raw.vote.sequence)
      votes.push(raw.vote)
      this.#reach(raw.vote.sequence, raw.position)
    } else this.#takeGap(raw)
  }

  /** The part of a gap that is of the batch being collected, then whole batches of it, then the rest. */
  #takeGap(raw: RawItem & { is: 'gap' }): void {
    const { block, position } = raw
    const gap = { ...raw.gap, at: coarse(raw.gap.at, block.precision) }
    const present = this.#collected?.block
    if (present && gap.from <= present.to) {
      const to = Math.min(gap.to, present.to)
      this.#collected!.lost.push({ ...gap, to })
      if (to < gap.to) this.#unread = { ...raw, gap: { ...gap, from: to + 1 } }
      this.#reach(to, upTo(position, to))
    } else if (gap.from < block.from && gap.to >= block.from) {
      const to = block.from - 1
      this.#unread = { ...raw, gap: { ...gap, from: block.from } }
      this.#pass({ ...gap, to }, upTo(position, to))
    } else if (gap.to === block.to || block.from === block.to) this.#pass(gap, position)
    else {
      this.#collect(raw, gap.from).lost.push(gap)
      this.#reach(gap.to, position)
    }
  }

  /** Where whole batches are lost there is nothing to shuffle. */
  #pass(gap: Gap, position: Position): void {
    this.#before = position
    this.#told.push({ is: 'gap', gap, position })
  }

  #collect({ block, secret, position }: RawItem, first: number): Collected {
    const { epoch } = position
    const { epoch: epochBefore, sequence: before } = this.#before
    // Its beginning may have been told vote by vote: where it was lost that this is a batch.
    const begun = epochBefore === epoch && before >= block.from && first === before + 1
    this.#collected ??= {
      block: begun ? { ...block, from: first } : block,
      secret,
      epoch,
      whole: begun || first === block.from,
      votes: [],
      lost: [],
      before: this.#before,
      behind: position,
    }
    return this.#collected
  }

  #reach(sequence: number, position: Position): void {
    const collected = this.#collected!
    collected.behind = position
    if (sequence >= collected.block.to) this.#finish(collected)
  }

  #finish(collected: Collected): void {
    this.#collected = undefined
    if (collected.whole) this.#complete = collected
    else this.#before = collected.behind
  }

  /** Hands out a complete batch, or says why not yet. */
  #tell(collected: Collected): Held | undefined {
    const { votes, block } = collected
    const { timeline, now } = this.#options
    const timed: ToldVote[] = []
    for (const vote of votes) {
      const told = timedVote(vote, timeline(), now === undefined)
      if (!told) return { is: 'held', for: 'clock' }
      timed.push(told)
    }
    const last = Math.max(...timed.map(({ time }) => time.wall))
    const until = now && votes.length > 0 ? heldUntil(last, now(), block.precision) : undefined
    if (until !== undefined) return { is: 'held', for: 'period', until }
    if (block.from === block.to) {
      this.#told.push({
        is: 'vote',
        vote: discloseOne(timed[0]!, block.precision),
        position: collected.behind,
      })
    } else this.#told.push(...shuffled(collected, timed).filter((item) => !this.#isOld(item)))
    return undefined
  }

  /** What of a batch lies in front of the place that we began at. */
  #isOld({ position }: Item): boolean {
    const { epoch, sequence, told } = this.#from
    const { told: place = position.sequence } = position
    return told !== undefined && position.epoch === epoch && sequence < place && place <= told
  }
}

/** The place behind a gap, as it would be if the gap ended earlier. */
function upTo({ totals, ...position }: Position, sequence: number): Position {
  return { ...position, sequence, ...(totals && { totals: { ...totals, sequence } }) }
}

function timedVote(vote: Vote, timeline: Timeline, anyTime: boolean): ToldVote | undefined {
  const { at, recordedAt, ...said } = vote
  const fallBack = (wall: WallMs): Reckoned | undefined => (anyTime ? { clock: 'unknown', wall } : undefined)
  const time = reckon(timeline, vote.bootId, at) ?? fallBack(at.wall)
  const recorded = reckon(timeline, vote.bootId, recordedAt) ?? fallBack(recordedAt.wall)
  // A clock that was synchronised in between may have been behind.
  return time && recorded && { ...said, time, recordedAt: Math.max(recorded.wall, time.wall) }
}

/** A batch in the order of its new sequences. */
function shuffled(
  { block, secret, epoch, votes, lost, before, behind }: Collected,
  timed: ToldVote[],
): Item[] {
  const last = Math.max(...votes.map(({ sequence }) => sequence), ...lost.map(({ to }) => to))
  const sequenceOf = shuffle(block.from, last, `${secret} ${epoch}`)
  const disclosed = timed.length > 0 ? discloseBatch(timed, block.precision) : []
  const parts: Omit<Item & { is: 'vote' | 'gap' }, 'position'>[] = [
    ...disclosed.map((vote) => ({
      is: 'vote' as const,
      vote: { ...vote, sequence: sequenceOf(vote.sequence) },
    })),
    ...lost.flatMap((gap) => {
      const numbers = Array.from({ length: gap.to - gap.from + 1 }, (_, n) => sequenceOf(gap.from + n))
      return numbers.map((n) => ({ is: 'gap' as const, gap: { ...gap, from: n, to: n } }))
    }),
  ]
  parts.sort((a, b) => firstOf(a) - firstOf(b))
  return placed(parts as Omit<Item, 'position'>[], { block, epoch, before, behind })
}

type Part = Omit<Item, 'position'> & ({ is: 'vote'; vote: ToldVote } | { is: 'gap'; gap: Gap })

/** Places within a batch lie in front of it and say how much of it is told; the last one lies behind it. */
function placed(
  parts: Omit<Item, 'position'>[],
  { block, epoch, before, behind }: Pick<Collected, 'block' | 'epoch' | 'before' | 'behind'>,
): Item[] {
  let { votes } = behind
  const totals = copyOf(behind.totals ?? noVotes())
  const { segment, offset, record } = before
  return (parts as Part[])
    .toReversed()
    .map((part, n) => {
      const told = firstOf(part)
      const inside = { segment, offset, record, votes, epoch, sequence: block.from - 1, told }
      const position = n === 0 ? behind : { ...inside, totals: { ...copyOf(totals), sequence: told } }
      if (part.is === 'vote') {
        votes--
        addToCounts(totals, part.vote, -1)
      }
      return { ...part, position } as Item
    })
    .toReversed()
}

function firstOf(part: Omit<Item, 'position'>): number {
  const item = part as Part
  return item.is === 'vote' ? item.vote.sequence : item.gap.from
}

/** Gives each number from `first` to `last` another one of them, as the key has it. */
function shuffle(first: number, last: number, key: string): (sequence: number) => number {
  const numbers = Array.from({ length: last - first + 1 }, (_, n) => first + n)
  const lot = new Map(numbers.map((n) => [n, createHmac('sha256', key).update(String(n)).digest('hex')]))
  const drawn = numbers.toSorted((a, b) => (lot.get(a)! < lot.get(b)! ? -1 : 1))
  const places = new Map(drawn.map((n, place) => [n, first + place]))
  return (sequence) => places.get(sequence)!
}
