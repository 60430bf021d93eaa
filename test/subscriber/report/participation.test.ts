import t from 'tap'
import { noCounts } from '../../../src/domain/vote.ts'
import type { HourCounts, Served } from '../../../src/subscriber/database/database.ts'
import { figures } from '../../../src/subscriber/report/figures.ts'
import { marchQuestion } from './municipality.ts'

const source = 'faccina://c_e506/anagrafe/1'
const at = (time: string) => Date.parse(`2026-03-${time}Z`)
const hour = (time: string, votes: number, from = source): HourCounts => ({
  source: from,
  hour: at(time),
  ...noCounts(),
  votes,
  faces: { satisfied: votes, neutral: 0, dissatisfied: 0 },
  outcomes: { ...noCounts().outcomes, 'not-asked': votes },
})
const span = (from: string, to: string, served: number, by = source): Served => ({
  source: by,
  from: at(from),
  to: at(to),
  served,
})
const rateOf = async (hours: HourCounts[], served: Served[]) => {
  const { participation } = await figures(marchQuestion, { hours, served }, '2026-04-01T00:00:00.000Z')
  return participation
}

t.test('votes of the time of which it is known how many were served', async (t) => {
  const hours = [hour('02T08:00', 40), hour('02T09:00', 60), hour('03T08:00', 100)]
  t.match(await rateOf(hours, [span('02T08:00', '02T10:00', 400)]), {
    is: 'shown',
    served: 400,
    votes: 100,
    rate: 0.25,
    range: { low: 0.25, high: 0.25 },
    coveredVotes: 0.5,
    coveredHours: 2 / 3,
    leftOut: 0,
  })
  t.same(await rateOf(hours, []), { is: 'none' })
})

t.test('an hour covered in part counts in part, between nothing and all of it', async (t) => {
  const found = await rateOf(
    [hour('02T08:00', 40), hour('02T09:00', 60)],
    [span('02T08:15', '02T10:00', 200)],
  )
  t.match(found, { votes: 90, rate: 0.45, range: { low: 0.3, high: 0.5 }, coveredHours: 1.75 / 2 })
})

t.test('nobody is counted twice', async (t) => {
  const hours = [hour('02T08:00', 40), hour('02T09:00', 60)]
  const whole = span('02T08:00', '02T10:00', 400)
  t.match(await rateOf(hours, [whole, span('02T08:00', '02T09:00', 150)]), { served: 400, leftOut: 1 })
  t.match(await rateOf(hours, [span('02T08:00', '02T09:00', 150), whole]), { served: 400, leftOut: 1 })
  t.match(await rateOf(hours, [whole, { ...whole, served: 300 }]), { served: 300, leftOut: 0 }, 'told again')
})

t.test('what reaches out of the period cannot be divided', async (t) => {
  const hours = [hour('31T20:00', 50)]
  t.match(await rateOf(hours, [span('31T20:00', '31T23:00', 400), span('31T10:00', '31T21:00', 100)]), {
    served: 100,
    leftOut: 1,
  })
})

t.test('served, but nobody voted: that counts too', async (t) => {
  const off = 'faccina://c_e506/anagrafe/2'
  const found = await rateOf(
    [hour('02T08:00', 60)],
    [span('02T08:00', '02T09:00', 100), span('02T08:00', '02T09:00', 100, off)],
  )
  t.match(found, { served: 200, rate: 0.3, coveredVotes: 1 })
})

t.test('by office and counter, as far as they may be shown', async (t) => {
  const sources = ['anagrafe/1', 'anagrafe/2', 'tributi/1'].map((name) => `faccina://c_e506/${name}`)
  const [one, two, three] = sources as [string, string, string]
  const hours = [hour('02T08:00', 60, one), hour('02T08:00', 5, two), hour('02T08:00', 70, three)]
  const served = sources.map((by) => span('02T08:00', '02T09:00', 100, by))
  const { offices, counters } = await figures(marchQuestion, { hours, served }, '2026-04-01T00:00:00.000Z')
  t.match(
    offices.map(({ participation }) => participation),
    [{ rate: 0.325 }, { rate: 0.7 }],
  )
  t.same(
    counters.map(({ participation }) => participation.is),
    ['withheld', 'withheld', 'shown'],
  )
  t.equal(
    counters.some(({ participation }) => 'range' in participation),
    false,
  )
})
