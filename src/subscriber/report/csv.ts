import { faces, outcomes, reasons } from '../../domain/words.ts'
import type { Measure, Participation, Report, Small, Unit } from './report.ts'

/** The report as one tidy table: a row for each figure (RFC 4180: CRLF, quotes where they are needed). */

/** The columns, and what is in them. Empty where it does not apply. */
export const csvColumns = {
  table:
    'what the row is part of: about, total, before, trend, reasons, outcomes, presses, participation, unknown-time, series, hours, municipality, office, counter, critical',
  municipality: 'the municipality that the figure is about',
  office: 'the office',
  counter: 'the counter',
  from: 'first day',
  to: 'last day',
  weekday: 'monday to sunday',
  hour: 'local hour; of a critical block, where it begins',
  item: 'the face, reason or outcome; of a critical area, what it is',
  measure: 'what was measured: votes, share, index, difference, rate, …',
  value: 'the figure, with a point; shares from 0 to 1, index from 0 to 100; empty if withheld, see note',
  low: 'lower end of its 95 % interval',
  high: 'upper end',
  note: 'withheld where there are too few votes; the formula; the method',
} as const

type Column = keyof typeof csvColumns
type Row = Partial<Record<Column, string | number | undefined>>

export function renderCsv(report: Report): string {
  const head = Object.keys(csvColumns) as Column[]
  const lines = [...rowsOf(report)].map((row) => head.map((column) => field(row[column])).join(','))
  return `${[head.join(','), ...lines].map((line) => `${line}\r\n`).join('')}`
}

function field(value: string | number | undefined): string {
  const text = String(value ?? '')
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function* rowsOf(report: Report): Generator<Row> {
  const { period, minimum, formula, total, trend, critical } = report
  const whole = { from: period.from, to: period.to }
  yield { table: 'about', ...report.scope, ...whole, measure: 'index', note: formula }
  yield { table: 'about', ...whole, measure: 'minimum', value: minimum, note: `time zone ${period.timeZone}` }
  yield { table: 'about', ...whole, measure: 'tested', value: critical.tested, note: critical.method }
  yield* measureRows({ table: 'total', ...whole }, total)
  if (trend.is === 'shown') {
    yield* measureRows({ table: 'before', from: trend.from, to: trend.to }, trend.before)
    for (const measure of ['index', 'satisfied', 'dissatisfied'] as const)
      yield { table: 'trend', ...whole, item: measure, measure: 'difference', ...trend[measure] }
  } else yield { table: 'trend', ...whole, note: trend.is }
  yield* detailRows(report, whole)
  yield* participationRows({ table: 'participation', ...whole }, report.participation)
  yield* measureRows({ table: 'unknown-time' }, report.unknownTime)
  for (const { from, to, result } of report.series.steps)
    yield* smallRows({ table: 'series', from, to }, result)
  for (const { weekday, hour, result } of report.hours)
    yield* smallRows({ table: 'hours', ...whole, weekday, hour }, result)
  yield* unitRows('municipality', report.municipalities, whole)
  yield* unitRows('office', report.offices, whole)
  yield* unitRows('counter', report.counters, whole)
  yield* criticalRows(report, whole)
}

function* measureRows(row: Row, result: Measure): Generator<Row> {
  if (result.is !== 'shown') {
    yield { ...row, measure: 'votes', ...(result.is === 'none' ? { value: 0 } : { note: 'withheld' }) }
    return
  }
  yield { ...row, measure: 'votes', value: result.votes }
  yield { ...row, measure: 'index', value: result.index, ...result.indexInterval }
  for (const face of faces) yield { ...row, item: face, measure: 'votes', value: result.faces[face] }
  for (const face of faces) {
    const interval = face === 'dissatisfied' ? result.dissatisfied : {}
    yield { ...row, item: face, measure: 'share', value: result.shares[face], ...interval }
  }
}

function* smallRows(row: Row, result: Small): Generator<Row> {
  if (result.is !== 'shown') return yield* measureRows(row, result)
  yield { ...row, measure: 'votes', value: result.votes }
  yield { ...row, measure: 'index', value: result.index, ...result.indexInterval }
  yield { ...row, item: 'dissatisfied', measure: 'share', value: result.dissatisfied }
}

function* detailRows({ details }: Report, whole: Row): Generator<Row> {
  if (details.is !== 'shown') return
  for (const item of details.reasons ? reasons : []) {
    const { votes, share } = details.reasons![item]
    yield { table: 'reasons', ...whole, item, measure: 'votes', value: votes }
    yield { table: 'reasons', ...whole, item, measure: 'share', value: share, note: 'of the answers' }
  }
  for (const item of outcomes) {
    const { votes, share } = details.outcomes[item]
    yield { table: 'outcomes', ...whole, item, measure: 'votes', value: votes }
    yield { table: 'outcomes', ...whole, item, measure: 'share', value: share, note: 'of all votes' }
  }
  yield { table: 'presses', ...whole, item: 'suppressed', measure: 'presses', value: details.suppressed }
  yield { table: 'presses', ...whole, item: 'corrected', measure: 'votes', value: details.corrected.votes }
}

function* participationRows(row: Row, participation: Participation): Generator<Row> {
  if (participation.is === 'none') return
  const measure = 'participation'
  if (participation.is === 'withheld') return yield { ...row, measure, note: 'withheld' }
  const { rate, served, votes, range, coveredVotes, coveredHours } = participation
  yield { ...row, measure, value: rate, note: range ? `between ${range.low} and ${range.high}` : '' }
  yield { ...row, measure: 'served', value: served }
  yield { ...row, measure: 'votes of the time covered', value: votes }
  yield { ...row, measure: 'share of votes covered', value: coveredVotes }
  yield { ...row, measure: 'share of hours covered', value: coveredHours }
}

function* unitRows(table: string, units: readonly Unit[], whole: Row): Generator<Row> {
  for (const { municipality, office, counter, result, participation } of units) {
    const row = { table, municipality, office, counter, ...whole }
    yield* measureRows(row, result)
    yield* participationRows(row, participation)
  }
}

function* criticalRows({ critical }: Report, whole: Row): Generator<Row> {
  for (const area of critical.areas) {
    const { municipality, office, counter, block, is, rest, effect, interval } = area
    const row = {
      table: 'critical',
      municipality,
      office,
      counter,
      ...whole,
      weekday: block?.weekday,
      hour: block?.from,
      item: is,
    }
    yield { ...row, measure: 'votes', value: area.votes }
    yield { ...row, measure: 'share of dissatisfied', value: area.share, ...interval }
    yield { ...row, measure: 'share of dissatisfied in the rest', value: rest.share, note: rest.of }
    yield { ...row, measure: 'difference', ...area.difference }
    yield { ...row, measure: 'adjusted p', value: area.adjusted, note: critical.method }
    yield { ...row, measure: 'effect h', value: effect.h, note: effect.size }
  }
}
