import { MqttUplink, type MqttUplinkOptions } from '../broker/mqtt-uplink.ts'
import type { Clock } from '../ports/clock.ts'
import { text, type Values } from './command-line.ts'

/** The way to a broker as settings and command lines name it. */
export type BrokerOptions = Omit<MqttUplinkOptions, 'acknowledgementMs' | 'clock' | 'sessionSeconds'>

const acknowledgementMs = 30_000

/** MQTT for those who consume the votes. */
export function openUplink(
  options: BrokerOptions,
  clock: Clock,
  more: Pick<MqttUplinkOptions, 'sessionSeconds'> = {},
): MqttUplink {
  return new MqttUplink({ ...options, acknowledgementMs, clock, ...more })
}

/** The options of every command that goes to a broker. */
export const brokerOptions = {
  broker: text,
  terminals: text,
  username: text,
  'password-file': text,
  ca: text,
  certificate: text,
  key: text,
  'topic-root': text,
} as const

type BrokerValues = Values<typeof brokerOptions>

/** What the help says of them. */
export const brokerLines = `\
  --broker URL       mqtts://host:8883 or mqtt://host:1883
  --terminals WHO    municipality/office/counter, with + for all (default: +/+/+)
  --username NAME, --password-file FILE
  --ca FILE          PEM: the broker's authority, if it is none of the public ones
  --certificate FILE, --key FILE
                     PEM: the client certificate and its key
  --topic-root ROOT  what all topics begin with (default: faccina/1)`

/** Throws where the line makes no sense. */
export function brokerOf(values: BrokerValues): Omit<BrokerOptions, 'clientId'> & { topicRoot: string } {
  const { broker: url, username, ca, certificate, key } = values
  const passwordFile = values['password-file']
  const topicRoot = values['topic-root'] ?? 'faccina/1'
  if (url === undefined)
    throw new Error('--broker is missing; allowed is mqtts://host:port or mqtt://host:port')
  if (!/^mqtts?:\/\/[^@\s]+$/.test(url))
    throw new Error(
      `--broker: found ${JSON.stringify(url.replace(/\/\/.*@/, '//'))}, allowed is mqtts://host:port or mqtt://host:port; user and password go into --username and --password-file`,
    )
  if (!/^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/.test(topicRoot))
    throw new Error(`--topic-root: found ${JSON.stringify(topicRoot)}, allowed is for example faccina/1`)
  if ((certificate === undefined) !== (key === undefined))
    throw new Error('--certificate and --key go together')
  return {
    url,
    topicRoot,
    ...(username !== undefined && { username }),
    ...(passwordFile !== undefined && { passwordFile }),
    ...(ca !== undefined && { ca }),
    ...(certificate !== undefined && { certificate }),
    ...(key !== undefined && { key }),
  }
}

const filter = /^([a-z0-9_-]{1,64}|\+)(\/([a-z0-9_-]{1,64}|\+)){2}$/

/** Which terminals, as three levels of a topic filter; throws where it is none. */
export function terminalsOf({ terminals = '+/+/+' }: BrokerValues): string {
  if (filter.test(terminals)) return terminals
  throw new Error(
    `--terminals: found ${JSON.stringify(terminals)}, allowed is municipality/office/counter, with + for all`,
  )
}
