import t from 'tap'
import { UplinkError } from '../../../src/ports/uplink.ts'
import { Lane } from '../../../src/subscriber/simulate/lane.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { FakeUplink } from '../../fakes/fake-uplink.ts'
import { turns } from '../../fakes/until.ts'

function world() {
  const uplink = new FakeUplink()
  const clock = new FakeClock()
  const stop = new AbortController()
  const lane = new Lane({ uplink, window: 2, filters: ['a/+'], hear: () => {}, clock, random: () => 0.5 })
  return { uplink, clock, stop, lane }
}
const nobody = new UplinkError('unreachable', 'nothing listens there')

t.test('a broker that is late is waited for, but not for ever', async (t) => {
  const { uplink, clock, stop, lane } = world()
  uplink.away = nobody
  const opening = lane.open(stop.signal, 3)
  await turns()
  clock.advance(30_000)
  await turns()
  uplink.away = undefined
  clock.advance(30_000)
  const { ended } = await opening
  t.equal(uplink.attempts, 3)
  stop.abort()
  await ended

  const never = world()
  never.uplink.away = nobody
  const failing = never.lane.open(never.stop.signal, 2)
  failing.catch(() => {})
  await turns()
  never.clock.advance(30_000)
  await t.rejects(failing, nobody)
  t.equal(never.uplink.attempts, 2)
})

t.test('where it may not subscribe it does not stay', async (t) => {
  const { uplink, stop, lane } = world()
  uplink.denies = (topic) => topic === 'a/+'
  await t.rejects(lane.open(stop.signal, 1), { name: 'UplinkError', kind: 'refused' })
  t.equal(uplink.online, false)
  t.equal(uplink.goodbyes, 1)
})

t.test('it can be stopped while the broker is away', async (t) => {
  const { uplink, clock, stop, lane } = world()
  const { ended } = await lane.open(stop.signal, 1)
  uplink.away = nobody
  uplink.lose()
  await turns()
  clock.advance(30_000)
  await turns()
  stop.abort()
  await ended
  await lane.drained()
  t.equal(lane.reconnects, 0)
  t.equal(clock.waiting, 0)
})
