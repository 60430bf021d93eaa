import t from 'tap'
import type { Journal } from '../../src/ports/journal.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FaultyFiles } from '../fakes/faulty-files.ts'
import { turns } from '../fakes/until.ts'
import { eventLog, open, press, readAll, settled, start, stride, votesOf } from './journals.ts'

/* The time of a vote is told only once it is on the disk: then it is the same for ever. */

const nine = Date.UTC(2026, 4, 4, 9)
const wrong = 1_000_000
const boot = (bootId: string) => ({ start: { ...start, bootId } })

/** A computer that has booted with a wrong clock. */
const booted = (mono = 1000) => new FakeClock({ wall: wrong + mono, mono, synchronised: false })

async function vote(journal: Journal, clock: FakeClock): Promise<void> {
  const sequence = await journal.record({ ...press(0), at: clock.now() })
  clock.advance(500)
  await journal.amend(sequence, { suppressed: 1 }, clock.now())
  journal.settle(sequence)
  await settled(journal)
}

/** The clock is right from now on. */
async function synchronise(clock: FakeClock, zero = nine): Promise<void> {
  clock.set({ wall: zero + clock.now().mono, synchronised: true })
  await turns()
}

t.test(
  'held until the clock is synchronised, then back-dated, also when its last piece was written',
  async (t) => {
    const clock = booted()
    const journal = await open(new FaultyFiles(), { clock })
    let told = 0
    journal.onReadable(() => told++)
    await vote(journal, clock)
    const reader = journal.reader()
    t.same(await reader.next(), { is: 'held', for: 'clock' })
    told = 0
    clock.advance(60_000)
    await synchronise(clock)
    t.equal(told, 1, 'who waits is called')
    await synchronise(clock, nine + 3_600_000)
    t.equal(told, 1, 'and not again when the clock steps: that time is for ever')
    const item = await reader.next()
    t.match(item, {
      is: 'vote',
      vote: {
        time: { clock: 'synchronised', wall: nine + 1000, backDated: true },
        recordedAt: nine + 1500,
      },
    })
  },
)

t.test('behind a vote that is held nothing is told', async (t) => {
  const clock = booted()
  const journal = await open(new FaultyFiles(), { clock })
  await vote(journal, clock)
  journal.settle(await journal.record({ ...press(0), at: { wall: nine, mono: 9000, synchronised: true } }))
  await settled(journal)
  t.same(await readAll(journal), [])
})

t.test('given up: unknown, and so for ever', async (t) => {
  const files = new FaultyFiles()
  const clock = booted()
  const journal = await open(files, { clock })
  await vote(journal, clock)
  await journal.giveUpTime()
  const first = votesOf(await readAll(journal))
  t.match(first, [{ time: { clock: 'unknown', wall: wrong + 1000 } }])
  await synchronise(clock)
  await vote(journal, clock)
  files.crash()
  const again = await open(files, { clock })
  t.same(votesOf(await readAll(again)).slice(0, 1), first)
})

t.test('boots that were never synchronised get their time from the next that is', async (t) => {
  const files = new FaultyFiles()
  for (const name of ['a', 'b', 'c']) {
    const clock = booted()
    const journal = await open(files, { clock, ...boot(name) })
    if (name === 'a') await synchronise(clock)
    await vote(journal, clock)
    clock.advance(59_000)
    await vote(journal, clock)
    if (name === 'c') await synchronise(clock, nine + 3_600_000)
    if (name === 'c') {
      const times = votesOf(await readAll(journal)).map(({ time }) => time)
      t.match(times, [
        { clock: 'synchronised', wall: nine + 1000 },
        { clock: 'synchronised' },
        { clock: 'estimated' },
        { clock: 'estimated' },
        { clock: 'synchronised', wall: nine + 3_601_000, backDated: true },
        { clock: 'synchronised', backDated: true },
      ])
      const [, , third, fourth] = times
      t.equal(fourth!.wall - third!.wall, 59_500, 'within the boot the distance is known')
      const uncertainty = third?.clock === 'estimated' ? third.uncertaintyMs : 0
      t.ok(third!.wall - uncertainty >= nine + 60_000, 'not before the last moment of the one before')
      t.ok(fourth!.wall + uncertainty <= nine + 3_600_000, 'nor after the first of the one behind')
    }
    await journal[Symbol.asyncDispose]()
  }
})

t.test('a disk that refuses the time: the votes wait, and get it once it does not', async (t) => {
  const files = new FaultyFiles()
  const clock = booted()
  const log = eventLog()
  const journal = await open(files, { clock, log })
  await vote(journal, clock)
  files.fault = (change, path) => (change === 'sync' && path.endsWith('timeline') ? 'EIO' : undefined)
  await synchronise(clock)
  t.same(await readAll(journal), [])
  t.ok(log.has('the time of the votes is not written yet'))
  await t.rejects(journal.giveUpTime())
  files.fault = () => undefined
  clock.advance(59_999)
  await turns()
  t.same(await readAll(journal), [], 'the disk is given a minute')
  clock.advance(1)
  await turns()
  t.match(votesOf(await readAll(journal)), [{ time: { backDated: true, wall: nine + 1000 } }])
})

t.test('the clock steps again meanwhile: it is written once, and not tried after a stop', async (t) => {
  const files = new FaultyFiles()
  const clock = booted()
  const log = eventLog()
  const journal = await open(files, { clock, log })
  await vote(journal, clock)
  clock.set({ wall: wrong })
  await turns()
  t.same(await readAll(journal), [], 'a step of a clock that is not right dates nothing')
  files.fault = (change, path) => (change === 'sync' && path.endsWith('timeline') ? 'EIO' : undefined)
  await synchronise(clock)
  const { waiting } = clock
  await synchronise(clock)
  t.equal(clock.waiting, waiting, 'one trial waits')
  t.equal(log.events.filter(({ event }) => event.startsWith('the time of the votes')).length, 2)
  clock.set({ wall: nine + 2 * clock.now().mono })
  await journal[Symbol.asyncDispose]()
  t.equal(clock.waiting, 0)
})

t.test('the power goes at any change of the disk: what was told of a time is told again', async (t) => {
  let told = 0
  for (let cut = 1; cut <= 90; cut += stride) {
    for (const remains of ['nothing', 'all', { seed: cut }, { seed: cut + 100 }] as const) {
      const files = new FaultyFiles()
      const before = new Map<number, string>()
      let changes = 0
      files.fault = () => (++changes > cut ? 'EIO' : undefined)
      const life = async () => {
        const clock = booted()
        const journal = await open(files, { clock, ...boot('a') })
        const tell = async () => {
          for (const vote of votesOf(await readAll(journal))) before.set(vote.sequence, JSON.stringify(vote))
        }
        await vote(journal, clock)
        if (cut % 2 === 0) await journal.giveUpTime().finally(tell)
        await vote(journal, clock)
        await synchronise(clock)
        await tell()
        await vote(journal, clock)
        await tell()
      }
      await life().catch(() => {})
      files.crash(remains)
      files.fault = () => undefined
      const clock = booted(5000)
      await using again = await open(files, { clock, ...boot('b') })
      await synchronise(clock, nine + 3_600_000)
      const after = new Map(
        votesOf(await readAll(again)).map((vote) => [vote.sequence, JSON.stringify(vote)]),
      )
      for (const [sequence, text] of before) {
        if (after.get(sequence) !== text) t.fail(`cut ${cut}: ${text} became ${after.get(sequence)}`)
        told++
      }
    }
  }
  t.ok(told * stride > 20, `${told} times told before a cut`)
})

t.test('a timeline that is damaged: no vote is lost, its time is unknown', async (t) => {
  const files = new FaultyFiles()
  const clock = booted()
  const journal = await open(files, { clock, ...boot('a') })
  await vote(journal, clock)
  await journal[Symbol.asyncDispose]()
  files.put('/journal/timeline', Buffer.alloc(files.get('/journal/timeline').length, 0x3f))
  const again = await open(files, { clock: new FakeClock(), ...boot('b') })
  t.match(votesOf(await readAll(again)), [{ time: { clock: 'unknown' } }])
})
