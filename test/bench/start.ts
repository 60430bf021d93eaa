import { execFileSync } from 'node:child_process'
import type { Clock } from '../../src/ports/clock.ts'
import { openAt } from './journals.ts'
import { type Line, median } from './report.ts'

const pairs = 15

/** In a process of its own: opens the journal and finds the next unsent vote. */
export async function startOnce(directory: string, clock: Clock): Promise<void> {
  await using journal = await openAt(directory, clock)
  const item = await journal.reader().next()
  console.log(item ? `next is ${item.position.sequence}` : 'nothing waits')
}

/** From the start of a process to the next unsent vote, empty and with a million waiting, in turn. */
export function benchStart(self: string, empty: string, full: string): Line[] {
  const times: Record<'empty' | 'full', number[]> = { empty: [], full: [] }
  const ratios: number[] = []
  for (let i = 0; i < pairs + 2; i++) {
    const [a, b] = [timed(self, empty), timed(self, full)]
    if (i < 2) continue
    times.empty.push(a)
    times.full.push(b)
    ratios.push(b / a)
  }
  return [
    {
      name: 'start → next unsent vote, 1,000,000 waiting',
      value: median(ratios),
      limit: 1.1,
      unit: '× empty',
      how: `whole processes in ${pairs} pairs: empty ${median(times.empty).toFixed(0)} ms, full ${median(times.full).toFixed(0)} ms`,
    },
  ]
}

function timed(self: string, directory: string): number {
  const start = performance.now()
  execFileSync(process.execPath, [self, '--start', directory])
  return performance.now() - start
}
