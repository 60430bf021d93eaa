import t from 'tap'
import type { Connection, Message } from '../../src/ports/uplink.ts'
import { UplinkError } from '../../src/ports/uplink.ts'
import { backOff, Session } from '../../src/terminal/session.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FakeLog } from '../fakes/fake-log.ts'
import { FakeUplink } from '../fakes/fake-uplink.ts'
import { turns } from '../fakes/until.ts'

const will: Message = { topic: 'state', payload: 'offline', retain: true }

type Work = (connection: Connection, signal: AbortSignal) => Promise<void>

function setUp({ random = 1, work }: { random?: number; work?: Work } = {}) {
  const clock = new FakeClock()
  const uplink = new FakeUplink()
  const log = new FakeLog()
  const stop = new AbortController()
  const untilItEnds: Work = (connection, signal) =>
    Promise.race([
      connection.closed.then(() => {}),
      new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())),
    ])
  const session = new Session({
    uplink,
    will: () => will,
    work: work ?? untilItEnds,
    clock,
    log,
    random: () => random,
  })
  let ended = false
  const start = () => {
    session.run(stop.signal).then(() => {
      ended = true
    })
  }
  const pass = async (ms: number) => {
    await turns()
    clock.advance(ms)
    await turns()
  }
  /** How long it waits until it tries again, to the tenth of a second. */
  const waits = async () => {
    const { attempts } = uplink
    for (let ms = 0; ms <= 400_000; ms += 100) {
      if (uplink.attempts > attempts) return ms
      clock.advance(100)
      await turns(4)
    }
    return Number.POSITIVE_INFINITY
  }
  return { clock, uplink, log, stop, start, pass, waits, ended: () => ended }
}

t.test('the back-off: from 1 s to 5 minutes, spread out', async (t) => {
  t.same(
    [0, 1, 2, 3, 8, 9, 50, 2_000].map((failures) => backOff(failures, 1)),
    [1_000, 2_000, 4_000, 8_000, 256_000, 300_000, 300_000, 300_000],
  )
  t.equal(backOff(0, 0), 100, 'never at once')
  t.equal(backOff(20, 0), 30_000)
  t.ok(backOff(5, 0.25) < backOff(5, 0.75))
})

t.test('ever longer pauses while the broker is away, and only the first is news', async (t) => {
  const { uplink, start, waits, log, stop, ended, clock } = setUp()
  uplink.away = new UplinkError('unreachable', 'nothing listens there')
  start()
  await turns()
  const pauses: number[] = []
  for (let i = 0; i < 10; i++) pauses.push(await waits())
  t.same(pauses, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000])
  t.equal(log.complaints.length, 1)
  t.match(log.complaints[0], { event: 'not connected', fields: { why: 'nothing listens there' } })
  uplink.away = new UplinkError('refused', 'wrong password')
  await waits()
  await turns()
  t.equal(log.complaints.length, 2, 'another reason is news')
  stop.abort()
  await turns()
  t.ok(ended())
  t.equal(clock.waiting, 0)
})

t.test('a connection that lasted makes the next trouble a new one', async (t) => {
  const { uplink, start, pass, waits, stop } = setUp()
  uplink.away = new UplinkError('unreachable', 'away')
  start()
  await turns()
  for (let i = 0; i < 5; i++) await waits()
  uplink.away = undefined
  await waits()
  t.ok(uplink.online)
  await pass(29_999)
  uplink.lose()
  await turns()
  t.equal(await waits(), 64_000, 'one that was soon lost does not')
  await pass(30_000)
  uplink.lose()
  await turns()
  t.equal(await waits(), 1_000)
  stop.abort()
})

t.test('an attempt that takes long is not a good connection', async (t) => {
  const { uplink, start, pass, waits, stop } = setUp()
  let fail = () => {}
  uplink.away = new UplinkError('unreachable', 'no answer')
  const slowly = () => {
    uplink.opening = new Promise((resolve) => {
      fail = resolve
    })
  }
  slowly()
  start()
  const pauses: number[] = []
  for (let i = 0; i < 4; i++) {
    await pass(60_000)
    const done = fail
    slowly()
    done()
    await turns()
    pauses.push(await waits())
  }
  t.same(pauses, [1_000, 2_000, 4_000, 8_000])
  stop.abort()
})

t.test('the work may end a connection: that is a failure like others', async (t) => {
  let works = 0
  const { uplink, start, waits, log, stop } = setUp({
    work: async () => {
      works++
      throw works === 1 ? new UplinkError('refused', 'not allowed') : new TypeError('a bug')
    },
  })
  start()
  await turns()
  t.equal(uplink.goodbyes, 1)
  t.match(log.of('not connected'), [{ why: 'not allowed' }])
  t.equal(await waits(), 1_000)
  t.match(log.of('connection given up'), [{ problem: { message: 'a bug' } }], 'a bug is not silent')
  t.equal(await waits(), 2_000)
  t.notOk(uplink.online)
  stop.abort()
})

t.test('why a connection was lost is what the broker said', async (t) => {
  const { uplink, start, log, stop } = setUp({
    work: async (connection) => {
      await connection.closed
      throw new UplinkError('lost', 'the connection is closed')
    },
  })
  start()
  await turns()
  uplink.lose(new UplinkError('lost', 'another client has taken over'))
  await turns()
  t.match(log.of('not connected'), [{ why: 'another client has taken over' }])
  stop.abort()
})

t.test('a stop while the broker takes the connection: the work ends at once, with a goodbye', async (t) => {
  const { uplink, start, stop, ended, clock } = setUp({
    work: async ({ closed }, signal) => {
      if (!signal.aborted) await closed
    },
  })
  let open = () => {}
  const connect = uplink.connect.bind(uplink)
  uplink.connect = async (will) => {
    const connection = await connect(will, new AbortController().signal)
    await new Promise<void>((resolve) => {
      open = resolve
    })
    return connection
  }
  start()
  await turns()
  stop.abort()
  open()
  await turns()
  t.ok(ended())
  t.equal(uplink.goodbyes, 1)
  t.notOk(uplink.online)
  t.equal(clock.waiting, 0)
})

t.test('it ends at any moment', async (t) => {
  const moments = {
    'before it began': async () => {},
    'while connecting': async ({ uplink, start }: ReturnType<typeof setUp>) => {
      uplink.opening = new Promise(() => {})
      start()
      await turns()
    },
    'while connected': async ({ start }: ReturnType<typeof setUp>) => {
      start()
      await turns()
    },
    'while waiting': async ({ uplink, start }: ReturnType<typeof setUp>) => {
      uplink.away = new UplinkError('unreachable', 'away')
      start()
      await turns()
    },
  }
  for (const [name, reach] of Object.entries(moments)) {
    const world = setUp()
    await reach(world)
    world.stop.abort()
    if (name === 'before it began') world.start()
    await turns()
    t.ok(world.ended(), name)
    t.notOk(world.uplink.online, name)
    t.equal(world.clock.waiting, 0, name)
  }
})
