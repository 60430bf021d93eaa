import { execFile } from 'node:child_process'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { open, readFile, rm, stat, statfs } from 'node:fs/promises'
import { connect, isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import type { Address, Shown } from './broker.ts'
import { interfacesIn } from './network.ts'
import type { StorageLook } from './storage.ts'
import type { Accounts } from './user.ts'

/* What the checks ask of this computer. Nothing is changed. */

export async function readAccounts(): Promise<Accounts> {
  return {
    uid: process.getuid?.() ?? 0,
    groups: process.getgroups?.() ?? [],
    passwd: await text('/etc/passwd'),
    group: await text('/etc/group'),
  }
}

export const storageLook: StorageLook = {
  async stat(path) {
    const found = await stat(path)
    return { uid: found.uid, directory: found.isDirectory() }
  },
  async trySync(directory) {
    const file = join(directory, `.faccina-doctor-${process.pid}`)
    // Never over something that is there already.
    const handle = await open(file, 'wx', 0o600)
    try {
      await handle.writeFile(Buffer.alloc(4096))
      const began = performance.now()
      await handle.datasync()
      return performance.now() - began
    } finally {
      await handle.close().catch(() => {})
      await rm(file, { force: true })
    }
  },
  async freeBytes(directory) {
    const { bavail, bsize } = await statfs(directory)
    return bavail * bsize
  },
  mounts: () => text('/proc/self/mounts'),
}

export async function upInterfaces(): Promise<string[]> {
  let known: ReturnType<typeof networkInterfaces>
  try {
    known = networkInterfaces()
  } catch {
    // The service may not ask the kernel by netlink; what has an address has a route.
    return interfacesIn(...(await routes()))
  }
  return Object.entries(known).flatMap(([name, addresses = []]) =>
    addresses.some(({ internal }) => !internal) ? [name] : [],
  )
}

export async function routes(): Promise<[route: string, route6: string]> {
  return [await text('/proc/net/route'), await text('/proc/net/ipv6_route')]
}

export async function addressesOf(host: string): Promise<string[]> {
  return [...new Set((await lookup(host, { all: true })).map(({ address }) => address))]
}

/** Resolves once a connection stands, which is closed again. */
export async function tryPort({ host, port }: Address, signal: AbortSignal): Promise<void> {
  const socket = connect({ host, port, signal })
  try {
    await once(socket, 'connect', { signal })
  } finally {
    socket.on('error', () => {}).destroy()
  }
}

/** A handshake that ends whatever the broker shows, so that it can be told what is wrong with it. */
export async function shakeHands(
  { host, port }: Address,
  files: { ca?: string | undefined; certificate?: string | undefined; key?: string | undefined },
  signal: AbortSignal,
): Promise<Shown> {
  const name = isIP(host) === 0 ? { servername: host } : {}
  const options: ConnectionOptions = { host, port, ...name, rejectUnauthorized: false }
  if (files.ca !== undefined) options.ca = await readFile(files.ca)
  if (files.certificate !== undefined) options.cert = await readFile(files.certificate)
  if (files.key !== undefined) options.key = await readFile(files.key)
  const socket = connectTls(options)
  try {
    await once(socket, 'secureConnect', { signal })
    const certificate = socket.getPeerCertificate()
    // By its documentation an Error; Node has always put the code there, also where only the name is wrong.
    const untrusted = socket.authorizationError as Error | string | undefined
    const distrust = untrusted && codeOrText(untrusted)
    return {
      protocol: socket.getProtocol() ?? '',
      ...(distrust && { distrust }),
      validFrom: certificate.valid_from,
      validTo: certificate.valid_to,
    }
  } finally {
    socket.on('error', () => {}).destroy()
  }
}

function codeOrText(error: Error | string): string {
  return typeof error === 'string' ? error : ((error as NodeJS.ErrnoException).code ?? error.message)
}

/** What a program says, also where it ends badly; undefined where there is none. */
export function saidBy(command: string, args: string[], signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(command, args, { signal, timeout: 5_000 }, (error, stdout) =>
      resolve(error && typeof error.code === 'string' ? undefined : stdout),
    )
  })
}

function text(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '')
}
