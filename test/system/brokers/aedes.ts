import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import type { Aedes } from 'aedes'
import { freePort } from '../../contracts/free-port.ts'
import type { BrokerRig } from './rig.ts'

/** The broker that `faccina try` brings along, in this process: it keeps everything in memory, and forgets it. */
export async function openAedesRig(): Promise<BrokerRig> {
  const port = await freePort()
  let running = await run(port)
  return {
    name: 'aedes',
    url: `mqtt://127.0.0.1:${port}`,
    port,
    kill: () => running.end(),
    async start() {
      running = await run(port)
    },
    [Symbol.asyncDispose]: () => running.end(),
  }
}

async function run(port: number): Promise<{ end: () => Promise<void> }> {
  const { Aedes } = await import('aedes')
  const broker: Aedes = await Aedes.createBroker()
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket.once('close', () => sockets.delete(socket)))
    broker.handle(socket)
  }).listen(port, '127.0.0.1')
  await once(server, 'listening')
  let ended: Promise<void> | undefined
  const end = async () => {
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
    await new Promise<void>((resolve) => broker.close(() => resolve()))
  }
  return { end: () => (ended ??= end()) }
}
