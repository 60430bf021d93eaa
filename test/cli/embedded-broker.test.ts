import mqtt from 'mqtt'
import t from 'tap'
import { openEmbeddedBroker } from '../../src/cli/embedded-broker.ts'
import { firstFree } from '../../src/cli/first-free.ts'
import type { TryMessage } from '../../src/panels/browser/try-routes.ts'
import { until } from '../fakes/until.ts'

t.test('the page of faccina try hears what a subscriber of everything hears', async (t) => {
  await using broker = await openEmbeddedBroker({ host: '127.0.0.1', port: 0 })
  const heard: TryMessage[] = []
  broker.subscribe((message) => heard.push(message))
  const client = await mqtt.connectAsync(broker.url, { protocolVersion: 4 })
  await until(() => {
    client.publish('some/topic', '{"n": 1}', { qos: 1 })
    return heard.length > 0
  })
  await client.publishAsync('some/other', 'no JSON', { qos: 1, retain: true })
  await until(() => heard.some(({ topic }) => topic === 'some/other'))
  t.match(heard[0], { topic: 'some/topic', payload: { n: 1 }, retained: false })
  t.match(heard.at(-1), { topic: 'some/other', payload: 'no JSON' })
  await t.rejects(openEmbeddedBroker({ host: '127.0.0.1', port: broker.port }), {
    message: /something else listens there; choose another with --broker-port/,
  })
  await client.endAsync(true)
})

t.test('a port: the one that is wished for; the usual one, or where that is taken any other', async (t) => {
  const asked: number[] = []
  const opening = (code?: string) => async (port: number) => {
    asked.push(port)
    if (code && port !== 0) throw new Error('no', { cause: Object.assign(new Error(code), { code }) })
    return port
  }
  t.equal(await firstFree(undefined, 1883, opening()), 1883)
  t.equal(await firstFree(undefined, 1883, opening('EADDRINUSE')), 0)
  await t.rejects(firstFree(undefined, 1883, opening('EACCES')))
  await t.rejects(firstFree(7000, 1883, opening('EADDRINUSE')))
  t.same(asked, [1883, 1883, 0, 1883, 7000])
})
