import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The built program, beside the built bench. */
const program = join(fileURLToPath(import.meta.url), '..', 'faccina.js')

export interface Broker extends AsyncDisposable {
  readonly url: string
  /** Resolves when a client publishes to a topic of this kind, e.g. `vote`. */
  published(kind: string): Promise<void>
}

/** A broker in this process, so that both ends are on one clock. */
export async function openBroker(): Promise<Broker> {
  const { Aedes } = await import('aedes')
  const aedes = await Aedes.createBroker()
  const server = createServer(aedes.handle).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    published: (kind) =>
      new Promise((resolve) => {
        const look = ({ topic }: { topic: string }) => {
          if (!topic.endsWith(`/${kind}`)) return
          aedes.off('publish', look)
          resolve()
        }
        aedes.on('publish', look)
      }),
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => aedes.close(resolve))
      server.close()
    },
  }
}

/** `faccina run` on a storage directory; `through` a command that runs it, with `more` settings. */
export async function startDaemon(
  directory: string,
  broker: string,
  nodeOptions: readonly string[] = [],
  { through = [], more = {} }: { through?: readonly string[]; more?: object } = {},
): Promise<ChildProcess> {
  const file = join(directory, 'faccina.yaml')
  const settings = {
    terminal: { municipality: 'c_e506', office: 'anagrafe', counter: '3' },
    broker: { url: broker },
    browser: { listen: '127.0.0.1:0' },
    storage: { directory, maxMebibytes: 1024 },
    clock: { source: 'system' },
    ...more,
  }
  await writeFile(file, JSON.stringify(settings))
  const [command = '', ...words] = [
    ...through,
    process.execPath,
    ...nodeOptions,
    program,
    'run',
    '--settings',
    file,
  ]
  return spawn(command, words, { stdio: ['ignore', 'ignore', 'pipe'] })
}

export async function end(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit')
  if (child.exitCode === null && child.kill('SIGKILL')) await exit
}
