import { parseArgs } from 'node:util'
import { loadTarget, targetNames } from './engine/bundle.ts'
import { formerFindings, keepFinding } from './engine/findings.ts'
import { type Figures, Fuzzer } from './engine/fuzzer.ts'
import { figuresLine } from './engine/words.ts'

const usage = (
  names: readonly string[],
) => `Usage: npm run fuzz [-- [--seconds N] [--seed N] [--missed] [TARGET …]]

Feeds parsers and machines with inputs that nobody would think of, and keeps those that reach new blocks. A finding is
written to test/fuzz/findings, where npm test tries it again for ever. The exit code is 1 if there was one.

  TARGET       only these: ${names.join(', ')}
  --seconds N  how long each target is tried: 1 to 86400; 60 unless given
  --seed N     where chance begins: 0 to 4294967295; 1 unless given. The same seed tries the same inputs
  --missed     says which lines no input has reached
  --help       this text
`

const options = {
  seconds: { type: 'string', default: '60' },
  seed: { type: 'string', default: '1' },
  missed: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

class UsageError extends Error {}

interface Wanted {
  names: string[]
  seconds: number
  seed: number
  missed: boolean
  help: boolean
}

function wanted(args: string[], known: readonly string[]): Wanted {
  const { values, positionals } = parsed(args)
  const unknown = positionals.filter((name) => !known.includes(name))
  if (unknown.length > 0)
    throw new UsageError(`there is no target ${unknown.join(', ')}; there are ${known.join(', ')}`)
  const { missed, help } = values
  const seconds = whole('--seconds', values.seconds, 1, 86_400)
  const seed = whole('--seed', values.seed, 0, 2 ** 32 - 1)
  return { names: positionals.length > 0 ? positionals : [...known], seconds, seed, missed, help }
}

function parsed(args: string[]) {
  try {
    return parseArgs({ args, options, allowPositionals: true })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function whole(name: string, text: string, least: number, most: number): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (number >= least && number <= most) return number
  throw new UsageError(
    `${name}: found ${JSON.stringify(text)}; allowed is a whole number from ${least} to ${most}`,
  )
}

/** @returns how many findings there were */
async function fuzz({ names, seconds, seed, missed }: Wanted): Promise<number> {
  let found = 0
  for (const [at, name] of names.entries()) {
    const place = `(${at + 1} of ${names.length})`
    process.stderr.write(`… ${name} ${place}\n`)
    const fuzzer = new Fuzzer(await loadTarget(name), seed)
    await fuzzer.begin((await formerFindings(name)).map(({ input }) => input))
    const figures = await fuzzer.run({ seconds }, (figures) =>
      process.stderr.write(`… ${figuresLine(figures)}\n`),
    )
    process.stdout.write(`${figuresLine(figures)}\n`)
    if (missed) for (const line of fuzzer.missed) process.stdout.write(`  not reached: ${line}\n`)
    found += await report(figures)
  }
  return found
}

async function report({ name, findings }: Figures): Promise<number> {
  for (const { input, error, times } of findings) {
    const file = await keepFinding(name, input)
    process.stdout.write(
      `  FOUND (${times} times): ${file}\n    ${error.stack?.split('\n').slice(0, 6).join('\n    ')}\n`,
    )
  }
  return findings.length
}

process.setSourceMapsEnabled(true)
const known = await targetNames()
try {
  const asked = wanted(process.argv.slice(2), known)
  if (asked.help) process.stdout.write(usage(known))
  else process.exitCode = (await fuzz(asked)) > 0 ? 1 : 0
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`fuzz: ${error.message}. See npm run fuzz -- --help\n`)
  process.exitCode = 2
}
