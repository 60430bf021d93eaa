import { noCounts } from '../../../src/domain/vote.ts'
import type { HourCounts, Served } from '../../../src/subscriber/database/database.ts'
import type { Question } from '../../../src/subscriber/report/report.ts'

/** Numbers from 0 up to 1, the same ones for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export interface CounterPlan {
  municipality?: string
  office: string
  counter: string
  /** Votes of an open hour, on the average. */
  busy: number
  /** Chances of dissatisfied and of neutral. */
  dissatisfied: number
  neutral: number
  /** How much worse Monday morning is. */
  monday?: number
}

const hourMs = 3_600_000

/** A small town: one counter is worse than the others, one is bad on Monday mornings, one is hardly used. */
export const plans: CounterPlan[] = [
  { office: 'anagrafe', counter: '1', busy: 9, dissatisfied: 0.12, neutral: 0.2 },
  { office: 'anagrafe', counter: '2', busy: 8, dissatisfied: 0.14, neutral: 0.2, monday: 0.25 },
  { office: 'anagrafe', counter: '3', busy: 9, dissatisfied: 0.34, neutral: 0.25 },
  { office: 'tributi', counter: '1', busy: 5, dissatisfied: 0.2, neutral: 0.2 },
  { office: 'tributi', counter: '2', busy: 0.6, dissatisfied: 0.2, neutral: 0.2 },
  { office: 'urbanistica', counter: '1', busy: 2, dissatisfied: 0.1, neutral: 0.15 },
  { office: 'urp', counter: '1', busy: 3, dissatisfied: 0.06, neutral: 0.15 },
]

/** Its February and March. */
export function march(seed = 1) {
  return municipality(plans, '2026-02-01', 59, seed)
}

/** What a report about its March is asked. */
export const marchQuestion: Question = {
  period: { from: '2026-03-01', to: '2026-03-31', timeZone: 'Europe/Rome' },
  scope: {},
  minimum: 30,
}

/** The hours of a municipality whose offices are open from Monday to Saturday morning (UTC). */
export function municipality(plans: readonly CounterPlan[], from: string, days: number, seed = 1) {
  const chance = random(seed)
  const rows: HourCounts[] = []
  const served: Served[] = []
  for (const { municipality = 'c_e506', office, counter, busy, dissatisfied, neutral, monday = 0 } of plans) {
    const source = `faccina://${municipality}/${office}/${counter}`
    for (let day = 0; day < days; day++) {
      const start = Date.parse(`${from}T00:00Z`) + day * 24 * hourMs
      const weekday = new Date(start).getUTCDay()
      if (weekday === 0) continue
      const hours = weekday === 6 ? [7, 8, 9] : weekday === 2 ? [7, 8, 9, 10, 11, 13, 14] : [7, 8, 9, 10, 11]
      let votes = 0
      for (const hour of hours) {
        const peak = hour === 8 || hour === 9 ? 1.5 : 0.8
        const worse = weekday === 1 && hour < 10 ? monday : 0
        const row = hourOf(source, start + hour * hourMs, Math.round(busy * peak * 2 * chance()), chance, {
          dissatisfied: dissatisfied + worse,
          neutral,
        })
        if (row.votes === 0) continue
        rows.push(row)
        votes += row.votes
      }
      served.push({
        source,
        from: start + 7 * hourMs,
        to: start + 15 * hourMs,
        served: Math.round(votes * (2 + 2 * chance())) + 1,
      })
    }
  }
  return { rows, served }
}

function hourOf(
  source: string,
  hour: number,
  votes: number,
  chance: () => number,
  mood: { dissatisfied: number; neutral: number },
): HourCounts {
  const row = { source, hour, ...noCounts() }
  for (let i = 0; i < votes; i++) {
    const drawn = chance()
    row.votes++
    if (chance() < 0.1) row.suppressed += 1 + Math.floor(3 * chance())
    if (chance() < 0.02) row.corrected++
    if (drawn >= mood.dissatisfied) {
      row.faces[drawn < mood.dissatisfied + mood.neutral ? 'neutral' : 'satisfied']++
      row.outcomes['not-asked']++
      continue
    }
    row.faces.dissatisfied++
    const answer = chance()
    const outcome =
      answer < 0.7 ? 'selected' : answer < 0.8 ? 'skipped' : answer < 0.99 ? 'timed-out' : 'interrupted'
    row.outcomes[outcome]++
    if (outcome !== 'selected') continue
    const why = chance()
    row.reasons[
      why < 0.5
        ? 'waiting-time'
        : why < 0.65
          ? 'staff-behaviour'
          : why < 0.9
            ? 'must-return'
            : 'negative-outcome'
    ]++
  }
  return row
}
