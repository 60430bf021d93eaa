import type { WallMs } from '../../domain/time.ts'
import { type Counts, noCounts } from '../../domain/vote.ts'
import type { HourCounts, Served } from '../database/database.ts'
import { before, type Days, localClock, plusDays, startOf, stepFor, stepsOf } from './calendar.ts'
import { type Coverage, Covered } from './covered.ts'
import type { Question } from './report.ts'

/** All counts that a report needs, in one pass over the hours of its counters. */

/** Counts, and whether they come from one counter alone. */
export interface Cell {
  counts: Counts
  /** The place of the only counter in `Tally.counters`, or -1 if there are several, or undefined if none. */
  only: number | undefined
}

export interface CounterTally {
  source: string
  municipality: string
  office: string
  counter: string
  counts: Counts
  coverage: Coverage
  /** Of its whole office, shared with the other counters there: by weekday × 12 + hour ÷ 2. */
  blocks: Map<number, Counts>
}

/** Hours of a block, in which an office is looked at for critical times. */
export const blockHours = 2
const blocksOfDay = 24 / blockHours

export interface Tally {
  total: Cell
  before: Cell
  unknown: Cell
  /** Only those with votes in the period, or with people served. */
  counters: CounterTally[]
  /** Days, or months where the period is long. */
  steps: { days: Days; cell: Cell }[]
  /** By weekday × 24 + hour. */
  hours: Cell[]
}

/** Where an hour belongs. */
type Place =
  | { in: 'before' }
  | { in: 'outside' }
  | { in: 'period'; step: number; hour: number; block: number }

export class Tallying {
  readonly #tally: Tally
  readonly #covered: Covered
  readonly #places = new Map<WallMs, Place>()
  readonly #bySource = new Map<string, number>()
  readonly #blocks = new Map<string, Map<number, Counts>>()
  readonly #placeOf: (hour: WallMs) => Place

  constructor({ period }: Question, served: readonly Served[]) {
    const { timeZone } = period
    const earlier = before(period)
    const steps = stepsOf(period, stepFor(period) === 'month' ? 'month' : 'day')
    const local = localClock(timeZone)
    this.#covered = new Covered(
      served,
      startOf(period.from, timeZone),
      startOf(plusDays(period.to, 1), timeZone),
    )
    this.#tally = {
      total: cell(),
      before: cell(),
      unknown: cell(),
      counters: [],
      steps: steps.map((days) => ({ days, cell: cell() })),
      hours: Array.from({ length: 7 * 24 }, cell),
    }
    this.#placeOf = (at) => {
      const { date, weekday, hour } = local(at)
      if (date >= earlier.from && date <= earlier.to) return { in: 'before' }
      if (date < period.from || date > period.to) return { in: 'outside' }
      return {
        in: 'period',
        step: steps.findIndex(({ to }) => date <= to),
        hour: weekday * 24 + hour,
        block: weekday * blocksOfDay + Math.floor(hour / blockHours),
      }
    }
  }

  add(row: HourCounts): void {
    if (row.votes === 0) return
    const tally = this.#tally
    const counter = this.#counter(row.source)
    if (row.hour === undefined) addToCell(tally.unknown, row, counter)
    else this.#addAt(this.#place(row.hour), row, row.hour, counter)
  }

  #addAt(place: Place, row: HourCounts, hour: WallMs, counter: number): void {
    const tally = this.#tally
    if (place.in === 'before') addToCell(tally.before, row, counter)
    if (place.in !== 'period') return
    const { counts, coverage, blocks } = tally.counters[counter]!
    addCounts(counts, row)
    this.#covered.add(coverage, row.source, hour, row.votes)
    addToCell(tally.total, row, counter)
    addToCell(tally.steps[place.step]!.cell, row, counter)
    addToCell(tally.hours[place.hour]!, row, counter)
    addCounts(blockOf(blocks, place.block), row)
  }

  /** What was counted. */
  finish(): Tally {
    for (const source of this.#covered.sources()) this.#counter(source)
    for (const { source, coverage } of this.#tally.counters) this.#covered.finish(coverage, source)
    const counters = this.#tally.counters
    return {
      ...this.#tally,
      counters: counters.filter(({ counts, coverage }) => counts.votes > 0 || coverage.served > 0),
    }
  }

  #place(hour: WallMs): Place {
    const known = this.#places.get(hour)
    if (known) return known
    const found = this.#placeOf(hour)
    this.#places.set(hour, found)
    return found
  }

  #counter(source: string): number {
    const known = this.#bySource.get(source)
    if (known !== undefined) return known
    const [municipality = '', office = '', counter = ''] = source.replace('faccina://', '').split('/')
    const made = this.#tally.counters.length
    this.#tally.counters.push({
      source,
      municipality,
      office,
      counter,
      counts: noCounts(),
      coverage: this.#covered.nothing(),
      blocks: this.#blocksOf(`${municipality}/${office}`),
    })
    this.#bySource.set(source, made)
    return made
  }

  #blocksOf(office: string): Map<number, Counts> {
    const blocks = this.#blocks.get(office) ?? new Map<number, Counts>()
    this.#blocks.set(office, blocks)
    return blocks
  }
}

function blockOf(blocks: Map<number, Counts>, place: number): Counts {
  const known = blocks.get(place)
  if (known) return known
  const made = noCounts()
  blocks.set(place, made)
  return made
}

/** Written out, since it is done a million times, and names that are looked up cost three times as much. */
export function addCounts(to: Counts, more: Counts): void {
  to.votes += more.votes
  to.suppressed += more.suppressed
  to.corrected += more.corrected
  addFaces(to.faces, more.faces)
  addReasons(to.reasons, more.reasons)
  addOutcomes(to.outcomes, more.outcomes)
}

function addFaces(to: Counts['faces'], more: Counts['faces']): void {
  to.satisfied += more.satisfied
  to.neutral += more.neutral
  to.dissatisfied += more.dissatisfied
}

function addReasons(to: Counts['reasons'], more: Counts['reasons']): void {
  to['waiting-time'] += more['waiting-time']
  to['staff-behaviour'] += more['staff-behaviour']
  to['must-return'] += more['must-return']
  to['negative-outcome'] += more['negative-outcome']
}

function addOutcomes(to: Counts['outcomes'], more: Counts['outcomes']): void {
  to['not-asked'] += more['not-asked']
  to.selected += more.selected
  to.skipped += more.skipped
  to['timed-out'] += more['timed-out']
  to.interrupted += more.interrupted
}

function cell(): Cell {
  return { counts: noCounts(), only: undefined }
}

function addToCell(cell: Cell, row: HourCounts, counter: number): void {
  addCounts(cell.counts, row)
  if (cell.only === undefined) cell.only = counter
  else if (cell.only !== counter) cell.only = -1
}
