import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** The first byte of a packet: its type, and its flags. */
export const first = { connect: 0x10, connack: 0x20, publish: 0x32, puback: 0x40, subscribe: 0x82 } as const

export interface Packet {
  first: number
  /** All behind the fixed header. */
  body: Buffer
}

/** A broker that says, byte for byte, what a test wants said. Loopback only. */
export interface ScriptedBroker extends AsyncDisposable {
  readonly url: string
}

/** @param answer is called with each packet of a client; `say` writes a packet back */
export async function openScriptedBroker(
  answer: (packet: Packet, say: (...bytes: number[]) => void, socket: Socket) => void,
): Promise<ScriptedBroker> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    let rest = Buffer.alloc(0)
    const say = (...bytes: number[]) => void socket.write(Buffer.from(bytes))
    socket.on('error', () => {})
    socket.on('data', (data) => {
      rest = Buffer.concat([rest, data])
      for (let packet = take(); packet; packet = take()) answer(packet, say, socket)
    })
    const take = (): Packet | undefined => {
      const header = headerOf(rest)
      if (!header || rest.length < header.end) return undefined
      const packet = { first: rest[0]!, body: rest.subarray(header.start, header.end) }
      rest = rest.subarray(header.end)
      return packet
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Where a packet's body begins and ends: its length is in base 128, lowest digit first. */
function headerOf(bytes: Buffer): { start: number; end: number } | undefined {
  let length = 0
  for (let i = 1; i < 5; i++) {
    const byte = bytes[i]
    if (byte === undefined) return undefined
    length += (byte & 127) * 128 ** (i - 1)
    if (byte < 128) return { start: i + 1, end: i + 1 + length }
  }
  return undefined
}

/** The packet identifier of a PUBLISH with QoS 1: behind its topic. */
export function identifierOf({ body }: Packet): [number, number] {
  const at = 2 + body.readUInt16BE(0)
  return [body[at]!, body[at + 1]!]
}
