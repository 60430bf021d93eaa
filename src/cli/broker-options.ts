import { MqttUplink, type MqttUplinkOptions } from '../broker/mqtt-uplink.ts'
import type { Clock } from '../ports/clock.ts'
import { type Problem, SettingsError } from '../settings/index.ts'

/** The way to a broker as settings and command lines name it. */
export interface BrokerOptions {
  url?: string
  clientId: string
  username?: string
  password?: string
  passwordFile?: string
  ca?: string
  certificate?: string
  key?: string
}

const acknowledgementMs = 30_000

/** MQTT for those who consume the votes. */
export function openUplink(
  { url, clientId, username, password, passwordFile, ca, certificate, key }: BrokerOptions,
  clock: Clock,
  more: Pick<MqttUplinkOptions, 'sessionSeconds'> = {},
): MqttUplink {
  if (url === undefined) throw new SettingsError([noUrl])
  return new MqttUplink({
    url,
    clientId,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(passwordFile !== undefined && { passwordFile }),
    ...(ca !== undefined && { ca }),
    ...(certificate !== undefined && { certificate }),
    ...(key !== undefined && { key }),
    acknowledgementMs,
    clock,
    ...more,
  })
}

const noUrl: Problem = {
  file: 'settings',
  line: 0,
  column: 0,
  key: 'broker.url',
  found: 'nothing',
  allowed: 'mqtts://host:port or mqtt://host:port',
}
