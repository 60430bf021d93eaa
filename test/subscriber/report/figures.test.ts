import fc from 'fast-check'
import t from 'tap'
import { noCounts } from '../../../src/domain/vote.ts'
import { faces, outcomes, reasons } from '../../../src/domain/words.ts'
import type { HourCounts, Served } from '../../../src/subscriber/database/database.ts'
import { figures } from '../../../src/subscriber/report/figures.ts'
import type { Question, Report } from '../../../src/subscriber/report/report.ts'
import { determined } from './determined.ts'
import { march, marchQuestion, plans, random } from './municipality.ts'

const made = '2026-04-01T06:00:00.000Z'
const hourMs = 3_600_000
const report = (hours: HourCounts[], served: Served[] = [], question: Partial<Question> = {}) =>
  figures({ ...marchQuestion, ...question }, { hours, served }, made)

const row = (
  source: string,
  at: string,
  satisfied: number,
  neutral: number,
  dissatisfied: number,
): HourCounts => {
  const counts = noCounts()
  counts.votes = satisfied + neutral + dissatisfied
  counts.faces = { satisfied, neutral, dissatisfied }
  counts.outcomes['not-asked'] = counts.votes
  return { source: `faccina://c_e506/${source}`, hour: Date.parse(at), ...counts }
}

/** What a hand with pencil and paper does: one vote after the other, by the day and hour that Rome's clocks show. */
function byHand(rows: readonly HourCounts[]) {
  const clock = new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'Europe/Rome',
    dateStyle: 'short',
    timeStyle: 'short',
  })
  const sums = new Map<string, number>()
  const add = (key: string, n: number) => sums.set(key, (sums.get(key) ?? 0) + n)
  for (const one of rows) {
    if (one.hour === undefined) continue
    const [date = '', time = ''] = clock.format(one.hour).split(' ')
    const month = date.slice(0, 7)
    const [, , , office, counter] = one.source.split('/')
    const weekday = new Date(`${date}T12:00Z`).toLocaleDateString('en-GB', { weekday: 'long' }).toLowerCase()
    for (const where of [
      month,
      `${month} ${office}`,
      `${month} ${office}/${counter}`,
      `${month} ${weekday} ${Number(time.slice(0, 2))}`,
      date,
    ]) {
      for (const face of faces) add(`${where} ${face}`, one.faces[face])
      add(`${where} votes`, one.faces.satisfied + one.faces.neutral + one.faces.dissatisfied)
      for (const reason of reasons) add(`${where} ${reason}`, one.reasons[reason])
      for (const outcome of outcomes) add(`${where} ${outcome}`, one.outcomes[outcome])
      add(`${where} suppressed`, one.suppressed)
      add(`${where} corrected`, one.corrected)
    }
  }
  const of = (where: string, what: string) => sums.get(`${where} ${what}`) ?? 0
  const index = (where: string) =>
    (of(where, 'satisfied') * 100 + of(where, 'neutral') * 50) / of(where, 'votes')
  return { of, index }
}

const near = (a: number, b: number) => Math.abs(a - b) < 1e-9

t.test('the figures are those of an independent computation', async (t) => {
  const { rows } = march()
  const hand = byHand(rows)
  const { total, trend, details, series, hours, offices, counters } = await report(rows)
  if (total.is !== 'shown' || trend.is !== 'shown' || details.is !== 'shown') throw new Error('not shown')
  t.equal(total.votes, hand.of('2026-03', 'votes'))
  t.ok(total.votes > 1000)
  for (const face of faces) {
    t.equal(total.faces[face], hand.of('2026-03', face), face)
    t.ok(near(total.shares[face], hand.of('2026-03', face) / total.votes))
  }
  t.ok(near(total.index, hand.index('2026-03')))
  t.ok(near(trend.index.value, hand.index('2026-03') - hand.index('2026-02')))
  t.equal(trend.before.votes, hand.of('2026-02', 'votes'))
  for (const outcome of outcomes)
    t.equal(details.outcomes[outcome].votes, hand.of('2026-03', outcome), outcome)
  for (const reason of reasons) {
    t.equal(details.reasons?.[reason].votes, hand.of('2026-03', reason), reason)
    t.ok(near(details.reasons![reason].share, hand.of('2026-03', reason) / hand.of('2026-03', 'selected')))
  }
  t.equal(details.answered, hand.of('2026-03', 'selected'))
  t.equal(details.asked, total.votes - hand.of('2026-03', 'not-asked'))
  t.equal(details.suppressed, hand.of('2026-03', 'suppressed'))
  t.equal(details.corrected.votes, hand.of('2026-03', 'corrected'))

  t.equal(series.step, 'day')
  t.equal(series.steps.length, 31)
  for (const { from, result } of series.steps) {
    if (result.is !== 'shown') t.equal(hand.of(from, 'votes'), 0, from)
    else {
      t.equal(result.votes, hand.of(from, 'votes'), from)
      t.ok(near(result.index, hand.index(from)))
      t.ok(near(result.dissatisfied, hand.of(from, 'dissatisfied') / result.votes))
    }
  }
  for (const { weekday, hour, result } of hours) {
    const where = `2026-03 ${weekday} ${hour}`
    if (result.is === 'shown') {
      t.equal(result.votes, hand.of(where, 'votes'), where)
      t.ok(near(result.index, hand.index(where)), where)
    } else t.ok(hand.of(where, 'votes') > 0, where)
  }
  t.ok(hours.filter(({ result }) => result.is === 'shown').length > 25)
  for (const { office, counter, result } of [...offices, ...counters]) {
    const where = `2026-03 ${office}${counter === undefined ? '' : `/${counter}`}`
    if (result.is !== 'shown') continue
    t.equal(result.votes, hand.of(where, 'votes'), where)
    t.ok(near(result.index, hand.index(where)), where)
  }
  t.equal(counters.length, plans.length)
})

t.test('the order of the rows does not matter, and what lies outside is not counted', async (t) => {
  const { rows } = march()
  const chance = random(7)
  const shuffled = rows
    .map((one) => ({ one, at: chance() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one)
  const outside = [
    row('anagrafe/1', '2026-01-31T22:00Z', 900, 0, 0),
    row('anagrafe/1', '2026-03-31T22:00Z', 900, 0, 0),
  ]
  t.same(await report([...shuffled, ...outside]), await report(rows))
})

t.test('days begin at midnight in Rome', async (t) => {
  const rows = [
    row('anagrafe/1', '2026-02-28T22:00Z', 100, 0, 0),
    row('anagrafe/1', '2026-02-28T23:00Z', 40, 0, 0),
    row('anagrafe/1', '2026-03-31T21:00Z', 50, 0, 0),
  ]
  const { total, trend, hours } = await report(rows)
  t.equal(total.is === 'shown' && total.votes, 90)
  t.equal(trend.is === 'shown' && trend.before.votes, 100)
  t.same(
    hours.map(({ weekday, hour }) => [weekday, hour]),
    [
      ['tuesday', 23],
      ['sunday', 0],
    ],
  )
})

t.test('votes of unknown time stand apart', async (t) => {
  const { rows } = march()
  const { hour: _, ...unknown } = row('anagrafe/1', '2026-03-02T08:00Z', 40, 0, 10)
  const { unknownTime, ...rest } = await report([...rows, unknown])
  t.equal(unknownTime.is === 'shown' && unknownTime.votes, 50)
  const { unknownTime: none, ...without } = await report(rows)
  t.equal(none.is, 'none')
  t.same(rest, without)
})

t.test('nothing, one vote, one counter', async (t) => {
  const empty = await report([])
  t.same([empty.total, empty.trend, empty.details], [{ is: 'none' }, { is: 'none' }, { is: 'none' }])
  t.same(empty.critical.areas, [])
  const one = await report([row('anagrafe/1', '2026-03-02T08:00Z', 0, 0, 1)])
  t.same(
    [one.total, one.details, one.participation],
    [{ is: 'withheld' }, { is: 'withheld' }, { is: 'none' }],
  )
  t.same(one.counters[0]?.result, { is: 'withheld' })
  t.notMatch(JSON.stringify(one), /"(votes|index)":[^{]*1[^0-9]/, 'the vote is told nowhere')
  const alone = await report([row('anagrafe/1', '2026-03-02T08:00Z', 60, 20, 20)])
  t.equal(alone.total.is === 'shown' && alone.total.index, 70)
  t.equal(alone.counters[0]?.result.is, 'shown', 'the only counter is the whole')
  t.equal(alone.critical.tested, 0, 'and there is nothing to compare it with')
})

t.test('hours and days of one counter alone need more votes', async (t) => {
  const at = ['2026-03-02T08:00Z', '2026-03-03T08:00Z', '2026-03-04T08:00Z', '2026-03-05T08:00Z']
  const one = await report(at.map((time) => row('anagrafe/1', time, 15, 0, 5)))
  t.ok(
    one.hours.every(({ result }) => result.is === 'withheld'),
    'of one',
  )
  t.equal(one.series.step, 'week', 'days have too few, so it is told by weeks')
  t.ok(one.series.steps.some(({ result }) => result.is === 'shown' && result.votes === 80))
  const two = await report(
    at.flatMap((time) => [row('anagrafe/1', time, 15, 0, 0), row('anagrafe/2', time, 0, 0, 5)]),
  )
  t.ok(
    two.hours.every(({ result }) => result.is === 'shown'),
    'of two',
  )
  t.equal(two.series.step, 'day')
})

t.test('few reasons are not told', async (t) => {
  const answered = row('anagrafe/1', '2026-03-02T08:00Z', 60, 0, 12)
  answered.outcomes = { ...answered.outcomes, 'not-asked': 60, selected: 12 }
  answered.reasons['staff-behaviour'] = 12
  const one = await report([answered])
  t.equal(one.details.is === 'shown' && one.details.reasons, undefined)
  const two = await report([answered, row('anagrafe/2', '2026-03-02T08:00Z', 60, 0, 12)])
  t.equal(two.details.is === 'shown' && two.details.reasons?.['staff-behaviour'].votes, 12)
})

const counter = fc.record({
  town: fc.integer({ min: 0, max: 1 }),
  office: fc.integer({ min: 0, max: 2 }),
  counter: fc.integer({ min: 0, max: 2 }),
  hour: fc.integer({ min: 0, max: 27 * 24 }),
  satisfied: fc.integer({ min: 0, max: 25 }),
  neutral: fc.integer({ min: 0, max: 9 }),
  dissatisfied: fc.integer({ min: 0, max: 25 }),
  served: fc.boolean(),
})

t.test('no small counter can be computed from a whole report', async (t) => {
  let small = 0
  await fc.assert(
    fc.asyncProperty(fc.array(counter, { maxLength: 40 }), async (given) => {
      const rows = given.map((one) => ({
        ...row('x/x', '2026-03-02T00:00Z', one.satisfied, one.neutral, one.dissatisfied),
        source: `faccina://t${one.town}/o${one.office}/${one.counter}`,
        hour: Date.UTC(2026, 2, 2) + one.hour * hourMs,
      }))
      const served = rows
        .filter((_, i) => given[i]!.served)
        .map(({ source, hour }) => ({ source, from: hour, to: hour + hourMs, served: 50 }))
      const found = await report(rows, served)
      const votes = new Map<string, number>()
      for (const one of rows) votes.set(one.source, (votes.get(one.source) ?? 0) + one.votes)
      const sources = [...votes].filter(([, n]) => n > 0).map(([source]) => source)
      for (const [i, known] of determined(told(found, sources), sources.length).entries()) {
        if (votes.get(sources[i]!)! >= found.minimum) continue
        small++
        if (known) return false
      }
      return true
    }),
    { numRuns: 150 },
  )
  t.ok(small > 100, `there were small ones: ${small}`)
})

/** Each sum of votes that a report tells: the total, municipalities, offices, counters, and the rests of areas. */
function told(report: Report, sources: readonly string[]): number[][] {
  const inIt = (place: { municipality: string; office?: string | undefined; counter?: string | undefined }) =>
    sources.map((source) => {
      const path = ['faccina:/', place.municipality, place.office, place.counter].filter(
        (part) => part !== undefined,
      )
      return `${source}/`.startsWith(
        `faccina:/${path
          .slice(1)
          .map((part) => `/${part}`)
          .join('')}/`,
      )
        ? 1
        : 0
    })
  const units = [...report.municipalities, ...report.offices, ...report.counters]
  return [
    ...(report.total.is === 'shown' ? [sources.map(() => 1)] : []),
    ...units.filter(({ result }) => result.is === 'shown').map(inIt),
    ...units.filter(({ participation }) => participation.is === 'shown').map(inIt),
    ...report.critical.areas.filter(({ is }) => is !== 'block').map(inIt),
  ]
}
