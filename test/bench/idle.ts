import { spawn } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { end, openBroker, startDaemon } from './daemon.ts'
import { serviceNodeOptions } from './node-options.ts'
import type { Line } from './report.ts'

const settleMs = 10_000
const idleMs = 30_000

/** Memory, processor and wake-ups of `faccina run`, connected, with a browser panel that nobody looks at. */
export async function benchIdle(directory: string): Promise<Line[]> {
  await using broker = await openBroker()
  const connected = broker.published('health')
  const daemon = await startDaemon(directory, broker.url, await serviceNodeOptions())
  const bare = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' })
  try {
    await connected
    await pass(settleMs)
    const [ours, theirs] = [await residentMb(daemon.pid!), await residentMb(bare.pid!)]
    const before = await usage(daemon.pid!)
    await pass(idleMs)
    const after = await usage(daemon.pid!)
    const seconds = idleMs / 1000
    return [
      {
        name: 'resident memory, idle',
        value: ours,
        limit: 60,
        unit: 'MB',
        how: `VmRSS ${settleMs / 1000} s after the connection, with what the service gives Node; a bare Node has ${theirs.toFixed(0)} MB`,
      },
      {
        name: 'processor, idle',
        value: ((after.seconds - before.seconds) / seconds) * 100,
        limit: 0.5,
        unit: '% of a core',
        how: `${seconds} s of /proc/PID/stat, a tick is 10 ms; the faces of a browser panel are moved by the browser`,
      },
      {
        name: 'wake-ups, idle',
        value: (after.wakeUps - before.wakeUps) / seconds,
        unit: 'a second',
        how: 'voluntary context switches of all its threads',
      },
    ]
  } finally {
    await end(daemon)
    await end(bare)
  }
}

const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function residentMb(pid: number): Promise<number> {
  return megabytes(pid, 'VmRSS')
}

/** The most that a process has had at a time. */
export function mostMb(pid: number): Promise<number> {
  return megabytes(pid, 'VmHWM')
}

async function megabytes(pid: number, name: string): Promise<number> {
  const kib = new RegExp(`${name}:\\s+(\\d+) kB`).exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]
  return (Number(kib) * 1024) / 1e6
}

/** What all its threads have had so far. */
export async function usage(pid: number): Promise<{ seconds: number; wakeUps: number }> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]!.split(' ')
  let wakeUps = 0
  for (const thread of await readdir(`/proc/${pid}/task`)) {
    const status = await readFile(`/proc/${pid}/task/${thread}/status`, 'utf8')
    wakeUps += Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1])
  }
  return { seconds: (Number(fields[11]) + Number(fields[12])) / 100, wakeUps }
}
