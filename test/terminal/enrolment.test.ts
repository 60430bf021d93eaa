import t from 'tap'
import { topicsOf } from '../../src/contract/topics.ts'
import { UplinkError } from '../../src/ports/uplink.ts'
import { Enrolment } from '../../src/terminal/enrolment.ts'
import { FakeCertificates, factsFor } from '../fakes/fake-certificates.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FakeLog } from '../fakes/fake-log.ts'
import { FakeUplink } from '../fakes/fake-uplink.ts'
import { turns } from '../fakes/until.ts'

const topics = topicsOf('faccina/1', 'faccina://c_e506/anagrafe/3')

async function setUp({ synchronised = true } = {}) {
  const uplink = new FakeUplink()
  const clock = new FakeClock({ wall: Date.UTC(2026, 4, 4, 9, 20), synchronised })
  const log = new FakeLog()
  const certificates = new FakeCertificates()
  const enrolment = new Enrolment({ topics, certificates, clock, log })
  const connect = async () => {
    const over = new AbortController()
    const connection = await uplink.connect(undefined, over.signal)
    const ended = enrolment.run(connection, over.signal).then(
      () => 'over',
      (error: Error) => error.message,
    )
    await turns()
    return { over, ended }
  }
  const told = () => uplink.json('/certificate')
  return { uplink, clock, log, certificates, enrolment, connect, told }
}

t.test('what the topic and the health say, by the days that are left', async (t) => {
  const cases: [days: number | undefined, state: string, daysLeft?: number][] = [
    [undefined, 'none'],
    [397, 'good', 397],
    [31, 'good', 31],
    [30.5, 'good', 30],
    [30, 'expiring', 30],
    [1.5, 'expiring', 1],
    [0.5, 'expiring', 0],
    [0, 'expired', 0],
    [-5, 'expired', 0],
  ]
  for (const [days, state, daysLeft] of cases) {
    const { certificates, connect, told, enrolment, uplink } = await setUp()
    certificates.facts = days === undefined ? undefined : factsFor(days)
    await connect()
    const [message] = told()
    t.match(message, { at: '2026-05-04T09:20:00.000Z', state }, `${days}`)
    t.equal(message.daysLeft, daysLeft)
    t.equal(typeof message.request === 'string', state !== 'good', 'a request, where one is wanted')
    t.match(await enrolment.health(), { state, ...(daysLeft !== undefined && { daysLeft }) })
    t.ok(uplink.messages[0]?.retain)
  }
})

t.test('it is told when it changes, and no more', async (t) => {
  const { clock, connect, told, certificates } = await setUp()
  certificates.facts = factsFor(32)
  await connect()
  for (let hour = 0; hour < 72; hour++) {
    clock.advance(3_600_000)
    await turns()
  }
  t.same(
    told().map(({ state, daysLeft }) => [state, daysLeft]),
    [
      ['good', 32],
      ['good', 31],
      ['good', 30],
      ['expiring', 30],
      ['expiring', 29],
    ],
    'each day, and at the border',
  )
  t.equal(new Set(told().flatMap(({ request }) => request ?? [])).size, 1, 'one request all the time')
})

t.test('without a clock nobody knows how long it holds; with one it is told at once', async (t) => {
  const { clock, connect, told } = await setUp({ synchronised: false })
  await connect()
  t.match(told(), [{ state: 'good', daysLeft: undefined, request: undefined }])
  clock.set({ synchronised: true })
  await turns()
  t.match(told().at(-1), { state: 'expiring', daysLeft: 20 })
})

t.test('a certificate that the broker takes is used at once', async (t) => {
  const { certificates, connect, enrolment, told } = await setUp()
  certificates.known.set('new', factsFor(397, 'cd'.repeat(32)))
  const { ended } = await connect()
  const { reply, afterwards } = (await enrolment.take({ certificate: 'new' })) as {
    reply: object
    afterwards: () => void
  }
  t.same(reply, { notAfter: new Date(factsFor(397).notAfter).toISOString() })
  t.same(certificates.steps, ['stage', 'adopt'])
  t.equal(certificates.trial.goodbyes, 1, 'whoever tried it has gone')
  afterwards()
  t.match(await ended, /connecting anew/)
  await connect()
  t.match(told().at(-1), { state: 'good', fingerprint: 'cd'.repeat(32), request: undefined })
  const again = await enrolment.take({ certificate: 'new' })
  t.notOk(again.afterwards, 'one that is in force already changes nothing')
  t.equal(certificates.trial.attempts, 1)
})

t.test('one that is wrong, or that the broker does not take, leaves all as it was', async (t) => {
  const { certificates, connect, enrolment, told } = await setUp()
  await connect()
  t.match(await enrolment.take({ certificate: 'bad' }), {
    reply: { ok: false, problem: 'it has expired; have the authority sign the request again' },
  })
  certificates.known.set('unknown', factsFor(397, 'cd'.repeat(32)))
  certificates.trial.away = new UplinkError('refused', 'broker: the broker wants another one')
  const problem = /the broker does not take it, so the one before stays: broker: the broker wants another/
  t.match(await enrolment.take({ certificate: 'unknown' }), { reply: { ok: false, problem } })
  t.match(await enrolment.health(), { state: 'expiring', problem })
  t.notOk(certificates.steps.includes('adopt'))
  t.equal(certificates.steps.at(-1), 'discard')
  certificates.trial.away = undefined
  await enrolment.take({ certificate: 'unknown' })
  t.notOk('problem' in ((await enrolment.health()) ?? {}), 'what is mended is said no more')
  t.equal(told().length, 1)
  for (const certificate of [undefined, 7, null, {}])
    t.match(await enrolment.take({ certificate }), {
      reply: { ok: false, problem: /is missing; allowed is/ },
    })
})

t.test('two at the same time do not meet', async (t) => {
  const { certificates, connect, enrolment } = await setUp()
  await connect()
  certificates.known.set('new', factsFor(397, 'cd'.repeat(32)))
  const answers = await Promise.all([1, 2].map(() => enrolment.take({ certificate: 'new' })))
  t.same(
    answers.map(({ reply }) => reply.ok ?? true),
    [true, false],
  )
})

t.test('a file of the settings is told of, and not renewed', async (t) => {
  const { uplink, clock, log } = await setUp()
  const certificates = { current: async () => factsFor(20) }
  const enrolment = new Enrolment({ topics, certificates, clock, log })
  const connection = await uplink.connect(undefined, new AbortController().signal)
  enrolment.run(connection, new AbortController().signal).catch(() => {})
  await turns()
  t.match(uplink.json('/certificate'), [{ state: 'expiring', request: undefined }])
  t.match(await enrolment.take({ certificate: 'x' }), {
    reply: { ok: false, problem: /broker\.certificate/ },
  })
})

t.test('neither a broken disk nor a broker that forbids the topic costs the connection', async (t) => {
  const { certificates, connect, enrolment, uplink, told } = await setUp()
  certificates.broken = new Error('EIO: i/o error, read')
  uplink.denies = (topic) => topic === topics.certificate
  const { over, ended } = await connect()
  t.match(await enrolment.health(), { state: 'none', problem: /EIO/ })
  t.same(told(), [])
  over.abort()
  t.equal(await ended, 'over')
})
