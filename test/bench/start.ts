import { type Broker, end, openBroker, startDaemon } from './daemon.ts'
import { type Line, median } from './report.ts'

const pairs = 11

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
