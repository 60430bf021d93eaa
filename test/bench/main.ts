import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { SystemClock } from '../../src/system/clock.ts'
import { benchAppend } from './append.ts'
import { benchCollector } from './collector.ts'
import { benchDevice } from './device.ts'
import { benchDrain } from './drain.ts'
import { benchIdle } from './idle.ts'
import { fill } from './journals.ts'
import { benchOthers } from './others.ts'
import { benchPress } from './press.ts'
import { type Line, missed, print } from './report.ts'
import { benchReport } from './reports.ts'
import { benchScale } from './scale.ts'
import { benchReady, benchStart } from './start.ts'
import { benchUsb } from './usb.ts'

const million = 1_000_000
/** The run that the next ones are compared with. For programs that npm runs, which start in the project's folder. */
const lastFile = 'test/bench/last.json'

interface Place {
  directory: string
  clock: SystemClock
  /** A storage directory with so many votes waiting, made when it is first wanted. */
  store(waiting: number): Promise<string>
}

const parts: Record<string, (place: Place) => Promise<Line[]>> = {
  ready: async ({ store }) => benchReady(await store(0)),
  start: async ({ store }) => benchStart(await store(0), await store(million)),
  append: async ({ directory, clock, store }) => [
    ...(await benchAppend(join(directory, 'append'), '0', clock)),
    ...(await benchAppend(join(await store(million), 'journal'), '1,000,000', clock)),
  ],
  device: async ({ directory, clock }) => [
    ...(await benchDevice(directory, 0, clock)),
    ...(await benchDevice(directory, million, clock)),
  ],
  others: ({ directory, clock }) => benchOthers(directory, clock),
  press: ({ directory, clock }) => benchPress(join(directory, 'press'), clock),
  usb: ({ directory }) => benchUsb(directory),
  idle: async ({ store }) => benchIdle(await store(0)),
  drain: ({ directory, clock }) => benchDrain(directory, clock),
  collector: ({ directory }) => benchCollector(directory),
  report: ({ directory }) => benchReport(directory),
  scale: () => benchScale(),
}

const usage = `Usage: npm run bench [-- [--keep] [PART …]]

Every budget, measured in one run, so that the ratios hold on any machine; beside it its limit, and what it was in
the run that was kept last. The exit code is 1 if a limit is missed.

  PART     only these: ${Object.keys(parts).join(', ')}
  --keep   the next runs are compared with this one (${lastFile})
  --help   this text
`

/** Works in a folder on a real disk below the current one: a tmpfs has no flush to measure. */
async function bench(names: readonly string[], keep: boolean): Promise<void> {
  using clock = SystemClock.open({ source: 'system' })
  const directory = await mkdtemp(join(fileURLToPath(import.meta.url), '..', 'bench-'))
  const lines: Line[] = []
  const stores = new Map<number, Promise<string>>()
  const make = async (waiting: number) => {
    const folder = join(directory, `store-${waiting}`)
    await fill(join(folder, 'journal'), waiting, clock)
    return folder
  }
  const store = (waiting: number) => {
    const made = stores.get(waiting) ?? make(waiting)
    stores.set(waiting, made)
    return made
  }
  try {
    for (const [at, name] of names.entries()) {
      process.stderr.write(`… ${name} (${at + 1} of ${names.length})\n`)
      lines.push(...(await parts[name]!({ directory, clock, store })))
    }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
  const run = { at: new Date().toISOString(), node: process.version, cpu: process.arch, lines }
  print(lines, await lastRun())
  const text = `${JSON.stringify(run, undefined, 2)}\n`
  await writeFile('dist/bench.json', text)
  if (keep) await writeFile(lastFile, text)
  if (missed(lines).length > 0) process.exitCode = 1
}

/** What each was in the run that was kept. */
async function lastRun(): Promise<Map<string, number>> {
  const text = await readFile(lastFile, 'utf8').catch(() => '{"lines":[]}')
  const { lines } = JSON.parse(text) as { lines: Line[] }
  return new Map(lines.flatMap((line) => ('value' in line ? [[line.name, line.value]] : [])))
}

const { values, positionals } = parseArgs({
  options: { keep: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  allowPositionals: true,
})
const stranger = positionals.find((name) => !Object.hasOwn(parts, name))
if (values.help) console.log(usage)
else if (stranger !== undefined) {
  console.error(`bench: found ${JSON.stringify(stranger)}; allowed here: ${Object.keys(parts).join(', ')}`)
  process.exitCode = 2
} else await bench(positionals.length > 0 ? positionals : Object.keys(parts), values.keep === true)
