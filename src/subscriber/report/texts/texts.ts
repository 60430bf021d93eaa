import type { Face, Outcome } from '../../../domain/words.ts'
import type { Area, Participation, Report } from '../report.ts'

/** Languages that a report can be read in. */
export const reportLanguages = ['it', 'en'] as const
export type ReportLanguage = (typeof reportLanguages)[number]

/** A participation that is shown. */
export type ShownParticipation = Extract<Participation, { is: 'shown' }>

/** Numbers already written as the language writes them. */
type Written = string

/** Everything that a report says, in one language. Numbers and dates come written (`Words`). */
export interface Texts {
  locale: string
  title: string
  /** `municipality c_e506`, … */
  municipality: string
  office: string
  counter: string
  everything: string
  made: (at: Written) => string
  votes: (count: number, written: Written) => string
  /** Of the index: `72.4 of 100`. */
  ofHundred: (index: Written) => string
  formula: string
  headline: {
    none: string
    few: (minimum: Written) => string
    better: (points: Written, before: Written) => string
    worse: (points: Written, before: Written) => string
    unclear: (difference: Written, interval: Written, before: Written) => string
    /** What it is compared with, after `than` or `from`. */
    before: (by: 'month' | 'months' | 'days', count: Written, range: Written) => string
    noCritical: string
    critical: (place: Written, share: Written, rest: Written) => string
    moreCritical: (count: number) => string
    mostly: (reason: string) => string
  }
  /** Of a critical office: which counters make it so. */
  through: (counters: string, count: number) => string
  chart: {
    shares: (list: string) => string
    reasons: (list: string) => string
    hours: string
    trend: string
    ranking: string
    critical: string
  }
  sections: Record<
    | 'index'
    | 'faces'
    | 'reasons'
    | 'hours'
    | 'trend'
    | 'units'
    | 'municipalities'
    | 'offices'
    | 'counters'
    | 'critical'
    | 'participation'
    | 'method',
    string
  >
  heads: Record<
    | 'face'
    | 'votes'
    | 'share'
    | 'index'
    | 'interval'
    | 'reason'
    | 'answers'
    | 'outcome'
    | 'period'
    | 'dissatisfied'
    | 'difference'
    | 'before'
    | 'now'
    | 'measure'
    | 'municipality'
    | 'office'
    | 'counter'
    | 'area'
    | 'rest'
    | 'effect'
    | 'hour'
    | 'participation',
    string
  >
  faces: Record<Face, string>
  outcomes: Record<Outcome, string>
  sizes: Record<Area['effect']['size'], string>
  /** What a critical area is compared with. */
  restOf: Record<'municipality' | 'office', string>
  withheld: string
  nothing: string
  /** `1.2 to 3.4`. */
  range: (low: Written, high: Written) => string
  interval95: (low: Written, high: Written) => string
  answered: (answered: Written, asked: Written, share: Written) => string
  fewReasons: string
  reasonsCaption: string
  noReasons: string
  presses: (suppressed: Written, corrected: Written, share: Written) => string
  trendCaption: Record<Report['series']['step'], string>
  trendNone: string
  intervalBand: string
  hoursFew: string
  hoursCaption: string
  hoursNote: (cell: Written, minimum: Written) => string
  legend: { low: string; high: string; total: (index: Written) => string }
  further: (count: Written, from: Written, to: Written) => string
  furtherWithheld: (count: number, written: Written) => string
  /** Said below a list whose best and worst are shown. */
  ranked: string
  table: string
  noCritical: (tested: Written) => string
  furtherAreas: (count: Written) => string
  tested: (tested: Written, rate: Written) => string
  participation: (rate: Written, votes: Written, served: Written) => string
  participationRange: (low: Written, high: Written) => string
  covered: (votes: Written, hours: Written) => string
  leftOut: (count: Written) => string
  moreThanServed: string
  noParticipation: string
  unknownTime: (votes: Written) => string
  unknownFew: string
  method: (values: {
    minimum: Written
    cell: Written
    rate: Written
    timeZone: string
    unknown: string | undefined
  }) => string[]
  skip: string
  contents: string
  live: { health: string; alerts: string }
}
