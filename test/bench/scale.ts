import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../contracts/free-port.ts'
import { end } from './daemon.ts'
import type { Line } from './report.ts'

/** The built program, beside the built bench. */
const program = join(fileURLToPath(import.meta.url), '..', 'faccina.js')
const terminals = 10_000
/** Files besides the connections: of mosquitto and of Node. */
const ownFiles = 100
/** A little more than the keep-alive time: each connection has pinged once. */
const idleMs = 65_000

/**
 * As many terminals as a large region has, each with its own connection, its will and its two subscriptions,
 * on one mosquitto with one subscriber that takes everything. Needs Debian's mosquitto and mosquitto-clients.
 */
export async function benchScale(count = terminals): Promise<Line[]> {
  const name = `${count.toLocaleString('en')} terminals on one mosquitto`
  const files = await allowedFiles()
  if (files < count + ownFiles)
    return [{ name, why: `it needs ${count + ownFiles} open files, and ${files} are allowed (ulimit -n)` }]
  const directory = await mkdtemp(join(tmpdir(), 'faccina-bench-'))
  const broker = await startMosquitto(directory).catch(() => undefined)
  if (!broker) {
    await rm(directory, { recursive: true })
    return [{ name, why: 'mosquitto and mosquitto_sub are not installed' }]
  }
  try {
    return await measure(broker, count, name)
  } finally {
    await end(broker.subscriber)
    await end(broker.process)
    await rm(directory, { recursive: true })
  }
}

interface Running {
  port: number
  process: ChildProcess
  subscriber: ChildProcess
}

interface Result {
  connectSeconds: number
  seconds: number
  messages: number
  bytes: number
  truth: { votes: number }
}

async function measure(broker: Running, count: number, name: string): Promise<Line[]> {
  const brokerPid = broker.process.pid!
  const empty = await usageOf(brokerPid)
  const simulator = spawn(process.execPath, [
    ...[program, 'simulate', '--broker', `mqtt://127.0.0.1:${broker.port}`, '--terminals', `${count}`],
    ...['--days', '1', '--from', '2026-05-04', '--connections', 'terminal', '--wait', 'stopped', '--json'],
  ])
  try {
    let json = ''
    simulator.stdout.on('data', (data) => {
      json += data
    })
    await said(simulator, /connections stand/)
    const [brokerFull, simulatorFull] = [await usageOf(brokerPid), await usageOf(simulator.pid!)]
    const begun = performance.now()
    await said(simulator, /all is published/)
    const [brokerWorked, simulatorWorked] = [await usageOf(brokerPid), await usageOf(simulator.pid!)]
    const busySeconds = (performance.now() - begun) / 1000
    await new Promise((resolve) => setTimeout(resolve, idleMs))
    const brokerIdle = await usageOf(brokerPid)
    simulator.kill('SIGINT')
    await once(simulator, 'exit')
    const result = JSON.parse(json) as Result
    const cpu = (from: Usage, to: Usage, seconds: number) =>
      (100 * (to.cpuSeconds - from.cpuSeconds)) / seconds
    const each = (from: Usage, to: Usage) => (to.residentBytes - from.residentBytes) / count / 1024
    const line = (what: string, value: number, unit: string, how: string): Line => ({
      name: `${name}: ${what}`,
      value,
      unit,
      how,
    })
    return [
      line(
        'connecting',
        result.connectSeconds,
        's',
        'until each has its CONNACK and two SUBACKs; 64 at a time',
      ),
      line(
        'mosquitto, each connection',
        each(empty, brokerFull),
        'KiB',
        'VmRSS with all connected, less without',
      ),
      line(
        'mosquitto, all',
        brokerWorked.residentBytes / 1e6,
        'MB',
        'VmRSS when a day was published, retained messages too',
      ),
      line(
        'simulator, all',
        simulatorWorked.residentBytes / 1e6,
        'MB',
        `VmRSS; ${(simulatorFull.residentBytes / 1e6).toFixed(0)} MB when all were connected`,
      ),
      line(
        'messages',
        result.messages / result.seconds,
        '1/s',
        `${result.messages} of one day, QoS 1 in and out to one mosquitto_sub; ${result.truth.votes} votes`,
      ),
      line('bytes of a message', result.bytes / result.messages, 'bytes', 'topic and payload, all kinds'),
      line(
        'mosquitto, busy',
        cpu(brokerFull, brokerWorked, busySeconds),
        '% of a core',
        'utime + stime while publishing',
      ),
      line(
        'simulator, busy',
        cpu(simulatorFull, simulatorWorked, busySeconds),
        '% of a core',
        'utime + stime while publishing',
      ),
      line(
        'mosquitto, idle',
        cpu(brokerWorked, brokerIdle, idleMs / 1000),
        '% of a core',
        `${idleMs / 1000} s with all connected, keep-alive 60 s`,
      ),
    ]
  } finally {
    await end(simulator)
  }
}

/** How many files a process may open; Node raises what it can by itself. */
async function allowedFiles(): Promise<number> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '')
  return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? 0)
}

async function startMosquitto(directory: string): Promise<Running> {
  const port = await freePort()
  const lines = [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    'persistence false',
    'max_queued_messages 0',
  ]
  if (process.getuid?.() === 0) lines.unshift('user root')
  const file = join(directory, 'mosquitto.conf')
  await writeFile(file, `${lines.join('\n')}\n`)
  const broker = spawn('mosquitto', ['-c', file], { stdio: 'ignore' })
  await once(broker, 'spawn')
  await listening(port)
  const topics = ['-q', '1', '-t', 'faccina/1/#', '-F', '']
  const subscriber = spawn('mosquitto_sub', ['-p', `${port}`, ...topics], { stdio: 'ignore' })
  try {
    await once(subscriber, 'spawn')
  } catch (error) {
    await end(broker)
    throw error
  }
  return { port, process: broker, subscriber }
}

/** It does not say when it is ready. */
async function listening(port: number): Promise<void> {
  const until = performance.now() + 10_000
  while (performance.now() < until) {
    const socket = connect(port, '127.0.0.1')
    const connected = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (connected) return
  }
  throw new Error('mosquitto does not listen')
}

interface Usage {
  residentBytes: number
  cpuSeconds: number
}

/** Ticks of utime and stime in proc_pid_stat(5); 100 a second on every Linux that Debian builds. */
const ticksASecond = 100

async function usageOf(pid: number): Promise<Usage> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ')
  return {
    residentBytes: Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024,
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksASecond,
  }
}

/** Rejects when the program ends before it has said it. */
function said(child: ChildProcess, words: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = ''
    const look = (data: Buffer) => {
      text += data
      if (words.test(text)) finish(resolve)
    }
    const gone = () => finish(() => reject(new Error(`the simulator ended: ${text}`)))
    const finish = (settle: () => void) => {
      child.stderr!.off('data', look)
      child.off('exit', gone)
      settle()
    }
    child.stderr!.on('data', look)
    child.on('exit', gone)
  })
}
