/** Sequences from `from` up to and including `to`. */
export interface Range {
  from: number
  to: number
}

/**
 * A set of sequences, kept as ranges in order that neither touch nor overlap: a terminal's life of a million
 * votes without a hole is one range.
 */
export class Ranges {
  readonly #ranges: Range[]

  /** @param ranges in any order; they may overlap */
  constructor(ranges: Iterable<Range> = []) {
    this.#ranges = []
    for (const range of ranges) this.add(range)
  }

  /** @returns how many sequences of the range are new */
  add({ from, to }: Range): number {
    const ranges = this.#ranges
    const last = ranges.at(-1)
    // The next one in order is what nearly always comes.
    if (last && from === last.to + 1) {
      last.to = to
      return to - from + 1
    }
    const first = this.#firstUpTo(from - 1)
    let end = first
    let had = 0
    const merged = { from, to }
    for (let range = ranges[end]; range && range.from <= to + 1; range = ranges[++end]) {
      had += Math.max(0, Math.min(range.to, to) - Math.max(range.from, from) + 1)
      merged.from = Math.min(merged.from, range.from)
      merged.to = Math.max(merged.to, range.to)
    }
    ranges.splice(first, end - first, merged)
    return to - from + 1 - had
  }

  has(sequence: number): boolean {
    const range = this.#ranges[this.#firstUpTo(sequence)]
    return range !== undefined && range.from <= sequence
  }

  /** All from 1 up to this one are in; 0 if the first is missing. */
  get complete(): number {
    const [first] = this.#ranges
    return first?.from === 1 ? first.to : 0
  }

  get highest(): number {
    return this.#ranges.at(-1)?.to ?? 0
  }

  /** What is missing from 1 up to `upTo`. */
  missing(upTo: number): Range[] {
    const missing: Range[] = []
    let next = 1
    for (const { from, to } of this.#ranges) {
      if (from > upTo) break
      if (from > next) missing.push({ from: next, to: from - 1 })
      next = to + 1
    }
    if (next <= upTo) missing.push({ from: next, to: upTo })
    return missing
  }

  [Symbol.iterator](): IterableIterator<Range> {
    return this.#ranges.values()
  }

  /** The place of the first range that ends at `sequence` or behind it. */
  #firstUpTo(sequence: number): number {
    let low = 0
    let high = this.#ranges.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#ranges[middle]!.to < sequence) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** `4700–4702, 4711`: for people. */
export function rangesText(ranges: readonly Range[], most = 4): string {
  const shown = ranges.slice(0, most).map(({ from, to }) => (from === to ? `${from}` : `${from}–${to}`))
  const more = ranges.length > most ? ` and ${ranges.length - most} more` : ''
  return `${shown.join(', ')}${more}`
}
