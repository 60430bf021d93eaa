import { weekdays } from '../../domain/hours.ts'
import { type Counts, noCounts } from '../../domain/vote.ts'
import { faces, outcomes, reasons } from '../../domain/words.ts'
import type { HourCounts, Served } from '../database/database.ts'
import { before, type Days, type Step, stepFor, stepsOf } from './calendar.ts'
import { blockAt, type Candidate, criticalAreas } from './critical.ts'
import type { Details, Measure, Measured, Participation, Question, Report, Small, Trend } from './report.ts'
import { formula, index, indexDifference, indexInterval } from './score.ts'
import { shareDifference, wilson } from './statistics.ts'
import { addCounts, type Cell, type Tally, Tallying } from './tally.ts'
import { growTree, nodesOf, type Place } from './tree.ts'
import { shownNodes, withheldParts } from './withhold.ts'

/** Votes of several counters below which no hour and no step is shown: less says nothing. */
const smallestCell = 10

/** Where the figures come from: the hours of the period and of the one before it, and what was served. */
export interface Source {
  hours: AsyncIterable<HourCounts> | Iterable<HourCounts>
  served: readonly Served[]
}

/**
 * All figures of a report. Rows outside the two periods are passed over, and those of unknown time are told
 * apart. @param made when the report is made: RFC 3339
 */
export async function figures(question: Question, source: Source, made: string): Promise<Report> {
  const tallying = new Tallying(question, source.served)
  for await (const row of source.hours) tallying.add(row)
  return reportOf(question, tallying.finish(), made)
}

function reportOf(question: Question, tally: Tally, made: string): Report {
  const { minimum } = question
  const cellMinimum = Math.min(smallestCell, minimum)
  const leastOf = ({ only }: Cell) => (only === -1 ? cellMinimum : minimum)
  const root = growTree(tally.counters)
  const shown = shownNodes(root, minimum)
  const nodes = nodesOf(root)
  const units = unitsOf(root, nodes, shown, minimum)
  const withVotes = (level: Place['level']) =>
    nodes.filter((node) => node.level === level && node.votes > 0).length
  const total = shown.has(root) ? measured(root.counts) : absent(root.votes)
  return {
    report: 'faccina-report/1',
    made,
    formula,
    period: question.period,
    scope: question.scope,
    minimum,
    places: {
      municipalities: withVotes('municipality'),
      offices: withVotes('office'),
      counters: withVotes('counter'),
    },
    total,
    trend: trendOf(question, total, tally.before.counts),
    details: total.is === 'shown' ? detailsOf(root.counts, leastOf(tally.total)) : total,
    participation: units.participation(root),
    unknownTime: measure(tally.unknown.counts, minimum),
    series: seriesOf(question.period, tally.steps, (cells) => smalls(cells, leastOf, minimum)),
    hours: hoursOf(smalls(tally.hours, leastOf, minimum)),
    cellMinimum,
    municipalities: units.of('municipality'),
    offices: units.of('office'),
    counters: units.of('counter'),
    critical: criticalAreas(candidatesOf(nodes, shown), minimum),
  }
}

/** Municipalities, offices and counters with their figures, as far as they are shown. */
function unitsOf(root: Place, nodes: readonly Place[], shown: ReadonlySet<unknown>, minimum: number) {
  const covered = new Map(nodes.map((node) => [node, { ...node, votes: node.coverage.high }]))
  for (const node of covered.values()) node.parts = node.parts.map((part) => covered.get(part)!)
  const original = new Map([...covered].map(([node, copy]) => [copy as unknown, node]))
  const shownCovered = shownNodes(covered.get(root)!, minimum, (copy) => !shown.has(original.get(copy)))
  const participation = (node: Place): Participation => {
    if (node.coverage.served === 0) return { is: 'none' }
    if (!shownCovered.has(covered.get(node)!)) return { is: 'withheld' }
    return participationOf(node, node === root)
  }
  const result = (node: Place) => (shown.has(node) ? measured(node.counts) : absent(node.votes))
  const of = (level: Place['level']) =>
    nodes
      .filter((node) => node.level === level)
      .map((node) => ({ ...node.name, result: result(node), participation: participation(node) }))
  return { participation, of }
}

function participationOf({ coverage, votes }: Place, withRange: boolean): Participation {
  const { served, low, high, coveredHours, hours, leftOut } = coverage
  return {
    is: 'shown',
    served,
    votes: coverage.votes,
    rate: coverage.votes / served,
    ...(withRange && { range: { low: low / served, high: high / served } }),
    coveredVotes: votes > 0 ? Math.min(1, coverage.votes / votes) : 0,
    coveredHours: hours > 0 ? Math.min(1, coveredHours / hours) : 0,
    leftOut,
  }
}

function absent(votes: number): { is: 'none' } | { is: 'withheld' } {
  return { is: votes > 0 ? 'withheld' : 'none' }
}

function measure(counts: Counts, minimum: number): Measure {
  return counts.votes >= minimum ? measured(counts) : absent(counts.votes)
}

function measured({ votes, faces: byFace }: Counts): Measured {
  const shares = { ...byFace }
  for (const face of faces) shares[face] /= votes
  return {
    is: 'shown',
    votes,
    faces: { ...byFace },
    shares,
    index: index(byFace),
    indexInterval: indexInterval(byFace),
    dissatisfied: wilson(byFace.dissatisfied, votes),
  }
}

function trendOf({ period, minimum }: Question, total: Measure, earlier: Counts): Trend {
  if (total.is !== 'shown') return total
  const compared = measure(earlier, minimum)
  if (compared.is !== 'shown') return compared
  const difference = indexDifference(total.faces, compared.faces)
  const of = (face: 'satisfied' | 'dissatisfied') =>
    shareDifference(
      { hits: total.faces[face], n: total.votes },
      { hits: compared.faces[face], n: compared.votes },
    )
  return {
    is: 'shown',
    ...before(period),
    before: compared,
    index: difference,
    satisfied: of('satisfied'),
    dissatisfied: of('dissatisfied'),
    direction: difference.low > 0 ? 'better' : difference.high < 0 ? 'worse' : 'unclear',
  }
}

/** @param least answers below which no reason is shown */
function detailsOf(counts: Counts, least: number): Details {
  const { votes } = counts
  const answered = reasons.reduce((sum, reason) => sum + counts.reasons[reason], 0)
  const of = <Name extends string>(names: readonly Name[], from: Record<Name, number>, all: number) =>
    Object.fromEntries(
      names.map((name) => [name, { votes: from[name], share: all > 0 ? from[name] / all : 0 }]),
    ) as Record<Name, { votes: number; share: number }>
  return {
    is: 'shown',
    asked: votes - counts.outcomes['not-asked'],
    answered,
    ...(answered >= least && { reasons: of(reasons, counts.reasons, answered) }),
    outcomes: of(outcomes, counts.outcomes, votes),
    suppressed: counts.suppressed,
    corrected: { votes: counts.corrected, share: counts.corrected / votes },
  }
}

/** The steps of the period; longer ones where most of the shorter ones have too few votes to be shown. */
function seriesOf(
  period: Days,
  steps: Tally['steps'],
  smallsOf: (cells: readonly Cell[]) => Small[],
): Report['series'] {
  let step = stepFor(period)
  for (;;) {
    const merged = mergedBy(step, period, steps)
    const results = smallsOf(merged.map(({ cell }) => cell))
    const shown = results.filter(({ is }) => is === 'shown').length
    const hidden = results.filter(({ is }) => is === 'withheld').length
    if (step === 'month' || shown >= hidden)
      return { step, steps: merged.map(({ days }, i) => ({ ...days, result: results[i]! })) }
    step = step === 'day' ? 'week' : 'month'
  }
}

function mergedBy(step: Step, period: Days, steps: Tally['steps']): Tally['steps'] {
  return stepsOf(period, step).map((days) => {
    const cell: Cell = { counts: noCounts(), only: undefined }
    for (const { days: part, cell: more } of steps) {
      if (part.from < days.from || part.from > days.to || more.only === undefined) continue
      addCounts(cell.counts, more.counts)
      cell.only = cell.only === undefined || cell.only === more.only ? more.only : -1
    }
    return { days, cell }
  })
}

function hoursOf(results: readonly Small[]): Report['hours'] {
  return results
    .map((result, i) => ({ weekday: weekdays[Math.floor(i / 24)]!, hour: i % 24, result }))
    .filter(({ result }) => result.is !== 'none')
}

/** The cells of a whole, as far as they are shown: those of one counter alone need more votes. */
function smalls(cells: readonly Cell[], least: (cell: Cell) => number, minimum: number): Small[] {
  const parts = cells.map((cell) => ({
    votes: cell.counts.votes,
    mayShow: cell.counts.votes >= least(cell),
  }))
  const withheld = withheldParts(parts, minimum)
  return cells.map(({ counts }, i) => {
    if (counts.votes === 0 || withheld[i]) return absent(counts.votes)
    const { votes, index, indexInterval, shares } = measured(counts)
    return { is: 'shown', votes, index, indexInterval, dissatisfied: shares.dissatisfied }
  })
}

/** What may be shown and has something else to be compared with. */
function candidatesOf(nodes: readonly Place[], shown: ReadonlySet<unknown>): Candidate[] {
  const candidates: Candidate[] = []
  const whole = new Map(
    nodes
      .filter(({ level }) => level === 'municipality')
      .map((node) => [node.name.municipality, node.counts]),
  )
  for (const node of nodes) {
    if (!shown.has(node) || (node.level !== 'office' && node.level !== 'counter')) continue
    const { name, counts } = node
    // The only counter of an office is the office.
    if (!node.alone)
      candidates.push({ area: { is: node.level, ...name }, counts, whole: whole.get(name.municipality)! })
    if (node.level !== 'office') continue
    for (const [place, block] of node.blocks)
      candidates.push({ area: { is: 'block', ...name, block: blockAt(place) }, counts: block, whole: counts })
  }
  return candidates
}
