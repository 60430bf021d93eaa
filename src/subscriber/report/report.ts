import * as v from 'valibot'
import { weekdays } from '../../domain/hours.ts'
import { faces, outcomes, reasons } from '../../domain/words.ts'

/**
 * What a report says, whatever it looks like. The types of our own figures and the JSON Schema
 * `report-schema.generated.json` come from here. Within `faccina-report/1` a field may be added; none is renamed or
 * removed.
 */

const counter = (description: string) =>
  v.pipe(v.number(), v.integer(), v.minValue(0), v.description(description))
const share = (description: string) =>
  v.pipe(v.number(), v.minValue(0), v.maxValue(1), v.description(description))
const points = (description: string) =>
  v.pipe(v.number(), v.minValue(0), v.maxValue(100), v.description(description))
const date = (description: string) => v.pipe(v.string(), v.isoDate(), v.description(description))
const name = (description: string) =>
  v.pipe(v.string(), v.regex(/^[a-z0-9_-]{1,64}$/), v.description(description))

const shareInterval = v.pipe(
  v.object({ low: share('Its lower end.'), high: share('Its upper end.') }),
  v.description('95 % interval of the share (Wilson).'),
)
const pointInterval = v.pipe(
  v.object({ low: points('Its lower end.'), high: points('Its upper end.') }),
  v.description('95 % interval of the index (normal).'),
)
const difference = (description: string) =>
  v.pipe(
    v.object({ value: v.number(), low: v.number(), high: v.number() }),
    v.description(`${description}, with its 95 % interval.`),
  )

const each = <const Names extends readonly string[], Value extends v.GenericSchema>(
  names: Names,
  value: Value,
) => v.object(Object.fromEntries(names.map((key) => [key, value])) as Record<Names[number], Value>)

const none = v.pipe(v.object({ is: v.literal('none') }), v.description('There is nothing to be measured.'))
const withheld = v.pipe(
  v.object({ is: v.literal('withheld') }),
  v.description(
    'There are votes, but too few to be shown, or others that are too few could be computed from them.',
  ),
)

const measuredSchema = v.object({
  is: v.literal('shown'),
  votes: counter('How many votes.'),
  faces: v.pipe(each(faces, counter('Votes.')), v.description('Votes by face.')),
  shares: v.pipe(each(faces, share('Of all votes.')), v.description('Shares of the votes, by face.')),
  index: points('100 × (satisfied + neutral / 2) / votes.'),
  indexInterval: pointInterval,
  dissatisfied: shareInterval,
})
const measureSchema = v.variant('is', [measuredSchema, none, withheld])

const smallSchema = v.variant('is', [
  v.object({
    is: v.literal('shown'),
    votes: counter('How many votes.'),
    index: points('As above.'),
    indexInterval: pointInterval,
    dissatisfied: share('Share of the dissatisfied.'),
  }),
  none,
  withheld,
])

const participationSchema = v.variant('is', [
  v.object({
    is: v.literal('shown'),
    served: counter('People served, as the queue managers say.'),
    votes: v.pipe(
      v.number(),
      v.minValue(0),
      v.description('Votes of that time; of an hour that it covers in part, that part.'),
    ),
    rate: v.pipe(v.number(), v.minValue(0), v.description('votes / served; above 1 if more voted.')),
    range: v.optional(
      v.pipe(
        v.object({ low: v.number(), high: v.number() }),
        v.description('The rate with the votes of wholly covered hours alone, and with all of the others.'),
      ),
    ),
    coveredVotes: share('Share of all votes of the period that lie in that time.'),
    coveredHours: share('Share of the hours with votes, counter by counter, that lie in that time.'),
    leftOut: counter('Spans that overlap others or reach out of the period, and so are not counted.'),
  }),
  none,
  withheld,
])

const place = {
  municipality: name('Municipality.'),
  office: v.optional(name('Office; absent if it is about the municipality.')),
  counter: v.optional(name('Counter; absent if it is about the office or the municipality.')),
}

const unitSchema = v.object({ ...place, result: measureSchema, participation: participationSchema })

const areaSchema = v.object({
  ...place,
  is: v.picklist(['office', 'counter', 'block']),
  block: v.optional(
    v.pipe(
      v.object({ weekday: v.picklist(weekdays), from: counter('Hour.'), to: counter('Hour.') }),
      v.description('Weekday and local hours, from `from` until before `to`; present if it is a block.'),
    ),
  ),
  through: v.optional(
    v.pipe(
      v.array(name('Counter.')),
      v.description('The counters without which this office would not be critical.'),
    ),
  ),
  votes: counter('How many votes.'),
  dissatisfied: counter('How many of them are dissatisfied.'),
  share: share('Share of the dissatisfied.'),
  interval: shareInterval,
  rest: v.pipe(
    v.object({
      of: v.picklist(['municipality', 'office']),
      votes: counter('How many votes.'),
      share: share('Share of the dissatisfied.'),
    }),
    v.description(
      'What it is compared with: all others of its municipality, or all other time of its office.',
    ),
  ),
  difference: difference('Share of the dissatisfied minus that of the rest (Newcombe’s method 10)'),
  p: share('Probability of such a difference by chance (one-sided z test).'),
  adjusted: share('The same, adjusted for the number of tests (Benjamini–Hochberg).'),
  effect: v.pipe(
    v.object({
      h: v.pipe(v.number(), v.description('Cohen’s h.')),
      size: v.pipe(
        v.picklist(['slight', 'moderate', 'large', 'very-large']),
        v.description('h below 0.2, 0.5, 0.8, and above.'),
      ),
    }),
    v.description('Size of the effect.'),
  ),
  reason: v.optional(
    v.pipe(
      v.object({ reason: v.picklist(reasons), share: share('Of the reasons given there.') }),
      v.description('The reason given most; absent where fewer than ten were given.'),
    ),
  ),
})

export const reportSchema = v.object({
  report: v.literal('faccina-report/1'),
  made: v.pipe(v.string(), v.isoTimestamp(), v.description('When it was made.')),
  formula: v.pipe(v.string(), v.description('How the index is computed.')),
  period: v.object({
    from: date('First day.'),
    to: date('Last day.'),
    timeZone: v.pipe(v.string(), v.description('Whose days and hours they are (IANA name).')),
  }),
  scope: v.pipe(
    v.object({
      municipality: v.optional(name('Only this municipality.')),
      office: v.optional(name('Only this office.')),
      counter: v.optional(name('Only this counter.')),
    }),
    v.description('What was asked for; empty for all that the database has.'),
  ),
  minimum: v.pipe(
    v.number(),
    v.integer(),
    v.minValue(1),
    v.description('Votes below which nothing is shown.'),
  ),
  places: v.pipe(
    v.object({
      municipalities: counter('Municipalities.'),
      offices: counter('Offices.'),
      counters: counter('Counters.'),
    }),
    v.description('How many of them have votes in the period.'),
  ),
  total: measureSchema,
  trend: v.variant('is', [
    v.object({
      is: v.literal('shown'),
      from: date('First day of the period before.'),
      to: date('Its last day.'),
      by: v.picklist(['month', 'months', 'days']),
      before: measuredSchema,
      index: difference('Points of the index'),
      satisfied: difference('Share of the satisfied (Newcombe’s method 10)'),
      dissatisfied: difference('Share of the dissatisfied (Newcombe’s method 10)'),
      direction: v.pipe(
        v.picklist(['better', 'worse', 'unclear']),
        v.description('Of the index; unclear if its interval has 0 in it.'),
      ),
    }),
    none,
    withheld,
  ]),
  details: v.variant('is', [
    v.object({
      is: v.literal('shown'),
      asked: counter('Votes after which a reason was asked.'),
      answered: counter('Votes that gave a reason.'),
      reasons: v.optional(
        v.pipe(
          each(reasons, v.object({ votes: counter('Votes.'), share: share('Of those who answered.') })),
          v.description('Reasons; absent where too few were given.'),
        ),
      ),
      outcomes: v.pipe(
        each(outcomes, v.object({ votes: counter('Votes.'), share: share('Of all votes.') })),
        v.description('How asking ended.'),
      ),
      suppressed: counter('Further presses that were not counted.'),
      corrected: v.object({ votes: counter('Votes.'), share: share('Of all votes.') }),
    }),
    none,
    withheld,
  ]),
  participation: participationSchema,
  unknownTime: v.pipe(
    measureSchema,
    v.description('Votes whose time is not known: of the whole database, and in no other figure.'),
  ),
  series: v.object({
    step: v.picklist(['day', 'week', 'month']),
    steps: v.array(v.object({ from: date('First day.'), to: date('Last day.'), result: smallSchema })),
  }),
  hours: v.pipe(
    v.array(
      v.object({ weekday: v.picklist(weekdays), hour: counter('Local hour, 0 to 23.'), result: smallSchema }),
    ),
    v.description('Each hour of the week that has votes.'),
  ),
  cellMinimum: v.pipe(
    v.number(),
    v.integer(),
    v.description('Votes below which no step and no hour of several counters is shown; of one: minimum.'),
  ),
  municipalities: v.array(unitSchema),
  offices: v.array(unitSchema),
  counters: v.array(unitSchema),
  critical: v.object({
    method: v.pipe(v.string(), v.description('How chance is kept out.')),
    rate: share('Share of the areas found that is expected to be chance.'),
    tested: counter('How many were tested.'),
    areas: v.pipe(v.array(areaSchema), v.description('Greatest effect first.')),
  }),
})

export type Report = v.InferOutput<typeof reportSchema>
export type Measure = v.InferOutput<typeof measureSchema>
export type Measured = v.InferOutput<typeof measuredSchema>
export type Small = v.InferOutput<typeof smallSchema>
export type Participation = v.InferOutput<typeof participationSchema>
export type Unit = v.InferOutput<typeof unitSchema>
export type Area = v.InferOutput<typeof areaSchema>
export type Trend = Report['trend']
export type Details = Report['details']
export type GivenReasons = NonNullable<Extract<Details, { is: 'shown' }>['reasons']>

/** What is asked for. */
export interface Question {
  period: { from: string; to: string; timeZone: string }
  scope: { municipality?: string; office?: string; counter?: string }
  minimum: number
}
