import type { VoteEvent } from '../../contract/schemas.ts'
import { coarse } from '../../domain/privacy.ts'
import { type Counts, noCounts } from '../../domain/vote.ts'
import type { HourCounts } from '../database/database.ts'
import { lifeOf } from './life.ts'
import type { Municipality, Terminal } from './municipality.ts'
import type { Said } from './said.ts'
import { addCounts, addVote } from './tally.ts'

/** What a subscriber has in the end who lost nothing and counted nothing twice. */
export interface Truth extends Counts {
  /** How many events besides votes. */
  gaps: number
  summaries: number
  served: number
}

export function noTruth(): Truth {
  return { ...noCounts(), gaps: 0, summaries: 0, served: 0 }
}

export function addSaid(truth: Truth, { item, again = [] }: Said): void {
  if (item.is === 'vote') addVote(truth, item.event)
  else if (item.is === 'gap') truth.gaps++
  else if (item.is === 'served') truth.served += item.served.served
  else if (item.is === 'summary') {
    truth.summaries++
    for (const event of again) addVote(truth, event, -1)
    for (const hour of item.event.data.hours) addCounts(truth, hour)
  }
}

export function sumOf(truths: readonly Truth[]): Truth {
  const sum = noTruth()
  for (const truth of truths) {
    addCounts(sum, truth)
    sum.gaps += truth.gaps
    sum.summaries += truth.summaries
    sum.served += truth.served
  }
  return sum
}

/** The same by the hour, of one terminal, in order: what its votes and summaries must come to in a database. */
export function hoursOf(terminal: Terminal): HourCounts[] {
  const hours = new Map<number | undefined, HourCounts>()
  const at = (hour: number | undefined) => {
    let counts = hours.get(hour)
    if (!counts) {
      counts = { source: terminal.source, ...(hour !== undefined && { hour }), ...noCounts() }
      hours.set(hour, counts)
    }
    return counts
  }
  for (const piece of lifeOf(terminal))
    for (const { item, again = [] } of piece) {
      if (item.is === 'vote') addVote(at(hourOf(item.event)), item.event)
      if (item.is !== 'summary') continue
      for (const event of again) addVote(at(hourOf(event)), event, -1)
      for (const { from, to: _, ...counts } of item.event.data.hours)
        addCounts(at(from === undefined ? undefined : Date.parse(from)), counts)
    }
  const counted = [...hours.values()].filter(({ votes }) => votes > 0)
  return counted.sort((a, b) => (a.hour ?? -1) - (b.hour ?? -1))
}

/** Of all terminals, in the order of their places. */
export function* allHoursOf({ terminals }: Municipality): Generator<HourCounts, void, undefined> {
  for (const terminal of terminals) yield* hoursOf(terminal)
}

function hourOf({ time, data }: VoteEvent): number | undefined {
  return data.clock === 'unknown' ? undefined : coarse(Date.parse(time), 'hour')
}
