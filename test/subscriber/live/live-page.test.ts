import t from 'tap'
import { Alerts } from '../../../src/subscriber/alerts/alerts.ts'
import { LivePage } from '../../../src/subscriber/live/live-page.ts'
import { alertsHtml, terminalsHtml } from '../../../src/subscriber/live/sections.ts'
import { openWebServer } from '../../../src/web/web-server.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { FakeDatabase } from '../../fakes/fake-database.ts'
import { FakeLog } from '../../fakes/fake-log.ts'
import { someEpoch, someSource, someVote } from '../../fakes/told-votes.ts'
import { turns } from '../../fakes/until.ts'
import { health } from '../../terminal/health.ts'

const now = Date.UTC(2026, 4, 4, 12)
const rules = { dissatisfiedPercent: 50, windowMinutes: 60, minimumVotes: 5, silentMinutes: 15 }

t.test('terminals: those with a problem first, in words of the language', async (t) => {
  const state = {
    state: 'online',
    version: '1',
    epoch: someEpoch,
    boot: 1,
    since: '2026-05-04T11:00:00.000Z',
  } as const
  const told = { at: '2026-05-04T11:59:30.000Z', ...health, display: { is: 'good' as const } }
  const stuck = { ...told, keys: { ...told.keys, stuck: ['satisfied' as const] }, underVoltage: true }
  const html = terminalsHtml(
    [
      {
        source: 'faccina://c_e506/anagrafe/1',
        state,
        health: told,
        heardAt: now,
        lastVote: now - 300_000,
        votes: 1234,
      },
      { source: 'faccina://c_e506/anagrafe/2', state, health: stuck, heardAt: now, votes: 0 },
      { source: 'faccina://c_e506/tributi/1', heardAt: now, votes: 3 },
    ],
    [
      {
        source: 'faccina://c_e506/tributi/1',
        epoch: someEpoch,
        complete: 1,
        highest: 5,
        missing: [{ from: 2, to: 3 }],
      },
    ],
    { language: 'it', now },
  )
  const names = [...html.matchAll(/<th scope="row">([^<]+)</g)].map(([, name]) => name)
  t.strictSame(names, ['c_e506/anagrafe/2', 'c_e506/tributi/1', 'c_e506/anagrafe/1'])
  t.match(html, '<summary>1 terminale in ordine</summary>')
  t.match(html, '<td>tasto bloccato; alimentazione insufficiente</td>')
  t.match(html, '<td>mancano 2 voti</td>')
  t.match(html, '<td>5 minuti fa</td>')
  t.match(html, '<td class="number">1234</td>')
  t.match(terminalsHtml([], [], { language: 'en', now }), /Nothing has been heard/)
})

t.test('alerts in words, and nothing of a name is markup', async (t) => {
  const raised = [
    {
      source: 'faccina://<b>/a/1',
      since: now - 120_000,
      finding: { alert: 'stuck' as const, keys: ['neutral' as const] },
    },
  ]
  const html = alertsHtml(raised, 3, { rules, language: 'en', now })
  t.match(html, '&#60;b&#62;/a/1')
  t.match(html, 'stuck key: yellow; ignored until released')
  t.match(html, '3 messages that break the contract are in quarantine.')
  t.match(alertsHtml([], 0, { rules, language: 'it', now }), 'Nessun avviso.')
  t.match(alertsHtml([], 1, { rules, language: 'it', now }), 'Un messaggio non conforme al contratto è')
  t.match(alertsHtml([], 2, { rules, language: 'it', now }), '2 messaggi non conformi al contratto sono')
})

t.test('the page is served, says what changed, and is made once for many', async (t) => {
  const clock = new FakeClock({ wall: now })
  const database = new FakeDatabase()
  await database.store([{ is: 'vote', source: someSource, event: someVote(1) }], now)
  const alerts = new Alerts(rules)
  const page = new LivePage({
    database,
    alerts,
    rules,
    language: 'en',
    timeZone: 'Europe/Rome',
    face: () => '<svg aria-hidden="true"></svg>',
    style: 'body{margin:0}',
    clock,
  })
  const words = { name: 'live page', setting: 'http' }
  const listen = { host: '127.0.0.1', port: 0 }
  await using server = await openWebServer({ listen, routes: page.routes, words, clock, log: new FakeLog() })
  const get = (path: string, headers = {}) => fetch(new URL(path, server.address), { headers })
  const answer = await get('/')
  const html = await answer.text()
  t.equal(answer.status, 200)
  t.match(answer.headers.get('content-security-policy'), /frame-ancestors 'none'/)
  t.match(html, /script-src 'sha256-[^']+'; connect-src 'self'/, 'no other script runs')
  t.match(html, '<a href="/" aria-current="page">Last 30 days</a>')
  t.match(html, 'c_e506/anagrafe/3')
  t.match(await (await get('/today')).text(), '<a href="/today" aria-current="page">Today</a>')
  t.equal((await get('/', { origin: 'http://elsewhere.example' })).status, 403)
  let reads = 0
  const { terminals } = database
  database.terminals = () => {
    reads++
    return terminals.call(database)
  }
  clock.advance(1_500)
  await Promise.all(Array.from({ length: 20 }, async () => (await get('/week')).text()))
  t.equal(reads, 1)
  const events = await get('/live/events')
  const reader = events.body!.pipeThrough(new TextDecoderStream()).getReader()
  await reader.read()
  const stop = new AbortController()
  for (let i = 0; i < 50; i++) page.changed(stop.signal)
  await turns()
  clock.advance(2_000)
  t.match((await reader.read()).value, 'data: {"changed":1}')
  await reader.cancel()
})
