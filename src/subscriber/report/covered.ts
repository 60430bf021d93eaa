import type { WallMs } from '../../domain/time.ts'
import type { Served } from '../database/database.ts'

/** Which votes lie in time of which it is known how many people were served. Pure. */

const hourMs = 3_600_000

/** What is known of one counter. */
export interface Coverage {
  /** People served in the spans that count. */
  served: number
  /** Votes in wholly covered hours, with the covered part of others, and with all of the others. */
  low: number
  votes: number
  high: number
  /** Hours with votes, covered and all. */
  coveredHours: number
  hours: number
  /** Spans that overlap an earlier one or reach out of the period: they cannot be divided, so they do not count. */
  leftOut: number
}

export class Covered {
  readonly #bySource = new Map<string, { spans: Served[]; leftOut: number }>()

  /** @param served in any order; the same span told again counts once, as it was told last */
  constructor(served: readonly Served[], from: WallMs, to: WallMs) {
    const told = new Map<string, Map<string, Served>>()
    for (const span of served) {
      const spans = told.get(span.source) ?? new Map<string, Served>()
      told.set(span.source, spans.set(`${span.from} ${span.to}`, span))
    }
    for (const [source, spans] of told) this.#bySource.set(source, chosen([...spans.values()], from, to))
  }

  sources(): Iterable<string> {
    return this.#bySource.keys()
  }

  nothing(): Coverage {
    return { served: 0, low: 0, votes: 0, high: 0, coveredHours: 0, hours: 0, leftOut: 0 }
  }

  /** Takes in the votes of an hour. */
  add(coverage: Coverage, source: string, hour: WallMs, votes: number): void {
    coverage.hours++
    const share = coveredShare(this.#bySource.get(source)?.spans ?? [], hour)
    if (share === 0) return
    coverage.coveredHours += share
    coverage.votes += share * votes
    coverage.high += votes
    if (share === 1) coverage.low += votes
  }

  finish(coverage: Coverage, source: string): void {
    const { spans = [], leftOut = 0 } = this.#bySource.get(source) ?? {}
    coverage.served = spans.reduce((sum, { served }) => sum + served, 0)
    coverage.leftOut = leftOut
  }
}

/** Spans in order that do not overlap: of two that do, the one that begins first, then the longer one. */
function chosen(spans: Served[], from: WallMs, to: WallMs): { spans: Served[]; leftOut: number } {
  spans.sort((a, b) => a.from - b.from || b.to - a.to)
  const kept: Served[] = []
  for (const span of spans) {
    const free = kept.at(-1)?.to ?? from
    if (span.from >= free && span.to <= to && span.to > span.from) kept.push(span)
  }
  return { spans: kept, leftOut: spans.length - kept.length }
}

/** How much of the hour lies in the spans, 0 to 1. */
function coveredShare(spans: readonly Served[], hour: WallMs): number {
  let low = 0
  let high = spans.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (spans[middle]!.to <= hour) low = middle + 1
    else high = middle
  }
  let covered = 0
  for (let span = spans[low]; span && span.from < hour + hourMs; span = spans[++low])
    covered += Math.min(span.to, hour + hourMs) - Math.max(span.from, hour)
  return covered / hourMs
}
