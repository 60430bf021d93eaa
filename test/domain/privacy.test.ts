import t from 'tap'
import { coarse, discloseBatch, discloseOne, everything, heldUntil } from '../../src/domain/privacy.ts'
import type { Reckoned } from '../../src/domain/timeline.ts'
import type { ToldVote } from '../../src/domain/vote.ts'

/* How much of when a vote was given leaves the terminal. */

const nine = Date.UTC(2026, 4, 4, 9)
const minute = 60_000
const synchronised = (wall: number): Reckoned => ({ clock: 'synchronised', wall })

function vote(time: Reckoned, withinHours?: boolean): ToldVote {
  return {
    epoch: 'k3f9x2',
    sequence: 1,
    source: 'faccina://c_e506/anagrafe/3',
    survey: 'it-2009/1',
    face: 'neutral',
    outcome: 'not-asked',
    language: 'it',
    suppressed: 0,
    corrected: false,
    ...(withinHours !== undefined && { withinHours }),
    boot: 1,
    bootId: '11111111-2222-4333-8444-555555555555',
    time,
    recordedAt: time.wall + 900,
  }
}

const timesOf = (votes: readonly ToldVote[]) => votes.map(({ time }) => time)

t.test('exact: a vote is told as it is, and never held', async (t) => {
  const exact = vote(synchronised(nine + 1_234))
  t.equal(discloseOne(exact, 'exact'), exact)
  t.same(everything, { precision: 'exact', batch: 1 }, 'and by itself, where nothing else is said')
  t.equal(heldUntil(nine, nine, 'exact'), undefined)
})

t.test('coarse: neither of the two times of a vote says more than its period', async (t) => {
  for (const [precision, told] of [
    ['minute', nine + 34 * minute],
    ['hour', nine],
    ['day', Date.UTC(2026, 4, 4)],
  ] as const) {
    const given = vote(synchronised(nine + 34 * minute + 56_789))
    const { time, recordedAt } = discloseOne(given, precision)
    t.same([time.wall, recordedAt], [told, told], precision)
    t.equal(time.clock, 'synchronised', 'how well it is known stays')
  }
})

t.test('held while its period is the present one, and not where a clock was wrong', async (t) => {
  const given = nine + 30 * minute
  const cases: [now: number, until: number | undefined][] = [
    [nine - 1, undefined],
    [nine, nine + 60 * minute],
    [nine + 60 * minute - 1, nine + 60 * minute],
    [nine + 60 * minute, undefined],
  ]
  for (const [now, until] of cases) t.equal(heldUntil(given, now, 'hour'), until)
})

t.test('a batch has one time, that of the vote in the middle, and the span of all', async (t) => {
  const walls = [nine + 50 * minute, nine, nine + 10 * minute]
  const told = discloseBatch(
    walls.map((wall) => vote(synchronised(wall))),
    'minute',
  )
  for (const { time, recordedAt, batch } of told) {
    t.same([time.wall, recordedAt], [nine + 10 * minute, nine + 10 * minute])
    t.same(batch, { votes: 3, from: nine, to: nine + 50 * minute })
  }
})

t.test('whether the office was open is said only where it was the same for all', async (t) => {
  const cases: [within: (boolean | undefined)[], said: boolean | undefined][] = [
    [[true, true, true], true],
    [[false, false], false],
    [[true, false], undefined],
    [[true, undefined], undefined],
    [[undefined, undefined], undefined],
  ]
  for (const [within, said] of cases) {
    const votes = within.map((open) => vote(synchronised(nine), open))
    for (const told of discloseBatch(votes, 'exact')) {
      t.equal(told.withinHours, said, within.join())
      t.equal('withinHours' in told, said !== undefined)
    }
  }
})

t.test('all times of a batch are told as badly known as the worst of them', async (t) => {
  const right = synchronised(nine)
  const backDated: Reckoned = { clock: 'synchronised', wall: nine, backDated: true }
  const near: Reckoned = { clock: 'estimated', wall: nine, uncertaintyMs: 1_000 }
  const far: Reckoned = { clock: 'estimated', wall: nine, uncertaintyMs: 90_000 }
  const unknown: Reckoned = { clock: 'unknown', wall: nine }
  const cases: [times: Reckoned[], worst: Reckoned][] = [
    [[right, right], right],
    [[right, backDated], backDated],
    [[backDated, near], near],
    [[near, far, right], far],
    [[far, near, right], far],
    [[far, unknown, backDated], unknown],
  ]
  for (const [times, worst] of cases) {
    const told = discloseBatch(
      times.map((time) => vote(time)),
      'exact',
    )
    t.same(timesOf(told), Array(times.length).fill(worst))
  }
})

t.test('periods begin in UTC, before 1970 too', async (t) => {
  t.equal(coarse(-1, 'day'), -86_400_000)
  t.equal(coarse(nine + 1, 'hour'), nine)
})
