import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below those that Linux gives to who asks for none, so that no connection and no port 0 takes one of them. */
const [first, behind] = [20_000, 32_000]
const attempts = 100

/**
 * A TCP port of the loopback that nobody listens on. It is the caller's until its process ends: no other test
 * is given it, not even while the broker that belongs there is down. The mark for that is the UDP port of the
 * same number, which nothing else wants.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = first + Math.floor(Math.random() * (behind - first))
    if ((await reserve(port)) && (await isFree(port))) return port
  }
  throw new Error(`none of ${attempts} ports from ${first} to ${behind - 1} was free`)
}

async function reserve(port: number): Promise<boolean> {
  const mark = createSocket('udp4').unref()
  try {
    mark.bind({ port, address: '127.0.0.1', exclusive: true })
    await once(mark, 'listening')
    return true
  } catch {
    mark.close()
    return false
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen({ port, host: '127.0.0.1', exclusive: true })
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
