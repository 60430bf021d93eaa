import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { plainly } from '../../plainly.ts'

export type BrokerName = 'mosquitto' | 'rabbitmq' | 'nats' | 'aedes'

/** A broker on a port of the loopback, which it keeps for its whole life; it takes anybody. */
export interface BrokerRig extends AsyncDisposable {
  readonly name: BrokerName
  /** `mqtt://127.0.0.1:PORT` */
  readonly url: string
  readonly port: number
  /** Ends it as a power cut would, and resolves when it is gone. */
  kill(): Promise<void>
  /** Starts it again, with what its disk has kept; resolves when it takes connections. */
  start(): Promise<void>
}

/** How one kind of broker is run, as a plain process. */
export interface Recipe {
  name: BrokerName
  port: number
  /** Where it keeps what it keeps. */
  directory: string
  command: string
  args: string[]
  env?: Record<string, string>
  /** A start may take so long. */
  startMs: number
}

/** Runs a recipe; the folder goes with it. */
export async function runRecipe(recipe: Recipe, also: AsyncDisposable[] = []): Promise<BrokerRig> {
  const { name, port, directory } = recipe
  let process_ = await started(recipe)
  const rig: BrokerRig = {
    name,
    url: `mqtt://127.0.0.1:${port}`,
    port,
    kill: () => process_.end('SIGKILL'),
    async start() {
      process_ = await started(recipe)
    },
    async [Symbol.asyncDispose]() {
      await process_.end('SIGKILL')
      for (const part of also) await part[Symbol.asyncDispose]()
      await rm(directory, { recursive: true, force: true, maxRetries: 5 })
    },
  }
  return rig
}

export function brokerFolder(name: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `faccina-${name}-`))
}

interface Running {
  end(signal: NodeJS.Signals): Promise<void>
}

async function started(recipe: Recipe): Promise<Running> {
  const { name, port, startMs } = recipe
  const running = runGroup(recipe)
  const end = performance.now() + startMs
  while (performance.now() < end && !running.hasEnded()) {
    if (await takesConnections(port)) return running
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await running.end('SIGKILL')
  throw new Error(`${name} does not listen on ${port}: ${running.said().slice(-2000)}`)
}

/** A program in a process group of its own, so that what it starts ends with it. */
export function runGroup({
  command,
  args,
  env = {},
  directory,
}: Pick<Recipe, 'command' | 'args' | 'env' | 'directory'>): Running & {
  hasEnded(): boolean
  said(): string
} {
  const child = spawn(...plainly(command, args), {
    cwd: directory,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-20_000)
    })
  const closed = once(child, 'close')
  closed.catch((error: Error) => {
    said += `${command}: ${error.message}; is its package installed?`
  })
  let ended = false
  const seeEnd = () => {
    ended = true
  }
  child.on('close', seeEnd).on('error', seeEnd)
  return {
    hasEnded: () => ended,
    said: () => said,
    async end(signal) {
      if (ended) return
      // All of the group: a script that waits for the broker would outlive it, or the other way round.
      if (child.pid !== undefined) process.kill(-child.pid, signal)
      await closed.catch(() => {})
    },
  }
}

async function takesConnections(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const connected = await once(socket, 'connect').then(
    () => true,
    () => false,
  )
  socket.destroy()
  return connected
}
