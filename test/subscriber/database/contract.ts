import fc from 'fast-check'
import type { HealthMessage, SurveyMessage, VoteEvent } from '../../../src/contract/schemas.ts'
import type { ToldVote } from '../../../src/domain/vote.ts'
import type { Database, HourCounts, Where } from '../../../src/subscriber/database/database.ts'
import type { Item, Rejected } from '../../../src/subscriber/item.ts'
import { itemsOf, naiveHours, naiveProgress, stories } from './naive.ts'
import { base, epoch, gap, served, source, state, summary, totals, vote, voteItem, votes } from './told.ts'

/** What tap hands to a test. */
export type Test = typeof import('tap').t

/** A database of one kind, empty at first. */
export interface DatabaseWorld extends AsyncDisposable {
  readonly database: Database
  /** The votes that are in it, told again. */
  events(): Promise<VoteEvent[]>
}

const at = Date.UTC(2026, 4, 5)
const hour = 3_600_000

async function hoursOf(database: Database, where: Where = {}): Promise<HourCounts[]> {
  const hours: HourCounts[] = []
  for await (const one of database.hours(where)) hours.push(one)
  return hours
}

async function countOf(database: Database): Promise<number> {
  return (await hoursOf(database)).reduce((sum, { votes }) => sum + votes, 0)
}

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes)

/** What every database must do, whatever is behind it. */
export async function databaseContract(t: Test, open: () => Promise<DatabaseWorld>): Promise<void> {
  const inWorld = (
    name: string,
    body: (t: Test, database: Database, world: DatabaseWorld) => Promise<void>,
  ) =>
    t.test(name, async (t) => {
      await using world = await open()
      await body(t as Test, world.database, world)
    })

  await inWorld('an empty one says so', async (t, database) => {
    t.same(await database.progress(), [])
    t.same(await hoursOf(database), [])
    t.same(await database.terminals(), [])
    t.same(await database.served({}), [])
    t.same(await database.quarantine(10), { count: 0, latest: [] })
    const nothing = { votes: 0, duplicates: 0, conflicts: 0, rejected: 0, progress: [] }
    t.same(await database.store([], at), nothing)
  })

  await inWorld('a vote is told again as it was, whatever it says', async (t, database, world) => {
    const told: ToldVote[] = everyKind()
    const stored = await database.store(told.map(voteItem), at)
    t.equal(stored.votes, told.length)
    t.same(
      await world.events(),
      told.map((vote) => voteItem(vote).event),
    )
    const odd = voteItem({ ...vote(99), time: { clock: 'synchronised', wall: base } })
    odd.event.id = 'another-id’s form'
    await database.store([odd], at)
    t.same((await world.events()).at(-1), odd.event, 'an id of another form')
  })

  await inWorld('votes come once, and in order', async (t, database) => {
    t.same(await database.store(votes(1, 3), at), {
      votes: 3,
      duplicates: 0,
      conflicts: 0,
      rejected: 0,
      progress: [{ source, epoch, complete: 3, highest: 3, missing: [] }],
    })
    const again = await database.store([...votes(2, 5), ...votes(4, 4)], at)
    t.match(again, { votes: 2, duplicates: 3, conflicts: 0, progress: [{ complete: 5, highest: 5 }] })
    t.equal(await countOf(database), 5)
    t.match(await database.terminals(), [{ source, votes: 5, lastVote: base + 5 * 1_200_000 + 5 }])
  })

  await inWorld('what says something else under the same name is kept apart', async (t, database, world) => {
    const other = voteItem({ ...vote(2), face: 'satisfied' })
    const differently = structuredClone(voteItem(vote(1)))
    differently.event.time = differently.event.time.replace('Z', '+00:00')
    differently.event.data = Object.fromEntries(
      Object.entries(differently.event.data).reverse(),
    ) as typeof differently.event.data
    await database.store(votes(1, 2), at)
    const before = await hoursOf(database)
    t.match(
      await database.store([differently], at),
      { votes: 0, duplicates: 1, conflicts: 0 },
      'other bytes only',
    )
    t.match(await database.store([other], at + 1), { votes: 0, duplicates: 0, conflicts: 1 })
    t.same(await hoursOf(database), before)
    t.equal((await world.events()).length, 2)
    const inOne = await database.store([voteItem(vote(3)), voteItem({ ...vote(3), language: 'de' })], at + 2)
    t.match(inOne, { votes: 1, conflicts: 1 }, 'both in one batch')
    const { count, latest } = await database.quarantine(10)
    t.equal(count, 2)
    t.match(latest, [
      { at: at + 2, topic: 'faccina/1/c_e506/anagrafe/3/vote' },
      { at: at + 1, topic: 'faccina/1/c_e506/anagrafe/3/vote' },
    ])
    t.same(JSON.parse(text(latest[1]?.payload)), other.event)
  })

  await inWorld('what is missing is known, and what explains it', async (t, database) => {
    const stored = await database.store([...votes(5, 6), ...votes(2, 2), totals(9)], at)
    t.same(stored.progress, [
      { source, epoch, complete: 0, highest: 9, missing: [range(1, 1), range(3, 4), range(7, 9)] },
    ])
    await database.store([...votes(1, 1), gap(7, 7)], at)
    t.match(await database.progress(source), [
      { complete: 2, highest: 9, missing: [range(3, 4), range(8, 9)] },
    ])
    t.match((await database.store([summary(3, 4)], at)).progress, [
      { complete: 7, highest: 9, missing: [range(8, 9)] },
    ])
    t.equal(await countOf(database), 6)
    t.same(await database.progress('faccina://c_e506/anagrafe/4'), [])
    const far = Array.from({ length: 50 }, (_, n) => voteItem(vote(20 + 2 * n)))
    t.equal((await database.store(far, at)).progress[0]?.missing.length, 32)
    t.same((await database.progress())[0]?.missing.slice(0, 2), [range(8, 19), range(21, 21)])
    t.equal((await database.progress())[0]?.missing.length, 32)
  })

  await inWorld('a gap takes nothing away from those who have it', async (t, database) => {
    await database.store(votes(1, 2), at)
    t.match(await database.store([gap(2, 4), gap(2, 4)], at), { conflicts: 0, progress: [{ complete: 4 }] })
    t.match(await database.store(votes(3, 3), at), { votes: 1, duplicates: 0 })
    t.equal(await countOf(database), 3)
    t.match(await database.store([gap(2, 4, {}, 'torn')], at), { conflicts: 1 })
    t.match(await database.store([gap(2, 4)], at), { conflicts: 0 })
  })

  await inWorld('a summary counts its votes in place of those that came', async (t, database) => {
    await database.store(votes(1, 10), at)
    const before = await hoursOf(database)
    await database.store([summary(3, 8)], at)
    t.same(await hoursOf(database), before, 'the votes were all there')
    t.match(await database.store(votes(7, 12), at), { votes: 2, duplicates: 4 })
    await database.store([summary(20, 25), ...votes(19, 21)], at)
    t.equal(await countOf(database), 12 + 7, 'a vote that comes later does not count twice')
    await database.store([summary(20, 30)], at)
    t.equal(await countOf(database), 12 + 12, 'a longer one takes the place of a shorter one')
    await database.store([summary(20, 25)], at)
    t.equal(await countOf(database), 12 + 12, 'and a shorter one is of the past')
    t.match(await database.store([summary(20, 30)], at), { conflicts: 0 })
    t.match(await database.store([summary(20, 30, [22])], at), { conflicts: 1 }, 'another of the same range')
    t.match(await database.store([summary(28, 35)], at), { conflicts: 1 }, 'one that overlaps')
    t.match(await database.progress(), [{ complete: 12, highest: 30 }])
    t.match(await database.terminals(), [{ votes: 24 }])
  })

  await inWorld('a summary counts nothing of what was lost', async (t, database) => {
    await database.store(votes(4, 5), at)
    await database.store([summary(1, 6, [2, 4])], at)
    t.equal(await countOf(database), 4 + 1, 'vote 4 had come, and counts by itself')
    await database.store(votes(1, 2), at)
    t.equal(await countOf(database), 4 + 2)
  })

  await inWorld('the same comes out in whatever order it is told', async (t, database) => {
    let run = 0
    const property = fc.asyncProperty(stories, async (story) => {
      const whose = { source: `faccina://c_e506/anagrafe/run${run++}`, epoch }
      const items = itemsOf(story, whose)
      for (let begin = 0; begin < items.length; begin += story.batch) {
        const batch = items.slice(begin, begin + story.batch)
        const { progress, conflicts } = await database.store(batch, at)
        const expected = [{ ...whose, ...naiveProgress(story, begin + batch.length) }]
        t.same(progress, expected) || stop()
        t.equal(conflicts, 0) || stop()
        t.same(await database.progress(whose.source), expected) || stop()
      }
      const hours = await hoursOf(database, {
        municipality: 'c_e506',
        office: 'anagrafe',
        counter: `run${run - 1}`,
      })
      const expected = naiveHours(story, whose).map((hour) => ({ source: whose.source, ...hour }))
      t.same(hours, expected) || stop()
    })
    await fc.assert(property, { numRuns: 60 })
  })

  await inWorld('epochs and terminals are apart from each other', async (t, database) => {
    const next = { source, epoch: 'aaaaaa' }
    const other = { source: 'faccina://c_e506/anagrafe/1', epoch }
    const stored = await database.store([...votes(1, 3), ...votes(2, 2, next), ...votes(1, 1, other)], at)
    const progress = [
      { ...other, complete: 1, highest: 1, missing: [] },
      { ...next, complete: 0, highest: 2, missing: [range(1, 1)] },
      { source, epoch, complete: 3, highest: 3, missing: [] },
    ]
    t.same(stored.progress, progress)
    t.same(await database.progress(), progress)
    t.equal((await database.progress(source)).length, 2)
  })

  await inWorld('hours are of where and when', async (t, database) => {
    const sources = ['c_e506/anagrafe/3', 'c_e506/anagrafe/10', 'c_e506/tributi/3', 'c_a662/anagrafe/3']
    for (const name of sources) await database.store(votes(1, 12, { source: `faccina://${name}` }), at)
    const all = await hoursOf(database)
    t.same(
      [...new Set(all.map(({ source }) => source))],
      [...sources].sort().map((name) => `faccina://${name}`),
    )
    const mine = await hoursOf(database, { municipality: 'c_e506', office: 'anagrafe', counter: '3' })
    t.same(
      mine.map(({ hour, votes }) => [hour, votes]),
      [
        [undefined, 1],
        [base, 2],
        [base + hour, 3],
        [base + 2 * hour, 3],
        [base + 3 * hour, 2],
        [base + 4 * hour, 1],
      ],
    )
    const counts = async (where: Where) => (await hoursOf(database, where)).length
    t.equal(await counts({ municipality: 'c_e506' }), 18)
    t.equal(await counts({ office: 'anagrafe' }), 18)
    t.equal(await counts({ counter: '10', from: base + hour }), 4, 'what has no time is in neither')
    t.equal(await counts({ counter: '10', from: base + hour, to: base + 3 * hour }), 2)
    t.equal(await counts({ counter: '10', to: base + hour }), 1)
    t.equal(await counts({ municipality: "c'; DROP" }), 0)
    for await (const _ of database.hours({})) break
    t.equal(await counts({}), 24, 'one that is not read to its end is in nobody’s way')
  })

  await inWorld('what was served is kept once', async (t, database) => {
    const first = served(base, base + hour, 12)
    const other = served(base, base + hour, 4, 'faccina://c_e506/anagrafe/1')
    t.match(await database.store([first, served(base + hour, base + 2 * hour, 9), other, first], at), {
      conflicts: 0,
    })
    t.match(await database.store([first], at), { conflicts: 0 })
    t.match(await database.store([served(base, base + hour, 13)], at), { conflicts: 1 })
    t.match(await database.store([served(base + 1, base + hour / 2, 1)], at), { conflicts: 1 })
    t.same(await database.served({}), [
      { source: 'faccina://c_e506/anagrafe/1', from: base, to: base + hour, served: 4 },
      { source, from: base, to: base + hour, served: 12 },
      { source, from: base + hour, to: base + 2 * hour, served: 9 },
    ])
    t.equal((await database.served({ counter: '3', from: base + 1 })).length, 1)
    t.equal((await database.served({ to: base + hour })).length, 2)
  })

  await inWorld('terminals are as they last told', async (t, database) => {
    const health = { at: new Date(base).toISOString(), panel: 'però \0 “”' } as HealthMessage
    const survey = { survey: 'it-2009/1' } as SurveyMessage
    await database.store([state({}), { is: 'health', source, health }, { is: 'survey', source, survey }], at)
    t.same(await database.terminals(), [
      { source, state: (state() as Item & { is: 'state' }).state, health, heardAt: at, votes: 0 },
    ])
    await database.store([state({}), { is: 'health', source, health }], at + 1)
    t.match(await database.terminals(), [{ heardAt: at }], 'what the broker keeps comes again')
    await database.store([state({ state: 'offline', will: true })], at + 2)
    t.match(
      await database.terminals(),
      [{ heardAt: at, state: { state: 'offline' } }],
      'the broker says the will',
    )
    await database.store(votes(1, 1), at + 3)
    t.match(await database.terminals(), [{ heardAt: at + 3, votes: 1 }])
    await database.store(votes(1, 1), at + 2)
    t.match(await database.terminals(), [{ heardAt: at + 3 }], 'never back')
    await database.store([state({ boot: 8 }), state({ boot: 9 })], at + 4)
    t.match(await database.terminals(), [{ heardAt: at + 4, state: { boot: 9, state: 'online' } }])
  })

  await inWorld('of several only one asks for what is missing', async (t, database) => {
    t.equal(await database.claimReplay(source, epoch, at, at + 1000), false, 'nothing is known of it')
    await database.store(votes(2, 2), at)
    const claims = await Promise.all([1, 2, 3].map(() => database.claimReplay(source, epoch, at, at + 1000)))
    t.equal(claims.filter(Boolean).length, 1)
    t.equal(await database.claimReplay(source, epoch, at + 999, at + 2000), false)
    t.equal(await database.claimReplay(source, epoch, at + 1000, at + 2000), true)
    t.equal(await database.claimReplay(source, 'zzzzzz', at, at + 1000), false)
  })

  await inWorld('what is not what it should be is kept apart, and bounded', async (t, database) => {
    const rejected = (n: number): Rejected => ({
      is: 'rejected',
      topic: `faccina/1/c/o/${n}/vote`,
      payload: new Uint8Array([0, 255, n % 256]),
      why: `payload: found ${n} \0 \ud800; allowed is JSON`,
    })
    t.match(await database.store([rejected(1), ...votes(1, 1), rejected(2)], at), { votes: 1, rejected: 2 })
    const { count, latest } = await database.quarantine(1)
    t.equal(count, 2)
    t.match(latest, [{ at, topic: 'faccina/1/c/o/2/vote' }])
    t.same([...latest[0]!.payload], [0, 255, 2])
    t.same((await database.quarantine(0)).latest, [])
    const many = Array.from({ length: 10_050 }, (_, n) => rejected(n))
    for (let n = 0; n < many.length; n += 2010) await database.store(many.slice(n, n + 2010), at + 1)
    const later = await database.quarantine(20_000)
    t.equal(later.count, 10_052)
    t.equal(later.latest.length, 10_000)
    t.equal(later.latest[0]?.topic, 'faccina/1/c/o/10049/vote')
    t.equal(later.latest.at(-1)?.topic, 'faccina/1/c/o/50/vote')
  })

  await inWorld('what no database can hold does not keep the rest out', async (t, database) => {
    const changed = (change: (event: VoteEvent) => void) => {
      const item = structuredClone(voteItem(vote(1)))
      change(item.event)
      return item
    }
    const beyond = structuredClone(gap(1, 2)) as Item & { is: 'gap' }
    beyond.event.data.to = 1e300
    const backwards = structuredClone(gap(3, 4)) as Item & { is: 'gap' }
    backwards.event.data.to = 1
    const swollen = structuredClone(summary(1, 3)) as Item & { is: 'summary' }
    swollen.event.data.hours[0]!.votes = 1e13
    const bad = [
      changed(({ data }) => {
        data.sequence = 1e300
      }),
      changed(({ data }) => {
        data.suppressed = 1e20
      }),
      changed(({ data }) => {
        data.uncertaintySeconds = Number.POSITIVE_INFINITY
      }),
      changed((event) => {
        event.time = '2026-13-45T00:00:00.000Z'
      }),
      changed((event) => {
        event.id = 'a\0b'
      }),
      beyond,
      backwards,
      swollen,
      totals(1e18),
      served(base, base, 3),
    ]
    const stored = await database.store([...bad, ...votes(1, 2)], at)
    t.match(stored, { votes: 2, rejected: bad.length, conflicts: 0, progress: [{ complete: 2, highest: 2 }] })
    t.equal((await database.quarantine(0)).count, bad.length)
    t.equal(await countOf(database), 2)
  })
}

function range(from: number, to: number) {
  return { from, to }
}

function stop(): never {
  throw new Error('not the same as by hand')
}

/** One vote of each kind, by sequence. */
function everyKind(): ToldVote[] {
  const { withinHours: _, ...anyTime } = vote(1)
  const batch = { votes: 3, from: base, to: base + hour }
  return [
    anyTime,
    { ...vote(2), time: { clock: 'estimated', wall: base + 7, uncertaintyMs: 90_000 } },
    { ...vote(3), time: { clock: 'synchronised', wall: base + 7, backDated: true } },
    { ...vote(4), batch },
    { ...vote(5), face: 'dissatisfied', reason: 'negative-outcome', outcome: 'selected', language: 'sl' },
    { ...vote(6), outcome: 'interrupted', survey: 'other-1/12', suppressed: 400, corrected: true },
    { ...vote(7), withinHours: false, time: { clock: 'unknown', wall: 5_000 } },
  ]
}
