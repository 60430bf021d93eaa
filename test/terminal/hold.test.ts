import t from 'tap'
import { FakeClock } from '../fakes/fake-clock.ts'
import { turns } from '../fakes/until.ts'
import { publisherWorld } from './publisher-world.ts'

const unset = () => new FakeClock({ wall: 5_000, synchronised: false })

t.test('votes without a time wait for the clock, and then have one', async (t) => {
  const { clock, votes, connect, sent, journal, drained, pass, uplink, acknowledge } = publisherWorld({
    clock: unset(),
  })
  await votes(2)
  await connect()
  await pass(100_000)
  t.same(sent(), [])
  t.equal(drained(), 0, 'what waits for the clock is not told')
  clock.set({ wall: Date.UTC(2026, 4, 4, 9), synchronised: true })
  journal.synchronise(clock.now())
  await turns()
  t.same(sent(), [1, 2])
  t.match(uplink.json('/vote'), [{ data: { clock: 'synchronised', backDated: true } }, {}])
  t.same(
    journal.asked.filter(({ to }) => to === 'giveUpTime'),
    [],
  )
  await acknowledge(1, 2)
  t.equal(drained(), 1)
})

t.test('they wait no longer than they are told to; later ones of this connection not at all', async (t) => {
  const { votes, vote, connect, sent, journal, pass, uplink, acknowledge, clock } = publisherWorld({
    clock: unset(),
  })
  await votes(2)
  await connect()
  await pass(119_999)
  t.same(sent(), [])
  await pass(1)
  t.same(sent(), [1, 2])
  t.match(uplink.json('/vote')[1], { data: { clock: 'unknown' }, time: '1970-01-01T00:00:07.000Z' })
  await acknowledge(1, 2)
  await vote()
  await turns()
  t.same(sent(), [1, 2, 3])
  const givenUp = () => journal.asked.filter(({ to }) => to === 'giveUpTime').length
  t.ok(givenUp() <= 2)
  await acknowledge(3)
  await pass(1_000_000)
  t.ok(givenUp() <= 2, 'nothing more to give up')
  t.equal(clock.waiting, 0)
})

t.test('the next connection waits anew', async (t) => {
  const { votes, connect, sent, uplink, pass } = publisherWorld({ clock: unset() })
  await votes(1)
  const first = await connect()
  await pass(100_000)
  uplink.lose()
  await first.running
  await connect()
  await pass(119_999)
  t.same(sent(), [])
  await pass(1)
  t.same(sent(), [1])
})

t.test('a journal that cannot give up is asked again, not all the time', async (t) => {
  const { votes, connect, sent, journal, pass, log } = publisherWorld({ clock: unset() })
  await votes(1)
  await connect()
  for (let i = 0; i < 3; i++) journal.failNext(new Error('EIO'))
  await pass(120_000)
  t.equal(log.of('votes without a known time still wait').length, 1)
  await pass(60_000)
  await pass(60_000)
  t.equal(log.of('votes without a known time still wait').length, 3)
  t.same(sent(), [])
  await pass(60_000)
  t.same(sent(), [1])
})

t.test('a journal that gives up and still holds is no endless loop', async (t) => {
  const { votes, connect, sent, journal, pass } = publisherWorld({ clock: unset() })
  await votes(1)
  let asked = 0
  journal.giveUpTime = async () => void asked++
  await connect()
  await pass(120_000)
  await pass(59_999)
  t.equal(asked, 1)
  await pass(60_001)
  t.equal(asked, 2)
  t.same(sent(), [])
})

t.test('votes of a period wait until it is over; the totals of those before do not', async (t) => {
  const { votes, connect, sent, journal, pass, clock, drained, acknowledge } = publisherWorld()
  await votes(1)
  await connect()
  await acknowledge(1)
  t.equal(drained(), 1)
  const until = clock.now().wall + 600_000
  journal.holdUntil = until
  await votes(2)
  await turns()
  t.same(sent(), [1])
  t.ok(drained() > 1, 'nothing that may be told is left')
  await pass(until - clock.now().wall - 1)
  t.same(sent(), [1])
  journal.holdUntil = undefined
  await pass(1)
  t.same(sent(), [1, 2, 3])
  t.equal(clock.waiting, 0)
})

t.test('a wall clock that steps is noticed within a quarter of an hour', async (t) => {
  const { votes, connect, sent, journal, pass, clock } = publisherWorld()
  journal.holdUntil = clock.now().wall + 86_400_000
  await votes(1)
  await connect()
  await pass(1_000)
  t.same(sent(), [])
  // The clock is put forward; nobody says so.
  journal.holdUntil = undefined
  await pass(15 * 60_000)
  t.same(sent(), [1])
})

t.test('a period that is over and still holds is no endless loop', async (t) => {
  const { votes, connect, sent, journal, pass, clock } = publisherWorld()
  journal.holdUntil = clock.now().wall - 1
  await votes(1)
  let looked = 0
  const reader = journal.reader.bind(journal)
  journal.reader = () => {
    const { next } = reader()
    return {
      next: () => {
        looked++
        return next()
      },
    }
  }
  await connect()
  await pass(10_000)
  t.ok(looked <= 12, `${looked} times`)
  t.same(sent(), [])
})

t.test('a stop ends it while it waits, and leaves no alarm', async (t) => {
  for (const clock of [unset(), new FakeClock()]) {
    const { votes, connect, journal } = publisherWorld({ clock })
    if (clock.now().synchronised) journal.holdUntil = clock.now().wall + 3_600_000
    await votes(1)
    const { stop, running, over } = await connect()
    t.equal(clock.waiting, 1)
    stop.abort()
    await running
    t.same(over, { at: 'end' })
    t.equal(clock.waiting, 0)
  }
})
