import { type AddressInfo, createServer, type Server } from 'node:net'
import { loadMqtt } from '../broker/mqtt-js.ts'
import type { TryMessage } from '../panels/browser/try-routes.ts'
import { firstFree } from './first-free.ts'

export interface EmbeddedBroker extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** Everything that a subscriber of `#` receives, through a real subscription. */
  subscribe(listener: (message: TryMessage) => void): void
}

/** A small MQTT 3.1.1 broker in this process (aedes), for trying only: it keeps nothing, and lets anybody in. */
export async function openEmbeddedBroker({
  host,
  port,
}: {
  host: string
  port: number | undefined
}): Promise<EmbeddedBroker> {
  const [{ Aedes }, mqtt] = await Promise.all([import('aedes'), loadMqtt()])
  const aedes = await Aedes.createBroker()
  const listening = firstFree(port, 1883, (wanted) => listen(createServer(aedes.handle), host, wanted))
  const server = await listening.catch(async (error) => {
    // Its timers would keep the program from its end.
    await new Promise<void>((resolve) => aedes.close(resolve))
    throw error
  })
  const url = `mqtt://${host}:${(server.address() as AddressInfo).port}`
  const client = mqtt.connect(url, { clientId: 'faccina-try-page', protocolVersion: 4 })
  // It lives and dies with the broker beside it; an error of its socket is no reason to end.
  client.on('error', () => {})
  return {
    url,
    port: (server.address() as AddressInfo).port,
    subscribe(listener) {
      client.on('message', (topic, payload, { retain }) => {
        listener({
          topic,
          payload: parsed(payload.toString()),
          retained: retain,
          receivedAt: new Date().toISOString(),
        })
      })
      client.subscribe('#', { qos: 1 })
    },
    async [Symbol.asyncDispose]() {
      client.end(true)
      await new Promise<void>((resolve) => aedes.close(resolve))
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function listen(server: Server, host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const advice =
        error.code === 'EADDRINUSE'
          ? 'something else listens there; choose another with --broker-port'
          : error.message
      reject(new Error(`cannot open the broker on ${host}:${port}: ${advice}`, { cause: error }))
    })
    server.listen(port, host, () => resolve(server))
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
