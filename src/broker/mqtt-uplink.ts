import { readFile } from 'node:fs/promises'
import type { IClientOptions } from 'mqtt'
import type { Clock } from '../ports/clock.ts'
import { type Connection, type Message, type Uplink, UplinkError } from '../ports/uplink.ts'
import { explain, NoConnack, speaksNoMqtt5 } from './explain.ts'
import { MqttConnection } from './mqtt-connection.ts'
import { loadMqtt } from './mqtt-js.ts'

export interface MqttUplinkOptions {
  /** `mqtt://host:1883` or `mqtts://host:8883`. */
  url: string
  clientId: string
  username?: string
  password?: string
  /** Files, read anew for each connection, so that a renewed certificate needs no restart. */
  passwordFile?: string
  ca?: string
  certificate?: string
  key?: string
  /** In place of these two files: what to show, PEM, asked for anew for each connection; nothing where it says so. */
  pair?: () => Promise<{ certificate: string; key: string } | undefined>
  /** How long an acknowledgement may take before the connection counts as dead. */
  acknowledgementMs: number
  /** How long connecting may take; 10 s unless told otherwise. */
  connectMs?: number
  /** How long the broker keeps our subscriptions and what came for them while we are away; not at all unless given. */
  sessionSeconds?: number
  clock: Clock
}

/**
 * MQTT.js as an uplink. It lends us one connection at a time and keeps nothing: no store, no queue, no
 * reconnecting, for those lose votes (MQTT.js drops what was queued during a resend: mqttjs/MQTT.js#2015).
 * What is not acknowledged is in the journal.
 */
export class MqttUplink implements Uplink {
  readonly #options: MqttUplinkOptions
  /** Found out by itself: 5, until a broker turns out to speak only 3.1.1. */
  #protocol: 5 | 4 = 5

  constructor(options: MqttUplinkOptions) {
    this.#options = options
  }

  async connect(will: Message | undefined, signal: AbortSignal): Promise<Connection> {
    const attempt = (protocol: 5 | 4) => this.#attempt(protocol, will, signal)
    try {
      return await attempt(this.#protocol).catch((error: unknown) => {
        if (this.#protocol === 4 || !speaksNoMqtt5(error) || signal.aborted) throw error
        return this.#older(attempt, error instanceof NoConnack)
      })
    } catch (error) {
      throw explain(error, this.#options.url)
    }
  }

  /**
   * MQTT 3.1.1, from now on. A broker that starts or stops behind a proxy hangs up at any version, so one that did is
   * asked for 5 once more as soon as it is known to be there.
   */
  async #older(attempt: (protocol: 5 | 4) => Promise<Connection>, hungUp: boolean): Promise<Connection> {
    let connection = await attempt(4)
    if (hungUp) {
      await connection[Symbol.asyncDispose]()
      try {
        return await attempt(5)
      } catch (error) {
        if (!speaksNoMqtt5(error)) throw error
      }
      connection = await attempt(4)
    }
    this.#protocol = 4
    return connection
  }

  async #attempt(protocol: 5 | 4, will: Message | undefined, signal: AbortSignal): Promise<Connection> {
    const { url, clock, acknowledgementMs } = this.#options
    // Loaded here: a terminal without a broker never pays for it.
    const mqtt = await loadMqtt()
    const client = mqtt.connect(url, {
      ...(await this.#clientOptions()),
      ...this.#sessionOptions(protocol),
      protocolVersion: protocol,
      ...(will && { will: willOf(will, protocol) }),
    })
    return MqttConnection.open(client, { protocol, clock, acknowledgementMs, signal })
  }

  /** MQTT 3.1.1 knows no end of a session. */
  #sessionOptions(protocol: 5 | 4): IClientOptions {
    const { sessionSeconds } = this.#options
    if (sessionSeconds === undefined) return { clean: true }
    return {
      clean: false,
      ...(protocol === 5 && { properties: { sessionExpiryInterval: sessionSeconds } }),
    }
  }

  async #clientOptions(): Promise<IClientOptions> {
    const {
      clientId,
      username,
      password,
      passwordFile,
      ca,
      certificate,
      key,
      pair,
      connectMs = 10_000,
    } = this.#options
    const secret =
      passwordFile === undefined
        ? password
        : (await fileOf('passwordFile', passwordFile)).toString().trimEnd()
    const own = await pair?.()
    return {
      clientId,
      ...(username !== undefined && { username }),
      ...(secret !== undefined && { password: secret }),
      ...(ca !== undefined && { ca: await fileOf('ca', ca) }),
      ...(certificate !== undefined && { cert: await fileOf('certificate', certificate) }),
      ...(key !== undefined && { key: await fileOf('key', key) }),
      ...(own && { cert: own.certificate, key: own.key }),
      rejectUnauthorized: true,
      manualConnect: true,
      reconnectPeriod: 0,
      connectTimeout: connectMs,
      keepalive: 60,
      queueQoSZero: false,
      resubscribe: false,
      reschedulePings: false,
    }
  }
}

function willOf({ topic, payload, retain }: Message, protocol: 5 | 4): NonNullable<IClientOptions['will']> {
  const json =
    protocol === 5 ? { properties: { contentType: 'application/json', payloadFormatIndicator: true } } : {}
  return { topic, payload: Buffer.from(payload), qos: 1, retain, ...json }
}

async function fileOf(setting: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // What stands there in place of a file's name may be the password itself.
    const what = setting === 'passwordFile' ? 'the file' : path
    throw new UplinkError('refused', `broker.${setting}: cannot read ${what} (${code})`, { cause: error })
  }
}
