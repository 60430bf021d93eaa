import { readFile } from 'node:fs/promises'
import { MqttUplink, type MqttUplinkOptions } from '../broker/mqtt-uplink.ts'
import type { Certificates, Renewal } from '../ports/certificates.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Uplink } from '../ports/uplink.ts'
import type { Settings } from '../settings/index.ts'
import { type Identity, openIdentity, type Pair } from '../system/identity/identity.ts'
import { factsIn } from '../system/identity/judge.ts'

/** The way to the broker, and what the terminal is known by there. */
export interface BrokerParts {
  uplink: Uplink
  /** Where TLS is spoken. */
  certificates?: Certificates
}

/** A file that the settings name is used as it is; else the terminal shows its own certificate, once it has one. */
export function composeBroker(
  { broker, delivery, storage, terminal }: Settings,
  url: string,
  { clock, log }: { clock: Clock; log: Log },
): BrokerParts {
  const options = { ...broker, url, acknowledgementMs: delivery.acknowledgementSeconds * 1000, clock }
  if (!url.startsWith('mqtts:')) return { uplink: new MqttUplink(options) }
  const { certificate } = broker
  if (certificate !== undefined)
    return { uplink: new MqttUplink(options), certificates: { current: () => factsOfFile(certificate) } }
  const identity = remembered(() => openIdentity(storage.directory))
  const { ca } = broker
  const renewal: Renewal = {
    request: async () => (await identity()).request(terminal),
    stage: async (pem, { wall, synchronised }) =>
      (await identity()).stage(pem, { wall, synchronised, terminal, ...(ca !== undefined && { ca }) }),
    adopt: async () => (await identity()).adopt(),
    discard: async () => (await identity()).discard(),
    trial: uplinkWith(options, identity, 'trial', log),
  }
  const current = async () => (await identity()).facts()
  return { uplink: uplinkWith(options, identity, 'current', log), certificates: { current, renewal } }
}

type OpenIdentity = () => Promise<Identity>

function uplinkWith(
  options: MqttUplinkOptions,
  identity: OpenIdentity,
  which: 'current' | 'trial',
  log: Log,
): MqttUplink {
  const pair = async (): Promise<Pair | undefined> => {
    try {
      return await (await identity()).pair(which)
    } catch (error) {
      if (which === 'trial') throw error
      // A password may still let us in; if not, the broker says what it misses.
      log.warn('no certificate of our own', { problem: error })
      return undefined
    }
  }
  // While it is tried the terminal stays connected: no two clients may share an id.
  const clientId = which === 'trial' ? `${options.clientId}-renewal` : options.clientId
  return new MqttUplink({ ...options, clientId, pair })
}

async function factsOfFile(file: string) {
  try {
    return factsIn(await readFile(file, 'utf8'))
  } catch {
    // What is wrong with it the uplink says, who needs it.
    return undefined
  }
}

/** Tried again until it has worked once. */
function remembered<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined
  return () => {
    opened ??= open().catch((error) => {
      opened = undefined
      throw error
    })
    return opened
  }
}
