import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import type { Line } from './report.ts'

const idleMs = 10_000

/** Memory of `faccina run`, connected and idle, beside a bare Node. */
export async function benchMemory(directory: string, program: string): Promise<Line[]> {
  const { Aedes } = await import('aedes')
  const aedes = await Aedes.createBroker()
  const server = createServer(aedes.handle).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const file = join(directory, 'faccina.yaml')
  await writeFile(
    file,
    JSON.stringify({
      terminal: { municipality: 'c_e506', office: 'anagrafe', counter: '3' },
      broker: { url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}` },
      browser: { listen: '127.0.0.1:0' },
      storage: { directory: join(directory, 'store') },
      clock: { source: 'system' },
    }),
  )
  const daemon = spawn(process.execPath, [program, 'run', '--settings', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const bare = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' })
  try {
    await said(daemon, /connected/)
    await new Promise((resolve) => setTimeout(resolve, idleMs))
    const [ours, theirs] = [await residentMb(daemon.pid!), await residentMb(bare.pid!)]
    return [
      {
        name: 'resident memory of `faccina run`, idle',
        value: ours,
        limit: 90,
        unit: 'MB',
        how: `VmRSS ${idleMs / 1000} s after the connection; a bare Node has ${theirs.toFixed(0)} MB`,
      },
    ]
  } finally {
    daemon.kill('SIGKILL')
    bare.kill('SIGKILL')
    await new Promise<void>((resolve) => aedes.close(resolve))
    server.close()
  }
}

async function residentMb(pid: number): Promise<number> {
  const kib = /VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]
  return (Number(kib) * 1024) / 1e6
}

function said(child: ChildProcess, pattern: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stderr!.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      if (pattern.test(text)) resolve()
    })
    child.once('exit', () => reject(new Error(`faccina run ended:\n${text}`)))
  })
}
