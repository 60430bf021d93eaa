import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../src/ports/clock.ts'
import { openAt, press } from './journals.ts'
import { type Line, median } from './report.ts'

const rounds = 600
const warmUp = 100
const allowanceMs = 0.2

/** Appending a vote, against a raw 4 KiB write and fdatasync, in turn on the same disk. */
export async function benchAppend(directory: string, waiting: string, clock: Clock): Promise<Line[]> {
  await using journal = await openAt(directory, clock)
  const raw = await open(join(directory, 'raw'), 'w+')
  const block = Buffer.alloc(4096, 1)
  // As the journal's: a file whose size does not change any more.
  for (let i = 0; i < 64; i++) await raw.write(block, 0, block.length, i * block.length)
  await raw.sync()
  const ours: number[] = []
  const theirs: number[] = []
  for (let i = 0; i < rounds + warmUp; i++) {
    const start = performance.now()
    await raw.write(block, 0, block.length, (i % 64) * block.length)
    await raw.datasync()
    const between = performance.now()
    const sequence = await journal.record(press(clock))
    const end = performance.now()
    journal.settle(sequence)
    if (i < warmUp) continue
    theirs.push(between - start)
    ours.push(end - between)
  }
  await raw.close()
  const limit = 1.5 * median(theirs) + allowanceMs
  return [
    {
      name: `append p50, ${waiting} waiting`,
      value: median(ours),
      limit,
      unit: 'ms',
      how: `${rounds} votes in turn with a raw 4 KiB write + fdatasync (p50 ${median(theirs).toFixed(2)} ms); limit 1.5 × that + ${allowanceMs} ms`,
    },
  ]
}
