import fc from 'fast-check'
import { addToCounts, type Counts, noCounts } from '../../../src/domain/vote.ts'
import type { HourCounts, Progress } from '../../../src/subscriber/database/database.ts'
import type { Item } from '../../../src/subscriber/item.ts'
import { gap, hourOfTold, summary, totals, vote, voteItem, type Whose } from './told.ts'

interface One {
  is: 'vote' | 'totals'
  n: number
}

interface Many {
  is: 'gap' | 'summary'
  from: number
  to: number
}

/** What one terminal says of one epoch, in no order, some of it twice. */
export interface Story {
  /** Sequences that its journal has lost: told by gaps, and left out of the counts of summaries. */
  lost: number[]
  says: (One | Many)[]
  /** How many of them come in one batch. */
  batch: number
}

const most = 40

export const stories: fc.Arbitrary<Story> = fc
  .record({
    lost: fc.uniqueArray(fc.integer({ min: 1, max: most }), { maxLength: 6 }),
    votes: fc.array(fc.integer({ min: 1, max: most }), { maxLength: 60 }),
    totals: fc.array(fc.integer({ min: 0, max: most + 5 }), { maxLength: 2 }),
    gaps: fc.array(fc.tuple(fc.integer({ min: 1, max: most }), fc.integer({ min: 0, max: 3 })), {
      maxLength: 3,
    }),
    // Longer ones take the place of shorter ones; two families that do not touch each other.
    first: fc.tuple(
      fc.integer({ min: 1, max: 10 }),
      fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 3 }),
    ),
    second: fc.tuple(
      fc.integer({ min: 20, max: 30 }),
      fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 3 }),
    ),
    batch: fc.integer({ min: 1, max: 30 }),
  })
  .chain(({ lost, votes, totals, gaps, first, second, batch }) => {
    const families = [first, second].flatMap(([from, lengths]) =>
      lengths.map((length) => ({ is: 'summary' as const, from, to: from + length })),
    )
    const all: Story['says'] = [
      ...votes.map((n) => ({ is: 'vote' as const, n })),
      ...totals.map((n) => ({ is: 'totals' as const, n })),
      ...gaps.map(([from, length]) => ({ is: 'gap' as const, from, to: from + length })),
      ...families,
    ]
    return fc
      .shuffledSubarray(all, { minLength: all.length, maxLength: all.length })
      .map((says) => ({ lost, says, batch }))
  })

export function itemsOf({ says, lost }: Story, whose: Whose): Item[] {
  return says.map((one) => {
    if ('n' in one) return one.is === 'vote' ? voteItem(vote(one.n, whose)) : totals(one.n, whose)
    return one.is === 'gap' ? gap(one.from, one.to, whose) : summary(one.from, one.to, lost, whose)
  })
}

/** How far it is after the first `count` have been said: counted on the fingers. */
export function naiveProgress({ says }: Story, count: number): Omit<Progress, 'source' | 'epoch'> {
  const there = new Set<number>()
  let highest = 0
  for (const one of says.slice(0, count)) {
    const [from, to] = 'n' in one ? [one.n, one.n] : [one.from, one.to]
    highest = Math.max(highest, to)
    if (one.is !== 'totals') for (let n = from; n <= to; n++) there.add(n)
  }
  let complete = 0
  while (there.has(complete + 1)) complete++
  const missing: { from: number; to: number }[] = []
  for (let n = 1; n <= highest; n++) {
    if (there.has(n)) continue
    const last = missing.at(-1)
    if (last?.to === n - 1) last.to = n
    else missing.push({ from: n, to: n })
  }
  return { complete, highest, missing }
}

/** The hours after all has been said: each sequence once, if its vote came or a summary counts it. */
export function naiveHours({ says, lost }: Story, whose: Whose): Omit<HourCounts, 'source'>[] {
  const counted = new Set<number>()
  for (const one of says) {
    if (one.is === 'vote') counted.add(one.n)
    if (one.is === 'summary') for (let n = one.from; n <= one.to; n++) if (!lost.includes(n)) counted.add(n)
  }
  const hours = new Map<number | undefined, Counts & { hour?: number }>()
  for (const n of counted) {
    const told = vote(n, whose)
    const hour = hourOfTold(told)
    const counts = hours.get(hour) ?? { ...(hour !== undefined && { hour }), ...noCounts() }
    hours.set(hour, counts)
    addToCounts(counts, told)
  }
  return [...hours.values()].sort((a, b) => (a.hour ?? -1) - (b.hour ?? -1))
}
