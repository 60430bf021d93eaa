import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Child } from './children.ts'

/**
 * Debian's chrony as a child of the test, with everything in a folder of its own. With -x it never sets the
 * clock of this computer.
 */
export class Chrony extends Child {
  #directory = ''

  static async start(lines: string[]): Promise<Chrony> {
    const directory = await mkdtemp(join(tmpdir(), 'faccina-chrony-'))
    const file = join(directory, 'chrony.conf')
    const own = [`pidfile ${directory}/pid`, 'bindaddress 127.0.0.1', `bindcmdaddress ${directory}/socket`]
    await writeFile(file, `${[...own, ...lines].join('\n')}\n`)
    const chrony = new Chrony('chronyd', ['-d', '-x', '-u', 'root', '-f', file])
    chrony.#directory = directory
    await chrony.said(/Disabled control of system clock/)
    return chrony
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]()
    await rm(this.#directory, { recursive: true, force: true })
  }
}

/** A server that says it knows the time. */
export function startServer(port: number): Promise<Chrony> {
  return Chrony.start([`port ${port}`, 'cmdport 0', 'local stratum 5', 'allow 127.0.0.1'])
}

/** One that asks that server often, and answers chronyc at `cmdport`. */
export function startClient(server: string, cmdport: number): Promise<Chrony> {
  const source = `server 127.0.0.1 ${server} iburst minpoll -4 maxpoll 0`
  return Chrony.start(['port 0', `cmdport ${cmdport}`, 'bindcmdaddress 127.0.0.1', source])
}

/** A port of the loopback that no datagram socket has. */
export async function freeDatagramPort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address() as AddressInfo
  await new Promise<void>((resolve) => socket.close(resolve))
  return port
}
