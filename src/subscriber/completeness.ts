import type { GapEvent, SummaryEvent, TotalsMessage } from '../contract/schemas.ts'
import type { Item } from './item.ts'
import { type Range, Ranges, rangesText } from './ranges.ts'

/** How much of one epoch of a terminal has come: what a subscriber can prove. */
export interface Completeness {
  source: string
  epoch: string
  /** All from 1 up to this one have come, or can never come and are explained. */
  complete: number
  /** The highest sequence that is known to exist. */
  highest: number
  /** What is missing between the two. */
  missing: Range[]
  /** Ranges that can never come, and why. */
  gaps: GapEvent['data'][]
  /** Ranges of which only hourly counts are left. */
  summaries: SummaryEvent['data'][]
  /** What the terminal itself last counted. */
  totals?: TotalsMessage
}

/** What is kept of an epoch over a restart; plain JSON. */
export interface EpochRecord {
  source: string
  epoch: string
  ranges: [from: number, to: number][]
  highest: number
  gaps: GapEvent['data'][]
  summaries: SummaryEvent['data'][]
}

/** One epoch of a terminal. */
interface Epoch {
  source: string
  epoch: string
  had: Ranges
  highest: number
  gaps: GapEvent['data'][]
  summaries: SummaryEvent['data'][]
  totals?: TotalsMessage
}

/** Knows which sequences of which epoch have come: each counts once, whatever is sent again. */
export class Ledger {
  readonly #epochs = new Map<string, Epoch>()

  constructor(records: readonly EpochRecord[] = []) {
    for (const { source, epoch, ranges, highest, gaps, summaries } of records)
      this.#epochs.set(`${source}#${epoch}`, {
        source,
        epoch,
        had: new Ranges(ranges.map(([from, to]) => ({ from, to }))),
        highest,
        gaps: [...gaps],
        summaries: [...summaries],
      })
  }

  /** Takes what an item says into account. @returns whether there was anything new in it */
  take(item: Item): boolean {
    switch (item.is) {
      case 'vote':
        return this.#of(item.source, item.event.data.epoch).had.add(one(item.event.data.sequence)) > 0
      case 'gap':
      case 'summary':
        return this.#explain(item)
      case 'totals': {
        const epoch = this.#of(item.source, item.totals.epoch)
        const newer = item.totals.sequence > (epoch.totals?.sequence ?? -1)
        if (newer) epoch.totals = item.totals
        epoch.highest = Math.max(epoch.highest, item.totals.sequence)
        return newer
      }
      default:
        return false
    }
  }

  /** Takes a range for had without its having come. */
  had(source: string, epoch: string, range: Range): void {
    this.#of(source, epoch).had.add(range)
  }

  has(source: string, epoch: string, sequence: number): boolean {
    return this.#epochs.get(`${source}#${epoch}`)?.had.has(sequence) ?? false
  }

  #explain(item: Item & ({ is: 'gap' } | { is: 'summary' })): boolean {
    const { data } = item.event
    const epoch = this.#of(item.source, data.epoch)
    const known = item.is === 'gap' ? epoch.gaps : epoch.summaries
    if (known.some(({ from, to }) => from === data.from && to === data.to)) return false
    epoch.had.add(data)
    if (item.is === 'gap') epoch.gaps.push(item.event.data)
    // A longer one counts all that a shorter one did.
    else
      epoch.summaries = [
        ...epoch.summaries.filter(({ from, to }) => from < data.from || to > data.to),
        item.event.data,
      ]
    return true
  }

  #of(source: string, name: string): Epoch {
    const key = `${source}#${name}`
    let epoch = this.#epochs.get(key)
    if (!epoch) {
      epoch = { source, epoch: name, had: new Ranges(), highest: 0, gaps: [], summaries: [] }
      this.#epochs.set(key, epoch)
    }
    return epoch
  }

  /** How complete each epoch is, of all terminals or of one. */
  completeness(source?: string): Completeness[] {
    const epochs = [...this.#epochs.values()]
    return epochs.filter((epoch) => source === undefined || epoch.source === source).map(completenessOf)
  }

  /** What to keep over a restart. */
  records(): EpochRecord[] {
    return [...this.#epochs.values()].map(({ source, epoch, had, highest, gaps, summaries }) => ({
      source,
      epoch,
      ranges: [...had].map(({ from, to }) => [from, to]),
      highest,
      gaps,
      summaries,
    }))
  }
}

function completenessOf({ source, epoch, had, highest, gaps, summaries, totals }: Epoch): Completeness {
  const known = Math.max(highest, had.highest)
  return {
    source,
    epoch,
    complete: had.complete,
    highest: known,
    missing: had.missing(known),
    gaps,
    summaries,
    ...(totals && { totals }),
  }
}

/** `complete up to 4711`, or `missing 4700–4702 of 4711`: for people. */
export function completenessText({
  complete,
  highest,
  missing,
}: Pick<Completeness, 'complete' | 'highest' | 'missing'>): string {
  if (missing.length === 0) return highest === 0 ? 'nothing yet' : `complete up to ${complete}`
  return `missing ${rangesText(missing)} of ${highest}`
}

function one(sequence: number): Range {
  return { from: sequence, to: sequence }
}
