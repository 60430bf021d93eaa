import type { ReplayRequest } from '../contract/incoming.ts'
import type { WallMs } from '../domain/time.ts'
import type { Item } from '../ports/journal.ts'
import { aboutOf } from './items.ts'

/** Which of the items of a journal, read in order, are asked for. */
export class Matching {
  readonly #wanted: ReplayRequest
  readonly #epoch: string
  #seenEpoch = false
  /** The time of the item before: what is lost was lost after it. */
  #before: WallMs = Number.NEGATIVE_INFINITY

  constructor(wanted: ReplayRequest, epoch: string) {
    this.#wanted = wanted
    this.#epoch = epoch
  }

  /** `past`: neither this one nor any behind it. */
  of(item: Item): 'yes' | 'no' | 'past' {
    const { epoch, from, to, at } = aboutOf(item)
    if (epoch !== this.#epoch) return this.#seenEpoch ? 'past' : 'no'
    this.#seenEpoch = true
    const before = this.#before
    this.#before = at
    if (this.#wanted.by === 'time') return this.#overlaps(spanOf(item, before)) ? 'yes' : 'no'
    if (from > this.#wanted.to) return 'past'
    return to >= this.#wanted.from ? 'yes' : 'no'
  }

  /** A range, cut to what was asked for. */
  within<Range extends { from: number; to: number }>(range: Range): Range {
    if (this.#wanted.by === 'time') return range
    const { from, to } = this.#wanted
    return { ...range, from: Math.max(from, range.from), to: Math.min(to, range.to) }
  }

  #overlaps([first, last]: [WallMs, WallMs]): boolean {
    if (this.#wanted.by !== 'time') return false
    return first < this.#wanted.until && last >= this.#wanted.since
  }
}

/** From when to when an item is, with both ends; what nobody knows may be any time. */
function spanOf(item: Item, before: WallMs): [WallMs, WallMs] {
  if (item.is === 'vote') return [item.vote.time.wall, item.vote.time.wall]
  if (item.is === 'gap') return [before, item.gap.at]
  const { spans } = item.summary
  return [
    Math.min(...spans.map(({ from }) => from ?? Number.NEGATIVE_INFINITY)),
    Math.max(...spans.map(({ to }) => to ?? Number.POSITIVE_INFINITY)),
  ]
}
