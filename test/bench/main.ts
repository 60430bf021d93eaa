import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SystemClock } from '../../src/system/clock.ts'
import { benchAppend } from './append.ts'
import { benchCollector } from './collector.ts'
import { benchDevice } from './device.ts'
import { benchDrain } from './drain.ts'
import { benchIdle } from './idle.ts'
import { fill } from './journals.ts'
import { benchPress } from './press.ts'
import { type Line, missed, print } from './report.ts'
import { benchReport } from './reports.ts'
import { benchScale } from './scale.ts'
import { benchReady, benchStart } from './start.ts'

/**
 * `npm run bench`: every budget, measured in one run, so that the ratios hold on any machine. Works in a
 * folder on a real disk below the current one (a tmpfs has no flush to measure).
 */
const built = join(fileURLToPath(import.meta.url), '..')
const million = 1_000_000

async function bench(clock: SystemClock): Promise<void> {
  const directory = await mkdtemp(join(built, 'bench-'))
  const lines: Line[] = []
  const measure = async (what: string, work: () => Promise<Line[]> | Line[]) => {
    process.stderr.write(`… ${what}\n`)
    lines.push(...(await work()))
  }
  try {
    const [empty, full] = [join(directory, 'empty'), join(directory, 'full')]
    process.stderr.write('… a journal with 1,000,000 votes waiting\n')
    await fill(join(empty, 'journal'), 0, clock)
    await fill(join(full, 'journal'), million, clock)
    await measure('ready', () => benchReady(empty))
    await measure('start', () => benchStart(empty, full))
    await measure('append, empty', () => benchAppend(join(directory, 'append'), '0', clock))
    await measure('append, 1,000,000 waiting', () => benchAppend(join(full, 'journal'), '1,000,000', clock))
    await measure('device, empty', () => benchDevice(directory, 0, clock))
    await measure('device, 1,000,000 waiting', () => benchDevice(directory, million, clock))
    await measure('press', () => benchPress(join(directory, 'press'), clock))
    await measure('idle', () => benchIdle(empty))
    await measure('drain', () => benchDrain(directory, clock))
    await measure('collector', () => benchCollector(directory))
    await measure('report', () => benchReport(directory))
    await measure('scale, 10,000 terminals', () => benchScale())
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
  print(lines)
  await writeFile(
    join(built, 'bench.json'),
    `${JSON.stringify({ node: process.version, lines }, undefined, 2)}\n`,
  )
  if (missed(lines).length > 0) process.exitCode = 1
}

using clock = SystemClock.open({ source: 'system' })
await bench(clock)
