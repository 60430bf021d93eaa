import mqtt from 'mqtt'
import t from 'tap'
import { brokerRigs } from './brokers/brokers.ts'

for (const [name, open] of Object.entries(brokerRigs)) {
  t.test(`${name}: killed and started again, on the same port`, async (t) => {
    await using rig = await open()
    for (const _ of [1, 2]) {
      const client = await mqtt.connectAsync(rig.url, { protocolVersion: 4, reconnectPeriod: 0 })
      const closed = new Promise<void>((resolve) => void client.once('close', () => resolve()))
      await client.publishAsync('faccina/1/c/o/1/vote', '{}', { qos: 1 })
      await rig.kill()
      await closed
      await t.rejects(mqtt.connectAsync(rig.url, { protocolVersion: 4, reconnectPeriod: 0 }))
      await rig.start()
    }
  })
}
