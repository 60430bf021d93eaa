import type { Test } from 'tap'
import { Child } from './children.ts'
import { run } from './file-systems.ts'

/** Both sides of a link, for the commands that make it slow or lossy. */
export interface LinkSides {
  near: string
  far: string
  /** Runs a command on the far side. */
  there: (...command: string[]) => void
}

/** A broker's address behind a real network link of its own. */
export interface Link extends AsyncDisposable {
  readonly host: string
  readonly port: number
}

/** Takes connections on the far side; a unix socket leads out of its network again. */
const relay = `
  const net = require('node:net')
  const [host, path] = process.argv.slice(1)
  net.createServer((near) => {
    const far = net.connect(path)
    for (const [a, b] of [[near, far], [far, near]]) {
      a.on('error', () => b.destroy()).on('close', () => b.destroy())
      a.pipe(b)
    }
  }).listen(1883, host, () => console.log('listening'))
`

/** Where to begin with the addresses, so that two runs at a time are not in each other's way. */
let next = process.pid

/**
 * A network namespace behind a pair of virtual cables, and in it an address that leads to the broker that
 * listens on a unix socket. Root only.
 */
export async function openLink(test: Test, socket: string, spoil: (sides: LinkSides) => void): Promise<Link> {
  const number = (next++ % 250) + 1
  const name = `faccina${number}`
  const [near, far, host] = [`${name}-n`, `${name}-f`, `10.213.${number}.2`]
  const there = (...command: string[]) => void run('ip', 'netns', 'exec', name, ...command)
  run('ip', 'netns', 'add', name)
  // The cable goes with the network on its far side.
  test.teardown(() => run('ip', 'netns', 'del', name))
  run('ip', 'link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', name)
  run('ip', 'addr', 'add', `10.213.${number}.1/24`, 'dev', near)
  run('ip', 'link', 'set', near, 'up')
  there('ip', 'addr', 'add', `${host}/24`, 'dev', far)
  there('ip', 'link', 'set', far, 'up')
  const child = new Child('ip', ['netns', 'exec', name, process.execPath, '-e', relay, host, socket])
  await child.said(/listening/)
  spoil({ near, far, there })
  return { host, port: 1883, [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() }
}
