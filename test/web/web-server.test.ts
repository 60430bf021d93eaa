import t from 'tap'
import { ListenError } from '../../src/web/listen-error.ts'
import { openWebServer } from '../../src/web/web-server.ts'
import { FakeClock } from '../fakes/fake-clock.ts'
import { FakeLog } from '../fakes/fake-log.ts'
import { until } from '../fakes/until.ts'

const words = { name: 'live page', setting: 'http' }
const listen = { host: '127.0.0.1', port: 0 }

t.test('a page that fails says so, the log says why, and the others go on', async (t) => {
  const log = new FakeLog()
  const routes = [
    { path: '/broken', get: () => Promise.reject(new Error('no such table')) },
    { path: '/', get: () => ({ status: 200, body: 'fine' }) },
  ]
  await using server = await openWebServer({ listen, routes, words, clock: new FakeClock(), log })
  const answer = await fetch(new URL('broken', server.address))
  t.equal(answer.status, 500)
  t.equal(await answer.text(), 'It failed; the log says why.\n')
  t.match(log.of('request failed'), [{ path: '/broken', error: { message: 'no such table' } }])
  t.equal(await (await fetch(server.address)).text(), 'fine')
  t.equal(server.problem, undefined)
})

t.test('a viewer that is dropped on its first event is let go as any other', async (t) => {
  let open = 0
  const stream = (send: (event: unknown) => void) => {
    open++
    send('x'.repeat(2 * 1024 * 1024))
    return { [Symbol.dispose]: () => open-- }
  }
  const log = new FakeLog()
  const routes = [{ path: '/events', stream }]
  await using server = await openWebServer({ listen, routes, words, clock: new FakeClock(), log })
  const viewing = fetch(new URL('events', server.address)).then((answer) => answer.text())
  await t.rejects(viewing)
  await until(() => open === 0)
  t.match(log.of('slow viewer dropped'), [{}])
})

t.test('why an address cannot be had, and what to set', async (t) => {
  const told = (code: string, host = '127.0.0.1', port = 80) =>
    new ListenError({ host, port }, words, Object.assign(new Error(code), { code })).message
  t.equal(
    told('EACCES'),
    'The live page cannot listen on 127.0.0.1:80 (EACCES): ports below 1024 are for root. ' +
      'Set a port from 1024 on in http, e.g. 127.0.0.1:8080.',
  )
  t.match(told('EADDRNOTAVAIL', '::2'), /listen on \[::2\]:80 .*: this computer has no address ::2\./)
  t.match(told('EMFILE'), /see the cause, and set another address in http\.$/)
})
