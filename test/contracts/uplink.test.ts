import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import t from 'tap'
import { UplinkError } from '../../src/ports/uplink.ts'
import { FakeUplink } from '../fakes/fake-uplink.ts'
import { openMqttWorld } from './mqtt-world.ts'
import { type UplinkWorld, uplinkContract } from './uplink.ts'

function openFakeWorld(protocol: '5' | '3.1.1'): UplinkWorld {
  const uplink = new FakeUplink()
  uplink.protocol = protocol
  const nowhere = new FakeUplink()
  nowhere.away = new UplinkError('unreachable', 'nothing listens there')
  return {
    protocol,
    uplink: () => uplink,
    nowhere: () => nowhere,
    cut: () => uplink.lose(),
    async watch(filter, receive) {
      const watching = uplink.watch(filter, receive)
      return { [Symbol.asyncDispose]: async () => watching[Symbol.dispose]() }
    },
    async send({ payload, retain, ...message }) {
      uplink.deliver({ ...message, payload: new TextEncoder().encode(payload), retained: retain })
    },
    async [Symbol.asyncDispose]() {},
  }
}

/** aedes speaks MQTT 3.1.1 only, so that going back from MQTT 5 is tried each time. */
async function openAedesWorld(): Promise<UplinkWorld> {
  const { Aedes } = await import('aedes')
  const broker = await Aedes.createBroker()
  const server = createServer(broker.handle).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const world = await openMqttWorld((server.address() as AddressInfo).port, '3.1.1')
  return {
    ...world,
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]()
      broker.close()
      server.close()
      await once(server, 'close')
    },
  }
}

t.test('the fake, as MQTT 5', (t) =>
  uplinkContract(t as typeof import('tap').t, async () => openFakeWorld('5')),
)
t.test('the fake, as MQTT 3.1.1', (t) =>
  uplinkContract(t as typeof import('tap').t, async () => openFakeWorld('3.1.1')),
)
t.test('MQTT.js and aedes', (t) => uplinkContract(t as typeof import('tap').t, openAedesWorld))
