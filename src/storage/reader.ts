import type { WallMs } from '../domain/time.ts'
import { copyOf, type Gap, type GapCause, type Summary, type Totals, type Vote } from '../domain/vote.ts'
import type { Position } from '../ports/journal.ts'
import {
  advance,
  beginsEpoch,
  fromHeader,
  type Ledger,
  reach,
  sequenceBefore,
  settleOpen,
  strays,
  withdraws,
} from './ledger.ts'
import type { Place, Readable } from './readable.ts'
import type { Block, Row } from './rows.ts'
import {
  firstRecord,
  headerBytes,
  readSegment,
  type Scanned,
  type ScannedHeader,
  scanHeader,
  scanRows,
  segmentBytes,
} from './segment.ts'

/** What stands in the journal, before its time is reckoned and its batch shuffled. */
export type RawItem = { position: Position; block: Block; secret: string | undefined } & (
  | { is: 'vote'; vote: Vote }
  | { is: 'gap'; gap: Gap }
  | { is: 'summary'; summary: Summary }
)

/** Of an item what its reader does not say itself. */
type Told =
  | Omit<RawItem & { is: 'vote' }, 'block' | 'secret'>
  | Omit<RawItem & { is: 'gap' }, 'block' | 'secret'>
  | Omit<RawItem & { is: 'summary' }, 'block' | 'secret'>

/**
 * Reads by the same fold that writes and recovers: a vote is handed out when the next row settles it, or
 * when it is the last one in front of the limit.
 */
export class SegmentReader {
  readonly #journal: Readable
  readonly #from: Position
  #place: Place
  #ledger: Ledger | undefined
  /** Rows from here on are superseded by the next segment. */
  #end = Number.POSITIVE_INFINITY
  #rows: Iterator<Scanned> | undefined
  /** Where the buffer that `#rows` walks over begins in its segment. */
  #base = 0
  readonly #items: RawItem[] = []
  /** Votes up to here have been summed up, though they can still be read. */
  #summed = { epoch: '', sequence: 0 }

  constructor(journal: Readable, from: Position) {
    this.#journal = journal
    this.#from = from
    this.#place = { segment: from.segment, offset: 0 }
  }

  async next(): Promise<RawItem | undefined> {
    while (this.#items.length === 0) {
      if (!(await this.#advance())) break
    }
    return this.#items.shift()
  }

  /** One row, segment or settled rest further; false when there is nothing more in front of the limit. */
  async #advance(): Promise<boolean> {
    const scanned = this.#rows?.next().value as Scanned | undefined
    if (scanned) {
      if (scanned.is === 'row' && scanned.row.n < this.#end) this.#apply(scanned.row)
      this.#place = { ...this.#place, offset: this.#base + scanned.end }
      return true
    }
    this.#rows = undefined
    const limit = this.#journal.limit()
    if (this.#ledger === undefined) return this.#begin()
    if (this.#place.segment < limit.segment) {
      if (this.#place.offset >= segmentBytes || !(await this.#load(segmentBytes))) await this.#enterNext()
      return true
    }
    if (this.#place.offset < limit.offset) return this.#load(limit.offset)
    return this.#handOutOpen()
  }

  /** The cursor's segment; where its header is damaged the nearest one before it, else the next behind. */
  async #begin(): Promise<boolean> {
    const { segment: wanted, epoch, sequence } = this.#from
    const all = this.#journal.segments().filter((n) => n <= this.#journal.limit().segment)
    const before = all.filter((n) => n <= wanted).reverse()
    for (const segment of [...before, ...all.filter((n) => n > wanted)]) {
      const header = await this.#header(segment)
      if (!header) continue
      this.#place = { segment, offset: header.end }
      // The cursor may lie in a loss in front of its segment: behind a batch of which some was lost, too.
      const seen = segment > wanted ? 0 : Number.POSITIVE_INFINITY
      this.#enter(header, header.header.epoch === epoch ? sequence : seen)
      return true
    }
    return false
  }

  /** Reads on in this segment up to `end`; false when it has gone: what we had not read of it is summed up. */
  async #load(end: number): Promise<boolean> {
    const { segment, offset } = this.#place
    if (!this.#journal.segments().includes(segment)) return false
    this.#end = (await this.#nextFirst(segment)) ?? Number.POSITIVE_INFINITY
    const buffer = await this.#read(segment, offset, end - offset)
    if (!buffer) return false
    this.#base = offset
    this.#rows = this.#scan(buffer, end)
    return true
  }

  *#scan(buffer: Buffer, end: number): Generator<Scanned> {
    yield* scanRows(buffer, 0)
    this.#place = { ...this.#place, offset: end }
  }

  async #enterNext(): Promise<void> {
    const segment = this.#journal.segments().find((n) => n > this.#place.segment)!
    const header = await this.#header(segment)
    const place = { segment, offset: header?.end ?? 0 }
    if (!header) {
      this.#place = place
      return
    }
    const { epoch, sequence, open } = this.#ledger!
    const next = fromHeader(header.header)
    // How an epoch ends is told from its own segments: who begins behind them comes upon the next epoch only.
    if (epoch === next.epoch) this.#place = place
    const carriedOn = open && epoch === next.epoch && open.sequence === next.open?.sequence
    if (!carriedOn) this.#handOutOpen()
    const end = epoch === next.epoch ? undefined : next.ends.find((one) => one.epoch === epoch)
    if (end) this.#handOutGap(sequence + 1, end.sequence, header.header.wall)
    this.#place = place
    this.#enter(header, epoch === next.epoch ? sequence : 0)
  }

  /** Goes on from a header; what it knows to have been before it, and we have not seen, is lost. */
  #enter({ header }: ScannedHeader, seen: number): void {
    const seenRecord = this.#ledger?.record ?? this.#from.record
    this.#ledger = fromHeader(header)
    for (const { summary, begin, end } of this.#journal.folded()) {
      if (end.record <= seenRecord || begin >= header.first) continue
      const { segment, offset } = this.#place
      this.#hand({ is: 'summary', summary, position: { ...end, segment, offset } })
      this.#summed = { epoch: summary.epoch, sequence: summary.to }
    }
    if (this.#summed.epoch === header.epoch) seen = Math.max(seen, this.#summed.sequence)
    const before = header.open ? header.open.sequence - 1 : header.sequence
    this.#handOutGap(seen + 1, before, header.wall)
  }

  #apply(row: Row): void {
    const { record, sequence } = this.#ledger!
    if (row.n <= record) return
    if (strays(row, this.#ledger!)) {
      advance(this.#ledger!, row)
      return
    }
    const before = sequenceBefore(row)
    const begins = beginsEpoch(row, this.#ledger!)
    const withdrawn = withdraws(row, this.#ledger!)
    if (!withdrawn && (!('amend' in row) || before > sequence)) this.#handOutOpen()
    if (!begins && before > sequence) {
      reach(this.#ledger!, before)
      this.#handOutGap(sequence + 1, before, row.wall)
    }
    advance(this.#ledger!, row)
    // Of the epoch all was lost until here, its beginning with it.
    if (begins) this.#handOutGap(1, before, row.wall)
    if (!('gap' in row)) return
    // A vote that is withdrawn may be known as lost already.
    const from = withdrawn ? row.gap.from : Math.max(row.gap.from, sequence + 1)
    this.#handOutGap(from, row.gap.to, row.wall, row.gap.cause)
  }

  #handOutOpen(): boolean {
    const { open } = this.#ledger!
    if (!open) return false
    settleOpen(this.#ledger!)
    this.#hand({ is: 'vote', vote: open, position: this.#position() })
    return true
  }

  #handOutGap(begin: number, to: number, at: WallMs, cause: GapCause = 'damaged'): void {
    const { epoch, source } = this.#ledger!
    // Where a gap goes over the end of a batch the first part of it may have been told, as that batch had it.
    const from = epoch === this.#from.epoch ? Math.max(begin, this.#from.sequence + 1) : begin
    if (to < from) return
    const { totals, ...position } = this.#position()
    this.#hand({
      is: 'gap',
      gap: { epoch, source, from, to, cause, at },
      position: { ...position, sequence: to, totals: { ...totals, sequence: to } },
    })
  }

  /** What lies in front of the cursor has been handed out before. */
  #hand(item: Told): void {
    const { epoch, sequence, record } = item.position
    const { block, secret, ends } = this.#ledger!
    // The first loss of an epoch has the record that the one before it ended with.
    const before = record <= this.#from.record && !ends.some((end) => end.epoch === this.#from.epoch)
    const old = epoch === this.#from.epoch ? sequence <= this.#from.sequence : before
    const summed = epoch === this.#summed.epoch && sequence <= this.#summed.sequence
    if (!old && !summed) this.#items.push({ ...item, block, secret })
  }

  #position(): Position & { totals: Totals } {
    const { record, sequence, epoch, settled, totals } = this.#ledger!
    return { ...this.#place, record, sequence, epoch, votes: settled, totals: copyOf(totals) }
  }

  /** From which record on the segment behind this one has taken over. */
  async #nextFirst(segment: number): Promise<number | undefined> {
    for (const next of this.#journal.segments().filter((n) => n > segment)) {
      const buffer = await this.#read(next, 0, headerBytes)
      const first = buffer && firstRecord(buffer)
      if (first !== undefined) return first
    }
    return undefined
  }

  async #header(segment: number): Promise<ScannedHeader | undefined> {
    const buffer = await this.#read(segment, 0, headerBytes)
    const header = buffer && scanHeader(buffer)
    return typeof header === 'object' ? header : undefined
  }

  /** Nothing, when the segment has gone meanwhile. */
  async #read(segment: number, offset: number, bytes: number): Promise<Buffer | undefined> {
    const { files, directory, segments } = this.#journal
    try {
      return await readSegment(files, directory, segment, offset, bytes)
    } catch (error) {
      if (segments().includes(segment)) throw error
      return undefined
    }
  }
}
