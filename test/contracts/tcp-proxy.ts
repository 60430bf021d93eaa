import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A line between two sides that a test can cut, or turn into a black hole. Loopback only. */
export class TcpProxy implements AsyncDisposable {
  readonly port: number
  readonly #server: Server
  readonly #sockets: Set<Socket>
  #away = false

  private constructor(server: Server, sockets: Set<Socket>) {
    this.#server = server
    this.#sockets = sockets
    this.port = (server.address() as AddressInfo).port
  }

  /** @param delayMs how long everything takes in each direction */
  static async open(target: number, delayMs = 0): Promise<TcpProxy> {
    const sockets = new Set<Socket>()
    const server = createServer((near) => {
      if (proxy.#away) return void near.destroy()
      const far = connect(target, '127.0.0.1')
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(socket)
        socket.on('error', () => other.destroy())
        socket.on('close', () => {
          sockets.delete(socket)
          other.destroy()
        })
        if (delayMs === 0) socket.pipe(other)
        else socket.on('data', (data) => void setTimeout(() => other.write(data), delayMs))
      }
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const proxy = new TcpProxy(server, sockets)
    return proxy
  }

  /** How many connections stand, counted on both sides. */
  get sockets(): number {
    return this.#sockets.size
  }

  /** Ends every connection as a cut cable that somebody noticed. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Ends every connection as a router that has lost its memory: with a reset. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
  }

  /** Whether the other side is gone: then every connection ends, and each new one at once. */
  set away(away: boolean) {
    this.#away = away
    if (away) this.cut()
  }

  /** From now on nothing comes through, and nobody is told. */
  swallow(): void {
    for (const socket of this.#sockets) socket.unpipe().pause()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
