import t from 'tap'
import { noCounts } from '../../../src/domain/vote.ts'
import { blockAt, type Candidate, criticalAreas } from '../../../src/subscriber/report/critical.ts'
import { figures } from '../../../src/subscriber/report/figures.ts'
import { march, marchQuestion, municipality } from './municipality.ts'

const counts = (votes: number, dissatisfied: number) => ({
  ...noCounts(),
  votes,
  faces: { satisfied: votes - dissatisfied, neutral: 0, dissatisfied },
})

const counter = (
  name: string,
  votes: number,
  dissatisfied: number,
  whole = counts(2000, 300),
): Candidate => ({
  area: { is: 'counter', municipality: 'm', office: 'o', counter: name },
  counts: counts(votes, dissatisfied),
  whole,
})

t.test('what is clearly worse than the rest is found, with the size of its effect', async (t) => {
  const { tested, areas } = criticalAreas(
    [counter('1', 200, 80), counter('2', 500, 76), counter('3', 400, 80), counter('4', 29, 29)],
    30,
  )
  t.equal(tested, 3, 'one has too few votes')
  t.same(
    areas.map(({ counter, effect }) => [counter, effect.size]),
    [
      ['1', 'large'],
      ['3', 'slight'],
    ],
  )
  const [first] = areas
  t.equal(first?.share, 0.4)
  t.equal(first?.rest.share, 220 / 1800)
  t.ok(first!.interval.low > first!.rest.share)
  t.ok(first!.difference.low > 0)
})

t.test('many looks are paid for: one of a hundred that would be found alone is not', async (t) => {
  const suspicious = counter('1', 200, 42)
  t.equal(criticalAreas([suspicious], 30).areas.length, 1)
  const others = Array.from({ length: 99 }, (_, i) => counter(`x${i}`, 200, 29))
  t.equal(criticalAreas([suspicious, ...others], 30).areas.length, 0)
})

t.test('where all are alike, chance finds something once in twenty towns', async (t) => {
  let towns = 0
  for (let seed = 1; seed <= 60; seed++) {
    const plans = Array.from({ length: 8 }, (_, i) => ({
      office: `o${i >> 1}`,
      counter: String(i),
      busy: 4,
      dissatisfied: 0.18,
      neutral: 0.2,
    }))
    const { rows } = municipality(plans, '2026-03-01', 31, seed)
    const { critical } = await figures(marchQuestion, { hours: rows, served: [] }, '2026-04-01T00:00:00.000Z')
    if (critical.areas.length > 0) towns++
  }
  t.ok(towns <= 9, `${towns} of 60`)
})

t.test('a town: the bad counter, the bad Monday, and why', async (t) => {
  const { rows } = march()
  const { critical } = await figures(marchQuestion, { hours: rows, served: [] }, '2026-04-01T00:00:00.000Z')
  const [first] = critical.areas
  t.match(first, { is: 'counter', office: 'anagrafe', counter: '3', effect: { size: 'moderate' } })
  t.match(first?.reason, { reason: 'waiting-time' })
  const office = critical.areas.find(({ is }) => is === 'office')
  t.match(office, { office: 'anagrafe', through: ['3'] }, 'the office is critical for that counter alone')
  t.ok(
    critical.areas.some(({ office, block }) => office === 'anagrafe' && block?.weekday === 'monday'),
    'Monday morning',
  )
})

t.test('the other hours of an office cannot be computed where they are few', async (t) => {
  const whole = counts(130, 60)
  const block = (place: number, votes: number, dissatisfied: number): Candidate => ({
    area: { is: 'block', municipality: 'm', office: 'o', block: blockAt(place) },
    counts: counts(votes, dissatisfied),
    whole,
  })
  const { areas } = criticalAreas([block(4, 60, 45), block(16, 50, 35)], 30)
  t.equal(areas.length, 1, 'with both of them, twenty votes would be left')
  t.equal(areas[0]?.votes, 60)
  t.same(blockAt(16), { weekday: 'tuesday', from: 8, to: 10 })
})
