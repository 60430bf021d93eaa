import mqtt from 'mqtt'
import { MqttUplink, type MqttUplinkOptions } from '../../src/broker/mqtt-uplink.ts'
import { SystemClock } from '../../src/system/clock.ts'
import { freePort } from './free-port.ts'
import { TcpProxy } from './tcp-proxy.ts'
import type { UplinkWorld } from './uplink.ts'

/** An MQTT uplink with the options that a test does not care about. */
export function mqttUplink(url: string, options: Partial<MqttUplinkOptions> = {}): MqttUplink {
  const clock = SystemClock.open({ source: 'system' })
  return new MqttUplink({ url, clientId: 'faccina-test', acknowledgementMs: 5_000, clock, ...options })
}

/** A broker that listens on a port of the loopback, with MqttUplink on our side and a plain client on the other. */
export async function openMqttWorld(port: number, protocol: '5' | '3.1.1'): Promise<UplinkWorld> {
  const proxy = await TcpProxy.open(port)
  const nobody = await freePort()
  const protocolVersion = protocol === '5' ? 5 : 4
  const other = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { clientId: 'other', protocolVersion })
  return {
    protocol,
    uplink: () => mqttUplink(`mqtt://127.0.0.1:${proxy.port}`),
    nowhere: () => mqttUplink(`mqtt://127.0.0.1:${nobody}`),
    cut: () => proxy.cut(),
    async watch(filter, receive) {
      const watcher = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { protocolVersion })
      watcher.on('message', (topic, payload, { retain, properties }) => {
        const { correlationData, userProperties } = properties ?? {}
        receive({
          topic,
          payload,
          retained: retain,
          ...(correlationData && { correlationData }),
          ...(userProperties && { properties: { ...(userProperties as Record<string, string>) } }),
        })
      })
      await watcher.subscribeAsync(filter, { qos: 1 })
      return { [Symbol.asyncDispose]: () => watcher.endAsync(true) }
    },
    async send({ topic, payload, retain, responseTopic, correlationData, properties: user }) {
      const properties = {
        ...(user && { userProperties: user }),
        ...(responseTopic !== undefined && { responseTopic }),
        ...(correlationData && { correlationData: Buffer.from(correlationData) }),
      }
      await other.publishAsync(topic, payload, { qos: 1, retain, properties })
    },
    async [Symbol.asyncDispose]() {
      await other.endAsync(true)
      await proxy[Symbol.asyncDispose]()
    },
  }
}
