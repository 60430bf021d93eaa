import t from 'tap'
import {
  begin,
  giveUp,
  type Reckoned,
  reckon,
  synchronise,
  type Timeline,
} from '../../src/domain/timeline.ts'

const minute = 60_000
const hour = 60 * minute
/** A true moment: the tests know what the terminal does not. */
const nine = Date.UTC(2026, 4, 4, 9)

/** What happens to a terminal, in order. `mono` counts from the start of its boot. */
type Happening =
  | { boot: string; last?: { bootId: string; mono: number } }
  /** The wall clock is synchronised, and was wrong before. */
  | { synchronised: { wall: number; mono: number } }
  | { givenUp: number }

/** A press, what the clock said then, and what is told of it; `undefined`: nothing yet. */
interface Case {
  name: string
  history: Happening[]
  presses: { bootId: string; mono: number; wall: number; synchronised?: true; told: Reckoned | undefined }[]
}

const wrong = 1_000_000
const known = (wall: number): Reckoned => ({ clock: 'synchronised', wall })
const backDated = (wall: number): Reckoned => ({ clock: 'synchronised', wall, backDated: true })
const unknown = (wall: number): Reckoned => ({ clock: 'unknown', wall })
const estimated = (wall: number, uncertaintyMs: number): Reckoned => ({
  clock: 'estimated',
  wall,
  uncertaintyMs,
})

const cases: Case[] = [
  {
    name: 'a clock that is right from the beginning is believed',
    history: [{ boot: 'a' }, { synchronised: { wall: nine, mono: 0 } }],
    presses: [{ bootId: 'a', mono: 5000, wall: nine + 5000, synchronised: true, told: known(nine + 5000) }],
  },
  {
    name: 'before the clock is synchronised nothing is told',
    history: [{ boot: 'a' }],
    presses: [{ bootId: 'a', mono: 5000, wall: wrong, told: undefined }],
  },
  {
    name: 'synchronised: all of this boot is back-dated',
    history: [{ boot: 'a' }, { synchronised: { wall: nine + minute, mono: minute } }],
    presses: [
      { bootId: 'a', mono: 0, wall: wrong, told: backDated(nine) },
      { bootId: 'a', mono: 5000, wall: wrong + 5000, told: backDated(nine + 5000) },
    ],
  },
  {
    name: 'the unsynchronised clock stepped forwards and backwards meanwhile: it does not matter',
    history: [{ boot: 'a' }, { synchronised: { wall: nine + hour, mono: hour } }],
    presses: [
      { bootId: 'a', mono: 1000, wall: wrong + 86_400_000, told: backDated(nine + 1000) },
      { bootId: 'a', mono: 2000, wall: 0, told: backDated(nine + 2000) },
    ],
  },
  {
    name: 'back-dated over midnight and over the end of daylight saving',
    history: [{ boot: 'a' }, { synchronised: { wall: Date.UTC(2026, 9, 25, 1, 30), mono: 4 * hour } }],
    presses: [
      { bootId: 'a', mono: 0, wall: wrong, told: backDated(Date.UTC(2026, 9, 24, 21, 30)) },
      { bootId: 'a', mono: 3 * hour, wall: wrong, told: backDated(Date.UTC(2026, 9, 25, 0, 30)) },
    ],
  },
  {
    name: 'synchronised once, a later step of the trusted clock moves no vote',
    history: [
      { boot: 'a' },
      { synchronised: { wall: nine + minute, mono: minute } },
      { synchronised: { wall: nine + 10 * hour, mono: 2 * minute } },
    ],
    presses: [
      { bootId: 'a', mono: 5000, wall: wrong, told: backDated(nine + 5000) },
      {
        bootId: 'a',
        mono: 3 * minute,
        wall: nine + 10 * hour + minute,
        synchronised: true,
        told: known(nine + 10 * hour + minute),
      },
    ],
  },
  {
    name: 'a boot that never was synchronised lies between its neighbours',
    history: [
      { boot: 'a' },
      { synchronised: { wall: nine, mono: 0 } },
      // Known to have run until 9:10; then an hour in the dark, in which it ran for 20 minutes; then 10:00.
      { boot: 'b', last: { bootId: 'a', mono: 10 * minute } },
      { boot: 'c', last: { bootId: 'b', mono: 20 * minute } },
      { synchronised: { wall: nine + hour, mono: 0 } },
    ],
    // It began between 9:10 and 9:40.
    presses: [
      { bootId: 'b', mono: 0, wall: wrong, told: estimated(nine + 25 * minute, 15 * minute) },
      { bootId: 'b', mono: 20 * minute, wall: wrong, told: estimated(nine + 45 * minute, 15 * minute) },
    ],
  },
  {
    name: 'several of them share the time between',
    history: [
      { boot: 'a' },
      { synchronised: { wall: nine, mono: 0 } },
      { boot: 'b', last: { bootId: 'a', mono: 0 } },
      { boot: 'c', last: { bootId: 'b', mono: 10 * minute } },
      { boot: 'd', last: { bootId: 'c', mono: 20 * minute } },
      { synchronised: { wall: nine + hour, mono: 0 } },
    ],
    // 30 minutes ran, 30 are to be shared: b began from 9:00 to 9:30, c from 9:10 to 9:40.
    presses: [
      { bootId: 'b', mono: 0, wall: wrong, told: estimated(nine + 15 * minute, 15 * minute) },
      { bootId: 'c', mono: 0, wall: wrong, told: estimated(nine + 25 * minute, 15 * minute) },
    ],
  },
  {
    name: 'with nothing known before it, nobody knows how long ago it was',
    history: [
      { boot: 'a' },
      { boot: 'b', last: { bootId: 'a', mono: minute } },
      { synchronised: { wall: nine, mono: 0 } },
    ],
    presses: [{ bootId: 'a', mono: 5000, wall: wrong, told: unknown(wrong) }],
  },
  {
    name: 'and while none behind it is known, it waits',
    history: [
      { boot: 'a' },
      { synchronised: { wall: nine, mono: 0 } },
      { boot: 'b', last: { bootId: 'a', mono: minute } },
      { boot: 'c', last: { bootId: 'b', mono: minute } },
    ],
    presses: [{ bootId: 'b', mono: 5000, wall: wrong, told: undefined }],
  },
  {
    name: 'waited long enough: unknown, and it stays so though the clock is right later',
    history: [{ boot: 'a' }, { givenUp: minute }, { synchronised: { wall: nine + hour, mono: hour } }],
    presses: [
      { bootId: 'a', mono: 5000, wall: wrong, told: unknown(wrong) },
      { bootId: 'a', mono: minute, wall: wrong, told: unknown(wrong) },
      { bootId: 'a', mono: minute + 1, wall: wrong, told: backDated(nine + minute + 1) },
    ],
  },
  {
    name: 'given up: earlier boots wholly',
    history: [
      { boot: 'a' },
      { synchronised: { wall: nine, mono: 0 } },
      { boot: 'b', last: { bootId: 'a', mono: minute } },
      { boot: 'c', last: { bootId: 'b', mono: minute } },
      { givenUp: minute },
      { synchronised: { wall: nine + hour, mono: hour } },
    ],
    presses: [
      { bootId: 'a', mono: 0, wall: wrong, told: backDated(nine) },
      { bootId: 'b', mono: 5000, wall: wrong, told: unknown(wrong) },
      { bootId: 'b', mono: 10 * minute, wall: wrong, told: unknown(wrong) },
      { bootId: 'c', mono: 5000, wall: wrong, told: unknown(wrong) },
      { bootId: 'c', mono: 2 * minute, wall: wrong, told: backDated(nine + 2 * minute) },
    ],
  },
  {
    name: 'the daemon starts again within a boot: one boot still',
    history: [
      { boot: 'a' },
      { boot: 'a', last: { bootId: 'a', mono: minute } },
      { synchronised: { wall: nine + hour, mono: hour } },
    ],
    presses: [{ bootId: 'a', mono: 5000, wall: wrong, told: backDated(nine + 5000) }],
  },
  {
    name: 'a boot of which nothing is known (a journal of an earlier version)',
    history: [{ boot: 'a' }],
    presses: [{ bootId: 'z', mono: 5000, wall: wrong, told: unknown(wrong) }],
  },
]

function after(history: readonly Happening[]): Timeline {
  return history.reduce<Timeline>((timeline, happening) => {
    if ('boot' in happening) return begin(timeline, happening.boot, happening.last)
    if ('givenUp' in happening) return giveUp(timeline, happening.givenUp)
    return synchronise(timeline, { ...happening.synchronised, synchronised: true })
  }, [])
}

for (const { name, history, presses } of cases) {
  t.test(name, async (t) => {
    for (const { bootId, told, synchronised = false, ...at } of presses) {
      t.strictSame(reckon(after(history), bootId, { ...at, synchronised }), told, `pressed at ${at.mono}`)
    }
  })
}

t.test('what has been told of a press never changes, whatever happens afterwards', async (t) => {
  const happenings: Happening[] = [
    { boot: 'a' },
    { givenUp: 2000 },
    { synchronised: { wall: nine, mono: 3000 } },
    { boot: 'b', last: { bootId: 'a', mono: 9000 } },
    { boot: 'c', last: { bootId: 'b', mono: 9000 } },
    { givenUp: 500 },
    { synchronised: { wall: nine + hour, mono: 3000 } },
    { boot: 'd', last: { bootId: 'c', mono: 9000 } },
    { synchronised: { wall: nine + 2 * hour, mono: 3000 } },
  ]
  for (const bootId of ['a', 'b', 'c', 'd']) {
    for (let mono = 0; mono <= 4000; mono += 250) {
      let told: Reckoned | undefined
      const born = happenings.findIndex((happening) => 'boot' in happening && happening.boot === bootId)
      for (let n = born + 1; n <= happenings.length; n++) {
        const now = reckon(after(happenings.slice(0, n)), bootId, { wall: wrong, mono, synchronised: false })
        // A press cannot be given up before it was made.
        const [last] = happenings.slice(n - 1, n)
        if (last && 'givenUp' in last && mono > last.givenUp) continue
        if (told) t.strictSame(now, told, `${bootId} ${mono} after ${n}`)
        told ??= now
      }
    }
  }
})

t.test('only so many boots are remembered', async (t) => {
  let timeline: Timeline = []
  for (let n = 0; n < 1000; n++) timeline = begin(timeline, `boot ${n}`)
  t.equal(timeline.length, 300)
  t.equal(timeline.at(-1)?.bootId, 'boot 999')
})

t.test('each boot is remembered once, however often the daemon starts in it', async (t) => {
  const now = { wall: nine, mono: 0, synchronised: true }
  let timeline = synchronise(begin([], 'a'), now)
  for (let n = 0; n < 1000; n++) timeline = begin(timeline, 'b')
  timeline = synchronise(timeline, now)
  t.same(
    timeline.map(({ bootId }) => bootId),
    ['a', 'b'],
  )
})
