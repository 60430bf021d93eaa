import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type Broker, end, openBroker, startDaemon } from './daemon.ts'
import { serviceNodeOptions } from './node-options.ts'
import { type Line, median } from './report.ts'

const pairs = 11

/** From the start of `faccina run` to its READY, beside a bare Node that has nothing to do. */
export async function benchReady(directory: string): Promise<Line[]> {
  const ours: number[] = []
  const theirs: number[] = []
  for (let i = 0; i < pairs + 2; i++) {
    const times = [await untilReady(directory), await untilEnded()] as const
    if (i < 2) continue
    ours.push(times[0])
    theirs.push(times[1])
  }
  return [
    {
      name: 'start → READY',
      value: median(ours) / median(theirs),
      limit: 2,
      unit: '× bare Node',
      how: `\`faccina run\` without a broker ${median(ours).toFixed(0)} ms, \`node -e 0\` ${median(theirs).toFixed(0)} ms, ${pairs} times in turn`,
    },
  ]
}

async function untilReady(directory: string): Promise<number> {
  const start = performance.now()
  const daemon = await startDaemon(directory, 'mqtt://127.0.0.1:1', await serviceNodeOptions())
  let said = ''
  for await (const text of daemon.stderr!) {
    said += text
    if (/^\S+ info {2}ready$/m.test(said)) break
  }
  const time = performance.now() - start
  await end(daemon)
  return time
}

async function untilEnded(): Promise<number> {
  const start = performance.now()
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit')
  return performance.now() - start
}

/** From the start of `faccina run` to what it first has to say, empty and with a million waiting, in turn. */
export async function benchStart(empty: string, full: string): Promise<Line[]> {
  await using broker = await openBroker()
  const times: Record<'empty' | 'full', number[]> = { empty: [], full: [] }
  const ratios: number[] = []
  for (let i = 0; i < pairs + 2; i++) {
    const a = await untilPublished(empty, 'state', broker)
    const b = await untilPublished(full, 'vote', broker)
    if (i < 2) continue
    times.empty.push(a)
    times.full.push(b)
    ratios.push(b / a)
  }
  const ms = (values: number[]) => `${median(values).toFixed(0)} ms`
  return [
    {
      name: 'start → next unsent vote, 1,000,000 waiting',
      value: median(ratios),
      limit: 1.1,
      unit: '× empty',
      how: `\`faccina run\` in ${pairs} pairs, from its start to the first unsent vote at the broker ${ms(times.full)}, empty to its birth message ${ms(times.empty)}`,
    },
  ]
}

async function untilPublished(directory: string, kind: string, broker: Broker): Promise<number> {
  const published = broker.published(kind)
  const start = performance.now()
  const daemon = await startDaemon(directory, broker.url)
  await published
  const time = performance.now() - start
  await end(daemon)
  return time
}
