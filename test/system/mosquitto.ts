import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../contracts/free-port.ts'

/** Debian's mosquitto as a child of the test, on a free port of the loopback. */
export interface Mosquitto extends AsyncDisposable {
  readonly port: number
  readonly directory: string
  readonly pid: number
  signal(signal: NodeJS.Signals): void
  /** Ends it as a power cut would. */
  kill(): Promise<void>
}

/** @param settings further lines of its configuration; `$DIR` is its own directory, `files` are put there first. */
export async function openMosquitto(
  settings: string[] = ['allow_anonymous true'],
  files: Record<string, string> = {},
  wanted?: number,
): Promise<Mosquitto> {
  const directory = await mkdtemp(join(tmpdir(), 'faccina-mosquitto-'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text)
  const port = wanted ?? (await freePort())
  // By default it drops what a subscriber has not taken, from the thousandth message on.
  const patient = 'max_queued_messages 0'
  const lines = [`listener ${port} 127.0.0.1`, 'persistence false', patient, ...settings]
  // Run by root it would change to a user who cannot read the directory.
  if (process.getuid?.() === 0) lines.unshift('user root')
  const configuration = join(directory, 'mosquitto.conf')
  await writeFile(configuration, `${lines.join('\n').replaceAll('$DIR', directory)}\n`)
  const child = spawn('mosquitto', ['-c', configuration], { stdio: ['ignore', 'ignore', 'pipe'] })
  const said: string[] = []
  child.stderr.on('data', (data) => said.push(String(data)))
  await listening(port, child, said)
  const end = async (signal: NodeJS.Signals) => {
    const ended = once(child, 'exit')
    if (child.exitCode === null && child.signalCode === null && child.kill(signal)) await ended
  }
  return {
    port,
    directory,
    pid: child.pid!,
    signal: (signal) => void child.kill(signal),
    kill: () => end('SIGKILL'),
    async [Symbol.asyncDispose]() {
      await end('SIGTERM')
      await rm(directory, { recursive: true })
    },
  }
}

/** Tries until the port takes connections: mosquitto does not say when it is ready. */
async function listening(port: number, child: ChildProcess, said: string[]): Promise<void> {
  const end = performance.now() + 10_000
  while (performance.now() < end) {
    if (child.exitCode !== null) throw new Error(`mosquitto ended: ${said.join('')}`)
    const socket = connect(port, '127.0.0.1')
    const connected = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (connected) return
  }
  child.kill('SIGTERM')
  throw new Error('mosquitto does not listen')
}
