import t from 'tap'
import { type AlertRules, Alerts } from '../../../src/subscriber/alerts/alerts.ts'
import { PublishAlerts } from '../../../src/subscriber/alerts/publish.ts'
import { alertText, changeText } from '../../../src/subscriber/alerts/words.ts'
import type { Item } from '../../../src/subscriber/item.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { FakeLog } from '../../fakes/fake-log.ts'
import { FakeUplink } from '../../fakes/fake-uplink.ts'
import { bytes, someEpoch, someSource, someVote, topicOf } from '../../fakes/told-votes.ts'
import { turns } from '../../fakes/until.ts'
import { health } from '../../terminal/health.ts'

const minute = 60_000
/** A Monday, 11:00 in Rome. */
const monday = Date.UTC(2026, 4, 4, 9)
const rules: AlertRules = {
  dissatisfiedPercent: 50,
  windowMinutes: 60,
  minimumVotes: 10,
  silentMinutes: 15,
  hours: {
    timeZone: 'Europe/Rome',
    week: {
      monday: [{ from: 8 * 60, to: 13 * 60 }],
      tuesday: [{ from: 8 * 60, to: 13 * 60 }],
      wednesday: [],
      thursday: [],
      friday: [],
      saturday: [],
      sunday: [],
    },
    holidays: 'italy',
    closedDates: [],
  },
}

function vote(
  face: 'satisfied' | 'dissatisfied',
  at: number,
  clock: 'synchronised' | 'unknown' = 'synchronised',
): Item {
  const time = clock === 'synchronised' ? { clock, wall: at } : { clock, wall: at }
  return { is: 'vote', source: someSource, event: someVote(1, { face, time }) }
}

function state(state: 'online' | 'offline'): Item {
  const said = { state, version: '1', epoch: someEpoch, boot: 1, since: '2026-05-04T08:00:00.000Z' }
  return { is: 'state', source: someSource, state: said }
}

t.test('too many dissatisfied: from the minimum on, and with a margin', async (t) => {
  const alerts = new Alerts({ ...rules, silentMinutes: 10_000 })
  const take = (face: 'satisfied' | 'dissatisfied', count: number, at = monday) => {
    for (let i = 0; i < count; i++) alerts.take(vote(face, at), at)
  }
  take('dissatisfied', 9)
  t.strictSame(alerts.look(monday), [], 'nine votes prove nothing')
  take('satisfied', 9)
  const [change] = alerts.look(monday)
  t.match(change, { alert: 'dissatisfied', raised: true, finding: { dissatisfied: 9, votes: 18 } })
  t.equal(
    changeText(change!, rules, 'it'),
    '9 voti insoddisfatti su 18 negli ultimi 60 minuti (soglia: 50 %)',
  )
  t.strictSame(alerts.look(monday), [], 'told once')
  take('satisfied', 1)
  t.strictSame(alerts.look(monday), [], '47 % is within the margin')
  t.equal(alerts.raised.length, 1)
  take('satisfied', 3)
  t.match(alerts.look(monday), [{ alert: 'dissatisfied', raised: false }], '41 %')
  take('dissatisfied', 30)
  t.equal(alerts.look(monday).length, 1)
  t.match(alerts.look(monday + 61 * minute), [{ raised: false }], 'an hour later there are no recent votes')
})

t.test('votes without a clock, and of another time, say nothing of now', async (t) => {
  const alerts = new Alerts({ ...rules, silentMinutes: 10_000 })
  for (let i = 0; i < 20; i++) alerts.take(vote('dissatisfied', monday, 'unknown'), monday)
  for (let i = 0; i < 20; i++) alerts.take(vote('dissatisfied', monday - 24 * 60 * minute), monday)
  for (let i = 0; i < 20; i++) alerts.take(vote('dissatisfied', monday + 24 * 60 * minute), monday)
  t.strictSame(alerts.look(monday), [])
})

t.test('silence counts in opening hours only, and the broker’s word is not the terminal’s', async (t) => {
  const alerts = new Alerts(rules)
  alerts.take(state('online'), monday)
  alerts.take(state('offline'), monday + 10 * minute)
  t.strictSame(alerts.look(monday + 14 * minute), [])
  const [change] = alerts.look(monday + 15 * minute)
  t.match(change, { alert: 'silent', raised: true })
  t.match(
    changeText(change!, rules, 'en'),
    /^nothing heard since 11:00, in opening hours \(limit: 15 minutes\)$/,
  )
  t.strictSame(alerts.look(monday + 5 * 60 * minute), [], 'it lasts while closed')
  alerts.take(state('online'), monday + 6 * 60 * minute)
  const tuesday = monday + 24 * 60 * minute
  t.match(alerts.look(tuesday - 3 * 60 * minute + 5 * minute), [], 'just opened at eight: being switched on')
  t.equal(
    alerts.look(tuesday - 3 * 60 * minute + 16 * minute).length,
    0,
    'silent since yesterday, still raised',
  )
  alerts.take(state('online'), tuesday)
  t.match(alerts.look(tuesday), [{ alert: 'silent', raised: false }])
})

t.test('a stuck key', async (t) => {
  const alerts = new Alerts(rules)
  const told = (stuck: ('satisfied' | 'reason-2')[]): Item => ({
    is: 'health',
    source: someSource,
    health: { at: '2026-05-04T09:00:00.000Z', ...health, keys: { ...health.keys, stuck } },
  })
  alerts.take(told(['satisfied', 'reason-2']), monday)
  t.match(alerts.look(monday), [{ alert: 'stuck', raised: true }])
  t.equal(
    alertText(alerts.raised[0]!, rules, 'it'),
    'tasti bloccati: verde, motivo 2; sono ignorati finché non vengono rilasciati',
  )
  t.equal(alertText(alerts.raised[0]!, rules, 'en'), 'stuck keys: green, reason 2; ignored until released')
  alerts.take(told([]), monday + minute)
  t.match(alerts.look(monday + minute), [{ alert: 'stuck', raised: false }])
})

t.test('they stand on the topics, retained; what an earlier life said is taken back', async (t) => {
  const uplink = new FakeUplink()
  const clock = new FakeClock({ wall: monday })
  const alerts = new Alerts({ ...rules, silentMinutes: 10_000 })
  const log = new FakeLog()
  const old = { alert: 'stuck', raised: true, since: '2026-05-01T09:00:00.000Z', says: 'stuck' }
  uplink.deliver({ topic: topicOf('alert/stuck'), payload: bytes(old), retained: true })
  uplink.deliver({ topic: topicOf('alert/silent'), payload: bytes('nonsense'), retained: true })
  const options = { alerts, rules, language: 'it' as const, topicRoot: 'faccina/1', clock, log }
  const connection = await uplink.connect(undefined, new AbortController().signal)
  const stop = new AbortController()
  const running = new PublishAlerts(options).run(connection, stop.signal)
  await turns()
  for (let i = 0; i < 20; i++) alerts.take(vote('dissatisfied', monday), monday)
  clock.advance(5_000)
  await turns()
  t.match(uplink.json('/alert/dissatisfied'), [
    { alert: 'dissatisfied', raised: true, says: /^20 voti insoddisfatti su 20/ },
  ])
  t.match(uplink.json('/alert/stuck'), [
    { alert: 'stuck', raised: false, says: 'nessun tasto è più bloccato' },
  ])
  t.ok(uplink.retained.has(topicOf('alert/dissatisfied')))
  clock.advance(60_000)
  await turns()
  t.equal(uplink.messages.length, 2, 'nothing is said twice')
  t.equal(log.of('alert').length, 1)
  stop.abort()
  await running
})

t.test('a broker that does not let them be said is told of, and they are tried again', async (t) => {
  const uplink = new FakeUplink()
  const clock = new FakeClock({ wall: monday })
  const alerts = new Alerts({ ...rules, silentMinutes: 10_000 })
  const log = new FakeLog()
  uplink.denies = (topic) => topic.endsWith('/alert/dissatisfied')
  const connection = await uplink.connect(undefined, new AbortController().signal)
  const stop = new AbortController()
  const options = { alerts, rules, language: 'it' as const, topicRoot: 'faccina/1', clock, log }
  const running = new PublishAlerts(options).run(connection, stop.signal)
  await turns()
  for (let i = 0; i < 20; i++) alerts.take(vote('dissatisfied', monday), monday)
  clock.advance(5_000)
  await turns()
  t.match(log.of('alert refused by the broker'), [{ topic: topicOf('alert/dissatisfied') }])
  uplink.denies = () => false
  clock.advance(5_000)
  await turns()
  t.match(uplink.json('/alert/dissatisfied'), [{ raised: true }])
  stop.abort()
  await running
})
