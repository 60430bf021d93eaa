import t from 'tap'
import { mqttUplink } from '../contracts/mqtt-world.ts'
import { TcpProxy } from '../contracts/tcp-proxy.ts'
import { abilities, findOut } from './brokers/abilities.ts'
import { brokerRigs } from './brokers/brokers.ts'
import { PlainSubscriber } from './brokers/plain-subscriber.ts'
import type { BrokerName, BrokerRig } from './brokers/rig.ts'
import { folder } from './folder.ts'
import { TerminalChild } from './terminal-child.ts'

/** The same on every broker, all from Debian but aedes; and what each of them can do. */

/** RabbitMQ needs ten seconds to start, in which a terminal's patience grows. */
const patientMs = 180_000

for (const [name, open] of Object.entries(brokerRigs) as [BrokerName, () => Promise<BrokerRig>][]) {
  t.test(name, async (t) => {
    await using rig = await open()

    await t.test('votes from a terminal’s press to a subscriber’s list, through two outages', async (t) => {
      const directory = await folder(t)
      await using proxy = await TcpProxy.open(rig.port)
      // The terminal comes when the subscriber is there: not every broker keeps anything over a kill.
      proxy.away = true
      await using subscriber = await PlainSubscriber.open(rig.url)
      await rig.kill()
      await using terminal = await TerminalChild.start({
        directory,
        broker: `mqtt://127.0.0.1:${proxy.port}`,
        more: { delivery: { confirmation: 'collector', recommitSeconds: 5 } },
      })
      for (const face of ['satisfied', 'neutral', 'satisfied']) await terminal.vote(face)
      t.same(subscriber.votes, [], 'there is no broker')
      const start = async () => {
        await rig.start()
        await subscriber.again()
        proxy.away = false
      }
      await start()
      await subscriber.until(() => subscriber.votes.length === 3, patientMs)
      await terminal.said(new RegExp(`connected.*${abilities[name].protocol}`))
      await terminal.vote('satisfied')
      await subscriber.until(() => subscriber.votes.length === 4, patientMs)
      proxy.away = true
      await rig.kill()
      for (const face of ['neutral', 'satisfied']) await terminal.vote(face)
      await start()
      await subscriber.until(() => subscriber.votes.length === 6, patientMs)
      t.same(
        subscriber.votes.map(({ sequence }) => sequence),
        [1, 2, 3, 4, 5, 6],
        'in order',
      )
      t.equal(new Set(subscriber.votes.map(({ id }) => id)).size, 6)
      t.same(subscriber.faults, [], `${subscriber.duplicates} came twice, with the same content`)
      const totals = await subscriber.retained('totals', ({ sequence }) => sequence === 6, 30_000)
      t.match(totals, { votes: 6, faces: { satisfied: 4, neutral: 2, dissatisfied: 0 } })
      const committed = await subscriber.retained('committed', ({ sequence }) => sequence === 6, 30_000)
      t.equal(committed.epoch, totals.epoch)
      t.match(await subscriber.retained('state', ({ state }) => state === 'online', 30_000), { boot: 1 })
      await terminal.kill('SIGKILL')
      t.match(await subscriber.retained('state', ({ state }) => state === 'offline', 30_000), { will: true })
    })

    await t.test('its uplink finds out by itself which MQTT it speaks', async (t) => {
      const will = { topic: 'faccina/1/c/o/1/state', payload: '{}', retain: true }
      const { signal } = new AbortController()
      const uplink = mqttUplink(rig.url)
      for (const _ of [1, 2]) {
        await using connection = await uplink.connect(will, signal)
        t.equal(connection.protocol, abilities[name].protocol)
      }
    })

    await t.test('what it can', async (t) => t.same(await findOut(rig), abilities[name]))
  })
}
