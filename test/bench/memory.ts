import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { end, openBroker, startDaemon } from './daemon.ts'
import type { Line } from './report.ts'

const idleMs = 10_000

/** Memory of `faccina run`, connected and idle, beside a bare Node. */
export async function benchMemory(directory: string): Promise<Line[]> {
  await using broker = await openBroker()
  const connected = broker.published('health')
  const daemon = await startDaemon(directory, broker.url)
  const bare = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' })
  try {
    await connected
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
    await end(daemon)
    await end(bare)
  }
}

async function residentMb(pid: number): Promise<number> {
  const kib = /VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]
  return (Number(kib) * 1024) / 1e6
}
